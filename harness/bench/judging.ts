import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { execa } from 'execa';
import { encodeLine } from '../history/codec.ts';
import { packageRoot } from '../package-root.ts';
import { roll } from './large-roll.ts';
import { figure, median } from './median.ts';
import { keepSpeed } from './speed.ts';

const SIZES = [10_000, 100_000, 1_000_000];

/**
 * `npm run bench -- judging [TIMES] [REQUESTS…]`: `rollproof judge` of a saved run, beside a program that only unzips the same
 * history and parses each of its lines: wall clock, processor time and the most memory that the process held. Medians, alternating.
 */
export async function judgingBench([times = '7', ...sizes]: string[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'rollproof-judging-'));
  try {
    const hook = join(folder, 'cost.mjs');
    writeFileSync(hook, COST);
    const bare = join(folder, 'bare.mjs');
    writeFileSync(bare, BARE);
    const rows = [];
    for (const requests of sizes.length > 0 ? sizes.map(Number) : SIZES) {
      const run = join(folder, String(requests));
      const bytes = await write(run, requests);
      const costs: Record<'judge' | 'bare', Cost[]> = { judge: [], bare: [] };
      for (let i = 0; i < Number(times); i++) {
        costs.bare.push(await cost(hook, [bare, join(run, 'history.jsonl.gz')]));
        costs.judge.push(await cost(hook, [...JUDGE, run, '--json']));
      }
      rows.push(row(requests, bytes, costs));
    }
    return keepSpeed('judging', Number(times), rows);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const JUDGE = ['--conditions=rollproof-source', join(packageRoot, 'harness/cli/bin.ts'), 'judge'];

interface Cost {
  seconds: number;
  cpuSeconds: number;
  /** Most that was held, resident. */
  megabytes: number;
}

/** What a process cost, told as it exits. */
const COST = `
import { writeFileSync } from 'node:fs';
process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  writeFileSync(process.env.ROLLPROOF_COST, JSON.stringify({ megabytes: maxRSS / 1024, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6 }));
});
`;

const BARE = `
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
let lines = 0;
for await (const line of createInterface({ input: createReadStream(process.argv[2]).pipe(createGunzip()) })) if (JSON.parse(line).type) lines += 1;
console.log(lines);
`;

async function cost(hook: string, args: string[]): Promise<Cost> {
  const told = `${hook}.cost`;
  const begun = performance.now();
  await execa(process.execPath, [`--import=${hook}`, ...args], {
    env: { ROLLPROOF_COST: told },
    maxBuffer: 1e9,
    reject: false,
  });
  const seconds = (performance.now() - begun) / 1000;
  const { megabytes, cpuSeconds } = JSON.parse(readFileSync(told, 'utf8')) as Omit<Cost, 'seconds'>;
  rmSync(told);
  return { seconds, cpuSeconds, megabytes };
}

function row(requests: number, bytes: number, { judge, bare }: Record<'judge' | 'bare', Cost[]>) {
  const of = (costs: Cost[], field: keyof Cost) => figure(median(costs.map((one) => one[field])));
  return {
    requests,
    megabytesOnDisk: Number((bytes / 1e6).toFixed(1)),
    judgeSeconds: of(judge, 'seconds'),
    bareSeconds: of(bare, 'seconds'),
    ratio: figure(median(judge.map(({ seconds }, i) => seconds / bare[i]!.seconds))),
    judgeCpuSeconds: of(judge, 'cpuSeconds'),
    bareCpuSeconds: of(bare, 'cpuSeconds'),
    judgeMegabytes: Math.round(of(judge, 'megabytes')),
    bareMegabytes: Math.round(of(bare, 'megabytes')),
  };
}

/** @returns bytes of the history */
async function write(folder: string, requests: number): Promise<number> {
  mkdirSync(folder);
  const { header, observations } = roll(3, requests);
  const lines = function* () {
    yield encodeLine(header);
    for (const one of observations) yield encodeLine(one);
  };
  const file = join(folder, 'history.jsonl.gz');
  await pipeline(Readable.from(lines()), createGzip(), createWriteStream(file));
  return statSync(file).size;
}
