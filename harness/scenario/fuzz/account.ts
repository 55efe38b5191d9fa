import type { ScenarioHistory } from '../../history/select.ts';
import type { ScenarioVerdict } from '../../report/verdict.ts';
import { CORRECT, type FuzzedService } from './service.ts';
import type { Shrunk } from './shrink.ts';
import type { Step } from './steps.ts';
import { literalOf, tellSteps } from './tell.ts';

/** What a failing sequence was shrunk to. */
export interface Account {
  seed: number;
  steps: Step[];
  service: FuzzedService;
  /** What failed, in its own words: "no-drops: dropped: new 12 of 900". */
  failure: string;
  shrunk: Shrunk<Step>;
  /** Name of the scenario that is the evidence of the shortest one. */
  evidence: string;
}

/** The account of a failure for people: what failed, the shortest sequence that fails the same way, how to repeat both. */
export function tellAccount({ seed, steps, service, failure, shrunk, evidence }: Account): string {
  const { shortest, runs, minimal } = shrunk;
  const length = shortest.length === 1 ? 'one step' : `${shortest.length} steps`;
  const found =
    shortest.length === steps.length
      ? `No shorter part of its ${steps.length} steps failed the same way in ${times(runs)}`
      : `Shrunk to ${length} of ${steps.length} in ${times(runs)}`;
  const sure = minimal ? '' : '; a shorter one may be found with more runs (--shrink)';
  return `Seed ${seed} failed: ${failure}
${found}${sure}:

${tellSteps(shortest)}

Evidence: the scenario "${evidence}"
Repeat the whole: rollproof run ${argumentsFor(seed, steps.length, service.folder)}
Keep the shortest as a scenario:

${scenarioOf(seed, shortest, service)}
`;
}

const times = (runs: number) => (runs === 1 ? 'one run' : `${runs} runs`);

const argumentsFor = (seed: number, steps: number, folder: string) =>
  `--fuzz --seed ${seed} --steps ${steps}${folder === CORRECT ? '' : ` --service ${folder}`}`;

function scenarioOf(seed: number, steps: Step[], { folder, rolled, from }: FuzzedService): string {
  const image = rolled.image.replace(/^rollproof\//, '');
  const versions = from.versions.map((version) => `'${version}'`).join(', ');
  const indented = literalOf(steps).replaceAll('\n', '\n    ');
  return `import { sampleService, scenario, sequence } from 'rollproof';

scenario('what seed ${seed} found', {
  given: sampleService('${folder}', '${image}', { versions: [${versions}] }),
  under: { rate: 30 },
  when: sequence(
    ${indented},
    { container: '${rolled.container}', image: '${rolled.image}' },
  ),
  expect: 'pass',
});`;
}

/** The steps before the first witness: what came after it has no part in that. */
export function stepsUpTo(steps: Step[], { observations, markers }: ScenarioHistory, witnesses: string[]): Step[] {
  const named = new Set(witnesses);
  const first = Math.min(...observations.filter(({ id }) => named.has(id)).map(({ t }) => t));
  // A step that was refused, or the last resuming, is no step more.
  const begun = markers.filter(
    ({ marker, transition = '', t }) => marker === 'trigger' && t <= first && !BESIDE.has(transition),
  );
  return steps.slice(0, begun.length);
}

const BESIDE: ReadonlySet<string> = new Set(['refused', 'unchanged']);

/** The check that a failure is told by: the first that failed. */
export const failingCheck = ({ checks }: ScenarioVerdict) => checks.find(({ verdict }) => verdict === 'fail');
