import {
  createWriteStream,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
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
  const measured = await besideBare((run) => ['judge', run, '--json'], Number(times), sizes);
  const rows = measured.map(({ requests, bytes, command, bare, ratio }) => ({
    requests,
    megabytesOnDisk: megabytes(bytes),
    judgeSeconds: command.seconds,
    bareSeconds: bare.seconds,
    ratio,
    judgeCpuSeconds: command.cpuSeconds,
    bareCpuSeconds: bare.cpuSeconds,
    judgeMegabytes: Math.round(command.megabytes),
    bareMegabytes: Math.round(bare.megabytes),
  }));
  return keepSpeed('judging', Number(times), rows);
}

/** `npm run bench -- report [TIMES] [REQUESTS…]`: `rollproof report`, which judges too, and writes every report, beside the same program. */
export async function reportBench([times = '7', ...sizes]: string[]): Promise<string> {
  const measured = await besideBare((run) => ['report', run], Number(times), sizes);
  const rows = measured.map(({ requests, run, command, bare, ratio }) => ({
    requests,
    pageMegabytes: megabytes(run['report.html'] ?? 0),
    reportSeconds: command.seconds,
    bareSeconds: bare.seconds,
    ratio,
    reportCpuSeconds: command.cpuSeconds,
    reportMegabytes: Math.round(command.megabytes),
  }));
  return keepSpeed('report', Number(times), rows);
}

const megabytes = (bytes: number): number => Number((bytes / 1e6).toFixed(1));

interface Beside {
  requests: number;
  /** Of the history. */
  bytes: number;
  /** Bytes of each file in the run folder, afterwards. */
  run: Record<string, number>;
  /** Medians. */
  command: Cost;
  bare: Cost;
  /** Median of the ratios of each pair's wall clocks. */
  ratio: number;
}

async function besideBare(args: (run: string) => string[], times: number, sizes: string[]): Promise<Beside[]> {
  const folder = mkdtempSync(join(tmpdir(), 'rollproof-judging-'));
  try {
    const hook = join(folder, 'cost.mjs');
    writeFileSync(hook, COST);
    const program = join(folder, 'bare.mjs');
    writeFileSync(program, BARE);
    const measured: Beside[] = [];
    for (const requests of sizes.length > 0 ? sizes.map(Number) : SIZES) {
      const run = join(folder, String(requests));
      const bytes = await write(run, requests);
      const pairs: Record<'bare' | 'command', Cost>[] = [];
      for (let i = 0; i < times; i++)
        pairs.push({
          bare: await cost(hook, [program, join(run, 'history.jsonl.gz')]),
          command: await cost(hook, [...ROLLPROOF, ...args(run)]),
        });
      measured.push({
        requests,
        bytes,
        run: Object.fromEntries(readdirSync(run).map((name) => [name, statSync(join(run, name)).size])),
        command: medians(pairs.map(({ command }) => command)),
        bare: medians(pairs.map(({ bare }) => bare)),
        ratio: figure(median(pairs.map(({ command, bare }) => command.seconds / bare.seconds))),
      });
    }
    return measured;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const ROLLPROOF = ['--conditions=rollproof-source', join(packageRoot, 'harness/cli/bin.ts')];

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

function medians(costs: Cost[]): Cost {
  const of = (field: keyof Cost) => figure(median(costs.map((one) => one[field])));
  return { seconds: of('seconds'), cpuSeconds: of('cpuSeconds'), megabytes: of('megabytes') };
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
