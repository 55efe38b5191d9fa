import type { Fault } from '../fault.ts';
import type { StartedProxy } from '../proxy.ts';
import { sleep } from '../run-under-fault.ts';

/** Does something to what the apiserver says, in the roll. */
const heard = (
  name: string,
  rest: Pick<Fault, 'endings' | 'says'>,
  does: (proxy: StartedProxy) => Promise<void>,
): Fault => ({
  name,
  moment: { after: 'trigger', within: 5 },
  behindProxy: true,
  ...rest,
  strike: async ({ proxy }) => does(proxy!),
});

/** What happens to what rollproof hears of its cluster. */
export const WATCH: Fault[] = [
  heard('watches are cut every second, 12 times', { endings: ['verdict', 'inconclusive'] }, async (proxy) => {
    let cuts = 0;
    for (let i = 0; i < 12; i += 1) {
      await sleep(1000);
      cuts += proxy.cut();
    }
    if (cuts < 20) throw new Error(`only ${cuts} connections were cut`);
  }),
  heard('watches come 4 s late', { endings: ['inconclusive'], says: /lagged behind/ }, async (proxy) =>
    proxy.delay(4000),
  ),
  heard('watches are garbled', { endings: ['verdict', 'inconclusive'] }, async (proxy) => {
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
];
