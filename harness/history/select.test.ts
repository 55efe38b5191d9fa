import { expect, test } from 'vitest';
import { baselineRequests, judgedRequests } from './select.ts';
import { HistoryBuilder, threeUp } from './testing/build.ts';

const times = (requests: readonly { t: number }[]) => requests.map(({ t }) => t / 1e9);
const lanes = ['new', 'stream'] as const;

/** Load ready at 5, trigger at 10; `threeUp` makes one request of lane new, at 6. */
const up = () => threeUp(new HistoryBuilder({ lanes: [...lanes] }));

test('a request that is in flight at the trigger is judged: the transition can cut it', () => {
  const history = up()
    .request(7, { lane: 'stream', seconds: 2.9 })
    .request(8, { lane: 'stream', seconds: 8 })
    .request(12)
    .mark(20, 'tail-end')
    .request(20)
    .history();
  expect(times(judgedRequests(history))).toEqual([8, 12]);
});

test('the baseline is what was answered between load-ready and the trigger', () => {
  const builder = up().request(3).request(4, { lane: 'stream', seconds: 2 }).request(6, { lane: 'stream', seconds: 2 });
  const history = builder.request(9, { lane: 'stream', seconds: 2 }).request(12).history();
  expect(times(baselineRequests(history))).toEqual([4, 6, 6]);
});

test('of a lane that answered nothing in it, the baseline is what it answered before', () => {
  const builder = up().request(1, { lane: 'stream', seconds: 3.9 }).request(6, { lane: 'stream', seconds: 8 });
  expect(times(baselineRequests(builder.history()))).toEqual([1, 6]);
});

test('before the trigger it lasts until now', () => {
  const builder = new HistoryBuilder().mark(5, 'load-ready').request(6);
  expect(times(baselineRequests(builder.history()))).toEqual([6]);
  expect(baselineRequests(new HistoryBuilder().request(6).history())).toEqual([]);
});
