import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { setUp } from '../cli/setup-view.ts';
import type { StartedCluster } from '../cluster/kind.ts';
import { serviceAddress } from '../cluster/readiness.ts';
import type { Toolchain } from '../cluster/setup.ts';
import { RUN_LABEL } from '../cluster/sweep.ts';
import type { RequestSeen } from '../history/types.ts';
import { k6InDocker } from '../load/container.ts';
import { startLane } from '../load/lanes.ts';
import { packageRoot } from '../package-root.ts';
import { clockSince } from '../recorders/clock.ts';
import { openHistory, startHistory } from '../recorders/history-writer.ts';
import { claimNamespace } from '../scenario/namespace.ts';
import { startRecording } from '../scenario/recording.ts';
import { keptCluster } from '../scenario/run-cluster.ts';
import { newRunId, readHistory } from '../scenario/run-folder.ts';
import { deploy, service } from '../scenario/service.ts';
import { figure, median } from './median.ts';
import { BENCH_CLUSTER } from './records.ts';
import { keepSpeed } from './speed.ts';

/** What a client saw in a span. */
interface Seen {
  /** Requests a second that were answered. */
  reached: number;
  /** Milliseconds, of k6's sending, waiting and receiving. */
  p50: number;
  p99: number;
  /** Share of the machine's processor time that was busy. */
  busy: number;
}

const SPAN_MS = 10_000;
const WARM_MS = 3_000;

/**
 * `npm run bench -- recording [TIMES] [RATE…]`: requests over kept connections to a service that nobody rolls, with everything
 * that rollproof records, beside a bare k6 at the same rate that records nothing: rate reached, latency, processor. Medians,
 * alternating; what two bare runs after each other differ by says what a difference is worth.
 */
export async function recordingBench([times = '7', ...rates]: string[]): Promise<string> {
  const toolchain = await setUp({ quiet: true });
  await using undo = new AsyncDisposableStack();
  const run = newRunId();
  const settings = { run, nodes: 1, toolchain, kindConfig: join(packageRoot, 'kind-config.yaml') };
  const signal = new AbortController().signal;
  const { cluster, lock } = await keptCluster({ ...settings, name: BENCH_CLUSTER, signal }, () => {});
  undo.defer(async () => lock.release());
  const place = await placed(cluster, run, toolchain, undo);
  const rows = [];
  for (const rate of rates.length > 0 ? rates.map(Number) : [200, 1_000, 2_000]) {
    const pairs: { bare: Seen; on: Seen & { lost: number } }[] = [];
    for (let i = 0; i < Number(times); i += 1) {
      const bareFirst = i % 2 === 0 ? await bare(place, rate) : undefined;
      const on = await recorded(place, rate);
      pairs.push({ bare: bareFirst ?? (await bare(place, rate)), on });
      process.stderr.write(`${rate}/s, ${i + 1} of ${times}: ${JSON.stringify(pairs.at(-1))}\n`);
    }
    rows.push(row(rate, pairs));
  }
  return keepSpeed('recording', Number(times), rows);
}

function row(rate: number, pairs: { bare: Seen; on: Seen & { lost: number } }[]) {
  const of = (what: (one: (typeof pairs)[number]) => number) => figure(median(pairs.map(what)));
  const bare = pairs.map((one) => one.bare.p99);
  const apart = bare.slice(1).map((p99, index) => Math.abs(p99 - bare[index]!) / Math.min(p99, bare[index]!));
  return {
    rate,
    reached: of(({ on }) => on.reached),
    reachedBare: of((one) => one.bare.reached),
    notRecorded: Math.max(...pairs.map(({ on }) => on.lost)),
    p50Ms: of(({ on }) => on.p50),
    p50BareMs: of((one) => one.bare.p50),
    p99Ms: of(({ on }) => on.p99),
    p99BareMs: of((one) => one.bare.p99),
    p99Shift: of((one) => one.on.p99 / one.bare.p99 - 1),
    p99BareApart: apart.length === 0 ? 0 : figure(median(apart)),
    busy: of(({ on }) => on.busy),
    busyBare: of((one) => one.bare.busy),
  };
}

interface PlaceOfLoad {
  cluster: StartedCluster;
  workload: { namespace: string; deployment: string; service: string };
  address: { host: string; port: number };
  labels: Record<string, string>;
  image: string;
}

const APP = join(packageRoot, 'fixtures/services/go');

/** The Go example: it takes more than any rate here, in little time. */
async function placed(
  cluster: StartedCluster,
  run: string,
  toolchain: Toolchain,
  undo: AsyncDisposableStack,
): Promise<PlaceOfLoad> {
  const labels = { [RUN_LABEL]: run };
  const namespace = await claimNamespace(
    { cluster, run, labels, existing: false },
    `recording-${run.slice(-4)}`,
    false,
  );
  undo.defer(() => namespace.release());
  const image = { build: join(APP, 'app'), base: 'debian', args: { VERSION: '1.0.0' } } as const;
  const shop = service({
    manifests: join(APP, 'correct'),
    deployment: 'shop',
    service: 'shop',
    images: { 'shop-go:1.0.0': image },
  });
  const workload = await deploy(cluster, shop, namespace, () => {});
  await cluster.kubectl(['-n', namespace.name, 'rollout', 'status', 'deployment/shop', '--timeout=120s']);
  const address = await serviceAddress(cluster, namespace.name, 'shop');
  return { cluster, workload, address, labels, image: toolchain.k6Image.ref };
}

const PATH = '/api/data';
/** Milliseconds. */
const TIMEOUT_MS = 5_000;
const usersFor = (rate: number) => Math.max(20, Math.round(rate / 10));

async function recorded(
  { cluster, workload, address, labels, image }: PlaceOfLoad,
  rate: number,
): Promise<Seen & { lost: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'rollproof-recording-'));
  const file = join(folder, 'history.jsonl');
  const clock = clockSince(new Date().toISOString());
  startHistory(file, { type: 'history', schema: 1, rollproof: 'bench', run: 'bench', epoch: clock.epoch });
  const history = openHistory(file, 'recording');
  try {
    await using recording = await startRecording({ cluster, workload, labels, clock, history });
    await recording.trackConnections(address.host);
    const networkMode = `container:${cluster.nodes[0]}`;
    await using lane = await startLane({
      start: k6InDocker({ image, labels, networkMode }),
      url: `http://${address.host}:${address.port}${PATH}`,
      lane: { name: 'kept', method: 'GET', connection: 'reused', rate, connections: usersFor(rate) },
      timeoutMs: TIMEOUT_MS,
      clock,
      append: history.append,
    });
    await lane.warm;
    await sleep(WARM_MS);
    const from = clock.now();
    const busy = await busyFor(SPAN_MS);
    const to = clock.now();
    const { sent, notStarted } = await lane.stop();
    await recording.finish();
    history.close();
    const requests = readHistory(file).observations.filter((one): one is RequestSeen => one.type === 'request');
    const own = requests.filter(({ t, status }) => t >= from && t < to && status === 200);
    const sorted = own.map(({ phases }) => phases.sending + phases.waiting + phases.receiving).sort((a, b) => a - b);
    return {
      reached: own.length / ((to - from) / 1e9),
      p50: at(sorted, 0.5),
      p99: at(sorted, 0.99),
      busy,
      lost: sent - requests.length + notStarted,
    };
  } finally {
    history.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const at = (sorted: number[], share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;

const BARE = `
import http from 'k6/http';
export const options = {
  scenarios: { bare: { executor: 'constant-arrival-rate', rate: Number(__ENV.RATE), duration: '${(WARM_MS + SPAN_MS) / 1000 + 1}s', preAllocatedVUs: Number(__ENV.USERS), maxVUs: 2000 } },
  systemTags: [],
  summaryTrendStats: ['p(50)', 'p(99)'],
};
export default () => http.get(__ENV.TARGET, { responseType: 'binary' });
export const handleSummary = ({ metrics }) => ({ stdout: JSON.stringify({ rate: metrics.http_reqs.values.rate, p50: metrics.http_req_duration.values['p(50)'], p99: metrics.http_req_duration.values['p(99)'] }) });
`;

/** k6's own account, of all of its time. */
async function bare({ cluster, address, labels, image }: PlaceOfLoad, rate: number): Promise<Seen> {
  const env = { RATE: rate, USERS: usersFor(rate), TARGET: `http://${address.host}:${address.port}${PATH}` };
  const running = execa(
    'docker',
    [
      ...['run', '--rm', '-i', '--network', `container:${cluster.nodes[0]}`],
      ...Object.entries(labels).flatMap(([name, value]) => ['--label', `${name}=${value}`]),
      ...Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value}`]),
      ...[image, 'run', '--quiet', '--no-usage-report', '--address', '', '-'],
    ],
    { input: BARE },
  );
  await sleep(WARM_MS);
  const busy = await busyFor(SPAN_MS);
  const { rate: reached, p50, p99 } = JSON.parse((await running).stdout);
  return { reached, p50, p99, busy };
}

async function busyFor(ms: number): Promise<number> {
  const before = processor();
  await sleep(ms);
  const now = processor();
  return 1 - (now.idle - before.idle) / (now.total - before.total);
}

function processor(): { idle: number; total: number } {
  const [, ...fields] = readFileSync('/proc/stat', 'utf8').split('\n')[0]!.trim().split(/\s+/);
  const numbers = fields.slice(0, 8).map(Number);
  return { idle: numbers[3]! + numbers[4]!, total: numbers.reduce((sum, one) => sum + one, 0) };
}
