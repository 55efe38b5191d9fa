import { join } from 'node:path';
import { expect, test } from 'vitest';
import { drops } from '../checks/drops.ts';
import { explain } from '../diagnosis/diagnose.ts';
import { scenariosOf } from '../history/select.ts';
import { rollAtRandom } from '../history/testing/at-random.ts';
import type { History } from '../history/types.ts';
import { judge } from './judge.ts';

/** So many histories that nobody thought of, in so many files. */
const PARTS = 10;
const IN_EACH = 40;

/** What each drop was put down to, and what each check said. */
function told(history: History): string[] {
  const [scenario] = scenariosOf(history);
  const { scenarios } = judge(history);
  const at = (t: number) => (t / 1e9).toFixed(3);
  return [
    ...explain(scenario!, drops(scenario!)).map(({ drop: { request, phase, place }, cause, confidence, also }) => {
      const where = place === undefined ? 'nowhere' : `${place.pod.name} by ${place.by}`;
      return `${request.lane} ${at(request.t)}–${at(request.end)} ${phase}, ${where}: ${cause} (${confidence})${also.length > 0 ? ` with ${also.join(', ')}` : ''}`;
    }),
    ...(scenarios[0]!.hazards ?? []).map(({ cause, pods, of, words }) => `hazard ${cause}, ${pods} of ${of}: ${words}`),
    ...scenarios[0]!.endpointLag.map(({ pod, ms, atMostMs }) => `lag ${pod} ${ms} ${atMostMs}`),
    ...scenarios[0]!.reconciliation.map((one) => JSON.stringify(one)),
    ...scenarios[0]!.checks
      .filter(({ name }) => name !== 'self')
      .map(({ name, verdict, examined, detail }) =>
        verdict === 'pass'
          ? `pass ${name}, ${examined} examined`
          : `${verdict} ${name}, ${examined} examined: ${detail}`,
      ),
  ];
}

// Nobody has said of these what is right. They show where a change makes a difference, also where none was meant:
// `npx vitest -u at-random` writes them, and their diff is to be read.
test.for(Array.from({ length: PARTS }, (_, part) => part))(
  'histories made by chance are judged as before, part %i',
  async (part) => {
    const texts = Array.from({ length: IN_EACH }, (_, i) => part * IN_EACH + i).map((seed) =>
      [`seed ${seed}`, ...told(rollAtRandom(seed)).map((line) => `  ${line}`)].join('\n'),
    );
    await expect(`${texts.join('\n')}\n`).toMatchFileSnapshot(
      join(import.meta.dirname, `testing/at-random/${part}.txt`),
    );
  },
);
