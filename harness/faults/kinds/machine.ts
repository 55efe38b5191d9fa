import { availableParallelism } from 'node:os';
import type { Fault } from '../fault.ts';
import { sleep } from '../run-under-fault.ts';
import { until } from '../surroundings.ts';

/** Takes memory until the machine has so many megabytes left, and is the first that the kernel kills. */
const HOG = `
import { readFileSync, writeFileSync } from 'node:fs';
writeFileSync('/proc/self/oom_score_adj', '1000');
const left = () => Number(/MemAvailable:\\s+(\\d+)/.exec(readFileSync('/proc/meminfo', 'utf8'))[1]) / 1024;
const held = [];
while (left() > 250) held.push(Buffer.alloc(64 << 20, 1));
setInterval(() => { while (left() > 250) held.push(Buffer.alloc(16 << 20, 1)); }, 200);
`;

/** What happens to the machine. */
export const MACHINE: Fault[] = [
  {
    name: 'all cores are busy',
    moment: { after: 'load', within: 5 },
    endings: ['verdict', 'inconclusive', 'no verdict'],
    async strike() {
      const burners = Array.from({ length: 2 * availableParallelism() }, () =>
        until(process.execPath, ['-e', 'for (;;);']),
      );
      return {
        async [Symbol.asyncDispose]() {
          for (const one of burners) await one[Symbol.asyncDispose]();
        },
      };
    },
  },
  {
    name: 'the machine has hardly any memory left, for 20 s',
    moment: { after: 'trigger', within: 5 },
    endings: ['verdict', 'inconclusive', 'no verdict'],
    async strike() {
      const hog = until(process.execPath, ['--input-type=module', '-e', HOG]);
      await sleep(20_000);
      await hog[Symbol.asyncDispose]();
    },
  },
];
