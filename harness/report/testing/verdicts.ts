import type { RunReport, ScenarioVerdict } from '../verdict.ts';

/** A scenario that passed as expected and of which nothing else is known, but for these fields. */
export const scenarioVerdict = (fields: Partial<ScenarioVerdict> = {}): ScenarioVerdict => ({
  name: 'a scenario',
  verdict: 'pass',
  expected: 'pass',
  asExpected: true,
  transitions: [],
  lanes: [],
  checks: [],
  causes: [],
  reconciliation: [],
  endpointLag: [],
  sensitivity: [],
  ...fields,
});

/** A run of these scenarios. */
export const runReport = (verdict: RunReport['verdict'], scenarios: ScenarioVerdict[]): RunReport => ({
  schema: 1,
  rollproof: '0.1.0',
  run: '20260101-000000-abcd',
  startedAt: '2026-01-01T00:00:00.000Z',
  verdict,
  cluster: null,
  scenarios,
});
