import type { ScenarioVerdict } from './verdict.ts';

/** How a scenario came out otherwise than expected, in one line. */
export function unexpected({ verdict, expected, causes, checks }: ScenarioVerdict): string {
  if (verdict !== expected) return `${verdict}, expected ${expected}`;
  const failed = checks.filter((check) => check.verdict === 'fail').map(({ name }) => name);
  const found = causes.map(({ cause, count }) => `${count} × ${cause}`).join(', ') || 'none';
  return `${verdict} as expected, but not for the expected reason (failed: ${failed.join(', ')}; causes: ${found})`;
}
