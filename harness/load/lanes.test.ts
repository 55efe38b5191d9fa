import { expect, test } from 'vitest';
import type { NewObservation } from '../history/types.ts';
import { type StartedLane, startLane, together } from './lanes.ts';

/** The gaps of a lane with 50 requests a second that is ended after 300 ms. `hangs` is the number of one that never ends. */
async function gapsOf(hangs: number): Promise<NewObservation[]> {
  const seen: NewObservation[] = [];
  const begun = Date.now();
  const clock = { now: () => (Date.now() - begun) * 1e6, toNanos: (ms: number) => Math.round(ms * 1e6) };
  const record = (seq: number) =>
    `{"msg":"request own-1-${seq} ${(Date.now() - begun) * 1000} 2000 9 8 0 1 2 3 200 0 2 - - -","source":"console"}`;
  const lane = await startLane({
    url: 'http://127.0.0.1/',
    lane: { name: 'own', method: 'GET', connection: 'new', rate: 50 },
    script: 'load.js',
    timeoutMs: 200,
    clock,
    append: (one) => seen.push(one),
    async start(_, read) {
      let [next, recorded] = [0, 0];
      const timer = setInterval(() => {
        const seq = next++;
        if (seq === hangs) return;
        recorded += 1;
        read(record(seq));
      }, 20);
      const { promise: ended, resolve: end } = Promise.withResolvers<number>();
      return {
        ended,
        // k6 counts no iteration that it interrupts.
        async stop() {
          clearInterval(timer);
          read(JSON.stringify({ rollproof: 'summary', iterations: recorded, requests: recorded, dropped: 0 }));
          end(105);
        },
        readAgain: async () => {},
        remove: async () => {},
      };
    },
  });
  await new Promise((resolve) => setTimeout(resolve, 300));
  await lane.stop();
  return seen.filter(({ type }) => type === 'gap');
}

test('a request that still hangs when the lane is ended is a gap: k6 says nothing of it', async () => {
  expect(await gapsOf(0)).toEqual([
    expect.objectContaining({ reason: 'the lane own had requests under way for longer than 200 ms' }),
  ]);
});

test('a lane whose requests have all ended has none', async () => expect(await gapsOf(-1)).toEqual([]));

test('where one lane can’t be started, none of the others goes on, also those that come up later', async () => {
  const ended: string[] = [];
  const lane = async (name: string, ms: number) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return { [Symbol.asyncDispose]: async () => void ended.push(name) } as unknown as StartedLane;
  };
  const failing = Promise.reject(new Error('no room'));
  await expect(together([lane('new', 0), failing, lane('kept', 20)])).rejects.toThrow('no room');
  expect(ended).toEqual(['new', 'kept']);
  expect(await together([lane('new', 0), lane('kept', 0)])).toHaveLength(2);
  expect(ended).toHaveLength(2);
});
