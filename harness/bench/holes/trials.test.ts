import { expect, test } from 'vitest';
import { missedByNew } from '../../checks/missed.ts';
import { HistoryBuilder, s, threeUp } from '../../history/testing/build.ts';
import { holeTrials, rareTrials } from './trials.ts';

const log = (t: number, pod: string, event: string) =>
  ({ type: 'server', t: s(t), pod, version: 'holes', event }) as const;

/** Three pods that listen from second 10 on; ten requests a second from 20 to 40, all to a1. */
function run(wrong: number[] = []): HistoryBuilder {
  const builder = threeUp(new HistoryBuilder({ lanes: ['new'] }));
  for (const pod of ['a1', 'a2', 'a3']) builder.add(log(10, pod, 'listening'));
  for (let n = 0; n < 200; n++) {
    const t = 20 + n / 10;
    const status = wrong.includes(t) ? 500 : 200;
    builder.request(t, { lane: 'new', request: `new-1-${n}`, pod: 'a1', status, version: 'v2' });
  }
  return builder;
}

test('a hole is seen by a request that its pod did not answer in it', () => {
  const history = run([30, 35])
    .add(log(24, 'a1', 'hole-50'))
    .add(log(29.98, 'a1', 'hole-50'))
    .add(log(30.4, 'a1', 'hole-50'))
    .add(log(34.99, 'a2', 'hole-50'))
    .mark(40, 'settled')
    .mark(41, 'tail-end')
    .history();
  const predicted = missedByNew(0.05, { perSecond: 10, pods: 3 });
  // The first is too early: an old pod may still be there.
  expect(holeTrials(history)).toMatchObject([
    { what: 'hole of 50 ms', lane: 'new', rate: 100, missed: false },
    { what: 'hole of 50 ms', missed: true },
    { what: 'hole of 50 ms', missed: true },
  ]);
  for (const one of holeTrials(history)) expect(one.predicted).toBeCloseTo(predicted, 1);
});

test('blocks of requests, of which one in 1,000 fails', () => {
  const builder = run([25]);
  const history = builder.mark(40, 'settled').history();
  history.started!.workload.versions = { old: 'v1', new: 'v2' };
  expect(rareTrials(history, 80).map(({ what, missed }) => [what, missed])).toEqual([
    ['one in 1,000, 80 requests', false],
    ['one in 1,000, 80 requests', true],
  ]);
});
