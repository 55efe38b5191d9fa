import { HistoryBuilder, s } from '../history/testing/build.ts';
import type { History, LaneName } from '../history/types.ts';

const LANES: LaneName[] = ['new', 'kept', 'kept-post'];

/** A roll one pod at a time over 100 s; of each thousand requests, one is dropped. */
export function roll(pods: number, requests: number): History {
  const builder = new HistoryBuilder({ lanes: LANES });
  builder.deployment(1, { replicas: pods }).replicaSet(1, 'web-a', 1, pods);
  for (let i = 0; i < pods; i++) builder.pod(1, `web-a-${i}`);
  builder.mark(5, 'load-ready').request(6).mark(10, 'trigger');
  const step = 100 / pods;
  for (let i = 0; i < pods; i++) {
    const at = 11 + i * step;
    builder.replicaSet(at, 'web-b', 2, i + 1).pod(at + step / 4, `web-b-${i}`, { owner: 'web-b' });
    builder.replicaSet(at + step / 2, 'web-a', 1, pods - i - 1);
    builder.pod(at + step / 2, `web-a-${i}`, { terminating: true }).gone(at + step / 2 + 3, `web-a-${i}`);
  }
  for (let i = 0; i < requests; i++) {
    const lane = LANES[i % LANES.length]!;
    const at = 10 + (i / requests) * 108;
    const lost =
      i % 1_000 === 500 ? { status: 0, errorCode: 1212, error: 'dial tcp: connection refused', pod: '' } : {};
    builder.request(at, { lane, reused: lane !== 'new', pod: `web-b-${i % pods}`, ...lost });
  }
  builder.mark(119, 'settled').mark(119.5, 'tail-end');
  return builder.add({ type: 'marker', t: s(120), marker: 'load-stopped' }).whole();
}
