import type { Fault } from '../fault.ts';
import { proxyBefore, type StartedProxy } from '../proxy.ts';
import { type RunningHarness, sleep } from '../run-under-fault.ts';

const triggered = (one: { type: string; marker?: string }) => one.type === 'marker' && one.marker === 'trigger';

/** Stands between rollproof and its cluster from the start: a run opens its cluster anew once that is up. */
const between = (does: (proxy: StartedProxy) => Promise<void>) => async (run: RunningHarness) => {
  const proxy = await proxyBefore(await run.kubeconfig(), run.out);
  await run.observed(triggered);
  await sleep(Math.random() * 5000);
  await does(proxy);
  return proxy;
};

/** What happens to what rollproof hears of its cluster. It begins with the cluster, and strikes in the roll. */
export const WATCH: Fault[] = [
  {
    name: 'watches are cut every second, 12 times',
    moment: { after: 'start', within: 1 },
    endings: ['verdict', 'inconclusive'],
    strike: between(async (proxy) => {
      let cuts = 0;
      for (let i = 0; i < 12; i += 1) {
        await sleep(1000);
        cuts += proxy.cut();
      }
      if (cuts < 20) throw new Error(`only ${cuts} connections were cut`);
    }),
  },
  {
    name: 'watches come 4 s late',
    moment: { after: 'start', within: 1 },
    endings: ['inconclusive'],
    says: /lagged behind/,
    strike: between(async (proxy) => proxy.delay(4000)),
  },
  {
    name: 'watches are garbled',
    moment: { after: 'start', within: 1 },
    endings: ['verdict', 'inconclusive'],
    strike: between(async (proxy) => {
      let garbled = 0;
      proxy.alter((chunk) => {
        const at = chunk.indexOf('"type":"MODIFIED"');
        if (at < 0 || Math.random() < 0.7) return chunk;
        garbled += 1;
        const copy = Buffer.from(chunk);
        copy.write('#', at);
        return copy;
      });
      await sleep(10_000);
      proxy.alter((chunk) => chunk);
      if (garbled === 0) throw new Error('nothing was garbled');
    }),
  },
];
