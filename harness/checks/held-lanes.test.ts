import { describe, expect, test } from 'vitest';
import { HistoryBuilder, s, threeUp } from '../history/testing/build.ts';
import type { LaneName } from '../history/types.ts';
import { baselineProblem, noDrops } from './drops.ts';
import { coverage } from './evidence.ts';
import { stalls } from './stalls.ts';

/** How many of these answers of a lane, in seconds, are stalls after that baseline. Load ready at 5, trigger at 10. */
function stalled(lane: LaneName, baseline: number[], answers: number[]): number {
  const builder = new HistoryBuilder({ lanes: [lane] }).mark(5, 'load-ready');
  for (const seconds of baseline) builder.request(5.5, { lane, seconds });
  builder.mark(10, 'trigger');
  for (const seconds of answers) builder.request(12, { lane, seconds });
  return stalls(builder.mark(40, 'tail-end').history()).length;
}

describe('a stall', () => {
  test('of a quick lane is half a second', () => {
    const quick = Array.from({ length: 100 }, () => 0.002);
    expect(stalled('new', quick, [0.4, 0.6])).toBe(1);
  });

  test('of a noisy lane is ten times its own spread', () => {
    const noisy = Array.from({ length: 100 }, (_, i) => (i < 50 ? 0.02 : 0.1));
    expect(stalled('new', noisy, [0.7, 0.9])).toBe(1);
  });

  test('of a lane that is held for seconds is half a second beyond them, not ten times as long', () => {
    expect(stalled('slow', [2, 2.01, 2.01], [2.02, 2.4, 2.6, 7])).toBe(2);
  });

  test('needs something to be measured against: here, what was answered before the load was ready', () => {
    const builder = threeUp(new HistoryBuilder({ lanes: ['new', 'stream'] }));
    builder.request(0.9, { lane: 'stream', seconds: 4 }).request(12, { lane: 'stream', seconds: 4.1 });
    expect(stalls(builder.request(16, { lane: 'stream', seconds: 5 }).mark(30, 'tail-end').history())).toMatchObject([
      { t: s(16) },
    ]);
  });
});

test('a stream that the transition cuts is a drop, whenever it began', () => {
  const cut = { lane: 'stream', seconds: 4, status: 0, errorCode: 1000, error: 'unexpected EOF', bytes: 500 } as const;
  const history = threeUp(new HistoryBuilder({ lanes: ['new', 'stream'] }))
    .request(8, cut)
    .mark(20, 'tail-end')
    .history();
  expect(noDrops(history)).toMatchObject({ verdict: 'fail', witnesses: ['x-10'] });
  expect(baselineProblem(history)).toBeUndefined();
});

test('a stream that broke off before the trigger is a baseline problem, even if it began before the load was ready', () => {
  const history = threeUp(new HistoryBuilder({ lanes: ['new', 'stream'] }))
    .request(3, { lane: 'stream', seconds: 4, status: 0, errorCode: 1000, error: 'unexpected EOF' })
    .history();
  expect(baselineProblem(history)).toMatch(/1 of 2 requests failed already; the first, in lane stream: unexpected EOF/);
});

test('a lane may need fewer requests than the others', () => {
  const builder = new HistoryBuilder({ lanes: ['new', 'stream'], minRequests: 3 });
  const stream = builder.observations[0]?.type === 'scenario' && builder.observations[0].load.lanes[1];
  if (stream) stream.minRequests = 2;
  threeUp(builder).request(11).request(12).request(13);
  builder.request(12, { lane: 'stream', seconds: 4 }).mark(20, 'tail-end');
  expect(coverage(builder.history()).detail).toContain('lane stream: 1 requests, 2 are needed');
  expect(coverage(builder.history()).detail).not.toContain('lane new: ');
});
