import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../package-root.ts';
import { betweenMarks } from '../report/marks.ts';
import { commitBut } from '../testing/commit.ts';
import { appendJsonLine, jsonLines } from '../testing/json-lines.ts';
import { type Course, speedChart } from './speed-chart.ts';

/** What one run of a bench measured. In git: the table in docs/ is made of it. A line each. */
interface SpeedRecord {
  bench: string;
  commit: string;
  /** "2 × AMD EPYC, 23 GB, Linux 6.1". */
  machine: string;
  times: number;
  rows: Record<string, string | number>[];
}

const RECORDS = join(packageRoot, 'harness/bench/speed.jsonl');
const PAGE = join(packageRoot, 'docs/speed.md');
const README = join(packageRoot, 'README.md');
const CHART = join(packageRoot, 'docs/speed.svg');

/** Keeps what was measured, and writes anew what tells it. @returns it, for people */
export async function keepSpeed(bench: string, times: number, rows: SpeedRecord['rows']): Promise<string> {
  const commit = await commitBut('harness/bench/speed.jsonl', 'docs', 'README.md');
  const [first] = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB`;
  const machine = `${cpus().length} × ${first?.model.trim()}, ${memory}, Linux ${release().replace(/-.*/, '')}`;
  const record: SpeedRecord = { bench, commit, machine, times, rows };
  appendJsonLine(RECORDS, record);
  writeSpeed(allRecords());
  return JSON.stringify(record, null, 2);
}

/** docs/speed.md, the chart in it, and what the README says in short. */
export function writeSpeed(records: SpeedRecord[]): void {
  writeFileSync(PAGE, speedPage(records));
  writeFileSync(README, withSpeed(readFileSync(README, 'utf8'), shortTable(records)));
  writeFileSync(CHART, chartOf(records));
}

export const allRecords = (): SpeedRecord[] => jsonLines(RECORDS);

interface Goal {
  bench: string;
  /** The row's `what`. */
  title: string;
  goal: string;
  /** For the README. */
  short: { title: string; told(rows: Row[]): string };
  /** Of a row: what stands beside the goal. */
  told(row: Row): string;
  /** Of all rows of a record: how many times the goal it was, of several parts the one that is farthest from it. Where there is a goal. */
  timesGoal?(rows: Row[]): number;
}

type Row = SpeedRecord['rows'][number];

const ratioTo =
  (goal: number) =>
  (rows: Row[]): number =>
    Number(rows.at(-1)!.ratio) / goal;

const lastRatio = (rows: Row[]): string => `${rows.at(-1)!.ratio} ×`;

/** @param other the field with what it is compared with */
const against =
  (other: string): Goal['told'] =>
  ({ ratio, rollproofSeconds, ...row }) =>
    `${ratio} × (${rollproofSeconds} s against ${row[other]} s)`;

const GOALS: Goal[] = [
  {
    bench: 'scenario',
    title:
      'a scenario, against the same steps by hand (kind, kubectl, k6), fixed load time and quiet tail subtracted from both',
    goal: '≤ 1.10 ×',
    short: {
      title: 'a scenario, against the same steps by hand (kind, kubectl, k6)',
      told: lastRatio,
    },
    told: against('byHandSeconds'),
    timesGoal: ratioTo(1.1),
  },
  {
    bench: 'suite',
    title: 'scenarios that share a cluster, against the sum of the same steps by hand, subtracted as above',
    goal: '≤ 1.3 ×',
    short: {
      title: 'scenarios that share a cluster, against the same by hand',
      told: lastRatio,
    },
    told: ({ what, wholeRatio, ...row }) =>
      `${what}: ${against('byHandSeconds')(row)}; with nothing subtracted ${wholeRatio} ×`,
    timesGoal: ratioTo(1.3),
  },
  {
    bench: 'cluster',
    title:
      'a cluster in which a pod runs, DNS answers and a Service can be called, against a bare `kind create cluster`',
    goal: '≤ 1.05 ×',
    short: {
      title: 'a cluster that is proven to work, against a bare `kind create cluster`, after which nothing runs yet',
      told: (rows) => `${lastRatio(rows)}; against one with \`--wait\` ${rows.at(-1)!.ratioToReady ?? '?'} ×`,
    },
    told: ({ ratioToReady, readyKindSeconds, ...row }) =>
      `${against('bareKindSeconds')(row)}${
        ratioToReady === undefined
          ? ''
          : `; ${ratioToReady} × one that waits until its node is Ready (\`--wait\`, ${readyKindSeconds} s)`
      }`,
    timesGoal: ratioTo(1.05),
  },
  {
    bench: 'recording',
    title:
      'everything recorded, against a bare k6 at the same rate: shift of the 99th percentile, and what two bare runs differ by',
    goal: '2,000 requests/s: all recorded; shift ≤ 5% of p99',
    short: {
      title: 'everything recorded, in one lane, against a bare k6: shift of the 99th percentile',
      told: (rows) =>
        rows
          .map(
            ({ rate, p99Shift, notRecorded }) =>
              `${Number(rate).toLocaleString('en')}/s: ${percent(p99Shift!)}, at most ${notRecorded} not started or recorded`,
          )
          .join('; '),
    },
    told: ({ rate, reached, reachedBare, notRecorded, p99Shift, p99BareApart, p99Ms, p99BareMs, busy, busyBare }) =>
      `${rate}/s: ${reached}/s (bare ${reachedBare}), at most ${notRecorded} not started or not recorded; p99 ${p99Ms} ms (bare ${p99BareMs}), shift ${percent(p99Shift!)} (bare ones differ by ${percent(p99BareApart!)}); processor ${percent(busy!)} busy (bare ${percent(busyBare!)})`,
    // Of requests that are not recorded there may be none: whatever they are, that is not reached.
    timesGoal: (rows) => Math.max(Number(rows.at(-1)!.p99Shift) / 0.05, Number(rows.at(-1)!.notRecorded) > 0 ? 2 : 0),
  },
  {
    bench: 'judging',
    title: '`judge`, against a program that unzips the same history and parses each line',
    goal: '1,000,000 requests: ≤ 1.5 ×, ≤ 400 MB',
    short: {
      title: '`judge` of 1,000,000 requests, against a program that unzips and parses them',
      told: (rows) => `${lastRatio(rows)}, ${rows.at(-1)!.judgeMegabytes} MB`,
    },
    told: ({ requests, ratio, judgeMegabytes }) =>
      `${Number(requests).toLocaleString('en')} requests: ${ratio} ×, ${judgeMegabytes} MB`,
    timesGoal: (rows) => Math.max(ratioTo(1.5)(rows), Number(rows.at(-1)!.judgeMegabytes) / 400),
  },
  {
    bench: 'report',
    title: '`report`, which judges too and writes every report, against the same program',
    goal: 'none was set',
    short: {
      title: '`report` of 1,000,000 requests, against the same program',
      told: (rows) => `${lastRatio(rows)}, ${rows.at(-1)!.reportMegabytes} MB`,
    },
    told: ({ requests, ratio, reportSeconds, reportMegabytes, pageMegabytes }) =>
      `${Number(requests).toLocaleString('en')} requests: ${ratio} × (${reportSeconds} s), ${reportMegabytes} MB; report.html has ${pageMegabytes} MB`,
  },
  {
    bench: 'set-up',
    title: 'set-up of a machine that has nothing yet and can pull no image (some steps at the same time)',
    goal: '≤ 15 min on 2 cores',
    short: {
      title: 'set-up of a machine that has nothing and can pull no image, 2 cores',
      told: (rows) => minutes(Number(rows.at(-1)!.seconds)),
    },
    told: ({ what, seconds }) => `${what}: ${minutes(Number(seconds))}`,
    timesGoal: (rows) => Number(rows.at(-1)!.seconds) / 900,
  },
];

const minutes = (seconds: number): string =>
  seconds < 60 ? `${Math.round(seconds)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;

const percent = (share: string | number): string => `${Math.round(Number(share) * 100)}%`;

/** The chart's axis is logarithmic, and begins here: less is as good as that. */
const LEAST = 0.1;

export const coursesOf = (records: SpeedRecord[]): Course[] =>
  GOALS.flatMap(({ bench, timesGoal }) => {
    if (timesGoal === undefined) return [];
    const own = records.filter((one) => one.bench === bench);
    const points = own.map(({ commit, rows }) => ({
      commit,
      timesGoal: Math.max(LEAST, Number(timesGoal(rows).toFixed(2))),
    }));
    return [{ name: bench, points }];
  }).filter(({ points }) => points.length > 0);

export const chartOf = (records: SpeedRecord[]): string =>
  speedChart(
    coursesOf(records),
    records.map(({ commit }) => commit),
  );

/** docs/speed.md, of the last record of each bench. */
export function speedPage(records: SpeedRecord[]): string {
  const rows = GOALS.map(({ bench, title, goal, told }) => {
    const last = records.findLast((one) => one.bench === bench);
    const measured =
      last === undefined
        ? 'not measured yet'
        : `${last.rows.map(told).join('<br>')}<br>(${last.times === 1 ? 'once' : `${last.times} times`}, ${last.commit})`;
    return `| ${title} | ${goal} | ${measured} |`;
  });
  const machines = [...new Set(records.map(({ machine }) => machine))];
  const courses = GOALS.flatMap(({ bench, told }) => {
    const own = records.filter((one) => one.bench === bench);
    return [
      `\n### ${bench}\n`,
      '| commit | measured |',
      '| --- | --- |',
      ...own.map((one) => `| ${one.commit} | ${told(one.rows.at(-1)!)} |`),
    ];
  });
  return `${HEAD}${rows.join('\n')}\n\nMeasured on: ${machines.join('; ') || 'nothing yet'}.\n${courses.length === 0 ? '' : `\n## Over versions\n\n![how many times its goal each bench was, at each commit that it was run at](speed.svg)\n${courses.join('\n')}\n`}${FOOT}`;
}

/** Of the last record of each bench, a line each. */
export function shortTable(records: SpeedRecord[]): string {
  const rows = GOALS.map(({ bench, goal, short }) => {
    const last = records.findLast((one) => one.bench === bench);
    return `| ${short.title} | ${goal} | ${last === undefined ? 'not measured yet' : short.told(last.rows)} |`;
  });
  return `| what | goal | measured |\n| --- | --- | --- |\n${rows.join('\n')}`;
}

export const withSpeed = (readme: string, table: string): string => betweenMarks(readme, 'speed', table);

/** Looked at once, by hand: it is no measurement that a bench repeats. */
const FOOT = `
## What stands between figures and goals

- **The cluster.** \`kind create cluster\` returns after 11 s, when nothing can be used yet: with the usual limit of 20 requests a second its
  controllers began 5 s later, and the kubelet, which looks for its network every 5 s, called the node Ready 13 s later (looked at once). kind-config.yaml lifts that limit: nodes were
  Ready 21 s after the start in place of 26 (three times each). Beside \`kind create cluster --wait\`, which waits for just that, what rollproof adds is its control
  service, which is loaded meanwhile, and the proof that DNS and a Service answer.
- **The scenario.** Of the 8 s more than by hand (three runs, every command and step of both timed): 2 s until its own parts are loaded, the scenarios read
  and the tools looked at; 2 to 3 s more until pods are ready, as a fourth one starts on the same two cores, and its image has to be loaded; 2 s until
  every connection has carried a request; 1 s for what is only read at the end, judgement and report. What went: 3 s of waiting for proxies, whose rules are looked at now; 2 s for the control lane's many
  connections, which go on while the baseline lasts; 1 s, as recorders start while the cluster is proven; 1 s, as pods wait for their node, and are not made only after it. Node's compile
  cache for Vitest's threads saved 0.2 s. What is left is what it does and the hand does not.
- **The suite.** From the end of one scenario's load to the begin of the next one's it was 18 s, then 13, and is 6: nobody waits for the grace
  periods of pods that are done with; the next one's namespace and pods are made while the last one is judged; its images are on the nodes already; proxies are asked
  what they know. What is left of it: 1 s for what is only read at the end, 4 s for pods to start, 1 to 2 s until every connection has carried a request, most of
  which the hand takes, too. To begin while the last one's quiet tail lasts would let pods start beside a load that is judged: not done.
- **Recording.** On two cores there is no room for 2,000 requests a second in one lane: the processor is 93% busy. Seen then, of one core:
  k6 74%, the Go service 39%, Docker's way with k6's output 32% (dockerd 21, the shim 11), rollproof itself 18%, conntrack 3%. A quota of one
  core for k6 made it worse (up to 390 requests not started in place of 80), a lazier garbage collector in k6 too.
- **Judging.** It was 5.6 times the bare program's processor time and 1,612 MB. A history that is read a part at a time, requests in
  columns, lines scanned into them without an object for each, judgement that asks for a request by itself in place of its id, and commands that
  are loaded only where they are called made that 2.3 times and 554 MB. Lines scanned in bytes, of which no text is made, requests met once in place of
  six times and found by halving, and code that was compiled before made it 1.3 times. Of 3.4 s, 1.8 are reading, 1.4 judging, 0.2 the start.
  446 MB were then left, 90 of them the young generation of Node's heap, which it lets grow to 128 MB: a large history is judged in a thread whose
  young generation is held at 24 MB.
`;

const HEAD = `# What rollproof costs

Ratios of what is measured side by side, alternating, in one run; medians (but of set-up, which is timed once). \`npm run bench -- scenario\`, \`suite\`, \`cluster\`, \`recording\`, \`judging\`,
\`set-up\` measure, write a record (harness/bench/speed.jsonl) and this page.

| what | goal | measured |
| --- | --- | --- |
`;
