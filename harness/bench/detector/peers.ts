import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { kubeApi } from '../../cluster/api.ts';
import { imageExists } from '../../cluster/debian.ts';
import { kubeconfigOf } from '../../cluster/kind.ts';
import { fingerprint, type GoProgram, goBuild } from '../../cluster/node-image/go-build.ts';
import type { Toolchain } from '../../cluster/setup.ts';
import { clusterFolder } from '../../cluster/state.ts';
import type { HistoryHeader, KubeObject, Observation, Workload } from '../../history/types.ts';
import { runWatch } from './run-watch.ts';
import { looksAt, ofHey, ofK6, ofLooks, ofStatus, ofVegeta, type PeerSays } from './says.ts';

/** The tools that are no part of set-up, built of their modules. */
const PROGRAM: GoProgram = { name: 'peers', module: '../bench/detector/peers', packages: ['tool'] };
const LABEL = 'dev.rollproof=bench-peers';
const PEOPLES_SCRIPT = join(import.meta.dirname, 'peers/people.js');

export interface PeerTools {
  /** Folder of hey and vegeta. */
  folder: string;
  image: string;
  k6Image: string;
  kubectl: string;
}

export async function peerTools({ k6Image, kubectl }: Toolchain): Promise<PeerTools> {
  const folder = await goBuild(PROGRAM);
  const image = `rollproof/bench-peers:${fingerprint(PROGRAM)}`;
  const dockerfile = 'FROM scratch\nCOPY hey vegeta /\n';
  if (!(await imageExists(image)))
    await execa('docker', ['build', '-t', image, '--label', LABEL, '-f', '-', folder], { input: dockerfile });
  return { folder, image, k6Image: k6Image.ref, kubectl };
}

export interface PeersBeside {
  /** What each of them says; what still runs is stopped. */
  end(): Promise<PeerSays[]>;
}

/**
 * Waits for the next run in a folder, and sets the tools on its service as their users would: the load from before the
 * change until the harness has seen enough, `kubectl rollout status` a second after each change.
 *
 * @param cluster name of the kind cluster
 */
export function peersBeside(out: string, cluster: string, tools: PeerTools): PeersBeside {
  const watch = runWatch(out);
  const seen: (HistoryHeader | Observation)[] = [];
  let load: LoadTool[] = [];
  let looks: Looker[] = [];
  const status: Promise<number | undefined>[] = [];
  const over = new AbortController();

  async function look(): Promise<void> {
    for (const one of watch.next()) {
      seen.push(one);
      if (one.type !== 'marker') continue;
      if (one.marker === 'load-ready') {
        const { workload, url } = targetOf(seen);
        load = loadTools({ url, node: `${cluster}-control-plane`, ...tools });
        looks = [2, 5].map((seconds) => looker(seconds, workload, cluster));
      }
      const { workload } = targetOf(seen);
      if (one.marker === 'trigger') status.push(rolloutStatus(one.to ?? workload.deployment, workload));
      if (one.marker === 'tail-end' || one.marker === 'aborted') await stop();
    }
  }

  function rolloutStatus(deployment: string, { namespace }: Workload): Promise<number | undefined> {
    const args = ['rollout', 'status', `deployment/${deployment}`, '-n', namespace];
    const env = { KUBECONFIG: kubeconfigOf(clusterFolder(cluster)) };
    const ran = async () => {
      // The change is on its way.
      await sleep(1000);
      const { exitCode } = await execa(tools.kubectl, args, { env, reject: false, cancelSignal: over.signal });
      return exitCode;
    };
    return ran().catch(() => undefined);
  }

  let stopped: Promise<unknown> | undefined;
  function stop(): Promise<unknown> {
    over.abort();
    for (const one of looks) one.stop();
    stopped ??= Promise.all(load.map((tool) => tool.stop()));
    return stopped;
  }

  let looking = look();
  const timer = setInterval(() => {
    looking = looking.then(look);
    looking.catch(() => {});
  }, 100);
  return {
    async end() {
      clearInterval(timer);
      await looking;
      await stop();
      watch[Symbol.dispose]();
      return [
        { peer: 'kubectl rollout status', ...ofStatus(await Promise.all(status)) },
        ...(await Promise.all(load.map(async ({ peer, says }) => ({ peer, ...(await says) })))),
        ...looks.map(({ seconds, found }) => ({ peer: `the Deployment, every ${seconds} s`, ...ofLooks(found) })),
      ];
    },
  };
}

/** Who is called, as the history has told it by then. */
function targetOf(seen: (HistoryHeader | Observation)[]): { workload: Workload; url: string } {
  const started = seen.findLast((one) => one.type === 'scenario')!;
  const { workload, load } = started;
  const service = seen.findLast(
    (one) => one.type === 'object' && one.kind === 'Service' && one.name === workload.service,
  );
  const { clusterIP, ports = [] } = ((service?.type === 'object' && service.object.spec) || {}) as {
    clusterIP?: string;
    ports?: { port: number }[];
  };
  return { workload, url: `http://${clusterIP}:${workload.port ?? ports[0]?.port}${load.path}` };
}

interface LoadTool {
  peer: string;
  says: Promise<Omit<PeerSays, 'peer'>>;
  /** Interrupts it, as Ctrl-C does. */
  stop(): Promise<void>;
}

interface LoadPlace extends PeerTools {
  url: string;
  /** Whose network they are in, as rollproof's own load is. */
  node: string;
}

const GATE = 0.99;

function loadTools(place: LoadPlace): LoadTool[] {
  const { url, image, k6Image, folder } = place;
  const report = (attack: Uint8Array) => execa(join(folder, 'vegeta'), ['report', '-type', 'json'], { input: attack });
  const vegeta = (peer: string, flags: string[], least: number) =>
    inNode(place, peer, [image, '/vegeta', 'attack', '-duration', '0', ...flags], `GET ${url}\n`, async (attack) =>
      ofVegeta((await report(attack)).stdout, least),
    );
  const hey = [image, '/hey', '-z', '15m', '-c', '5', '-q', '4', '-t', '10', url];
  const k6 = ['-e', `TARGET=${url}`, k6Image, 'run', '--quiet', '--no-usage-report', '--address', '', '-'];
  return [
    inNode(place, 'hey, 99% gate', hey, '', async (text) => ofHey(Buffer.from(text).toString(), GATE)),
    vegeta('vegeta, 99% gate', ['-rate', '20/s', '-timeout', '10s'], GATE),
    inNode(place, 'k6 as people use it', k6, readFileSync(PEOPLES_SCRIPT, 'utf8'), async (text) =>
      ofK6(Buffer.from(text).toString()),
    ),
    vegeta('a call a second', ['-rate', '1/s', '-timeout', '5s', '-keepalive=false'], 1),
  ];
}

/** A tool in the network of a node. Its standard output is its account. */
function inNode(
  { node }: LoadPlace,
  peer: string,
  command: string[],
  input: string,
  read: (output: Uint8Array) => Promise<Omit<PeerSays, 'peer'>>,
): LoadTool {
  const name = `rollproof-bench-${peer.replace(/[^a-z0-9]+/g, '-')}`;
  const flags = ['--rm', '-i', '--name', name, '--label', LABEL, '--network', `container:${node}`];
  const remove = () => execa('docker', ['rm', '-f', name], { reject: false });
  const ran = async () => {
    // One that an interrupted bench left.
    await remove();
    const { stdout } = await execa('docker', ['run', ...flags, ...command], {
      input,
      encoding: 'buffer',
      reject: false,
    });
    return read(stdout);
  };
  const says = ran().catch((error: Error) => ({ says: 'nothing' as const, detail: error.message.split('\n')[0]! }));
  return {
    peer,
    says,
    async stop() {
      await execa('docker', ['kill', '-s', 'INT', name], { reject: false });
      await Promise.race([says, sleep(LONGEST_END_MS)]);
      await remove();
    },
  };
}

/** Their longest request, and some time for their account. */
const LONGEST_END_MS = 15_000;

interface Looker {
  seconds: number;
  found: (string | undefined)[];
  stop(): void;
}

function looker(seconds: number, { namespace, deployment }: Workload, cluster: string): Looker {
  const api = kubeApi(kubeconfigOf(clusterFolder(cluster)));
  const found: (string | undefined)[] = [];
  const shortOf = looksAt();
  const look = async () => {
    found.push(shortOf(await api.get<KubeObject>(`/apis/apps/v1/namespaces/${namespace}/deployments/${deployment}`)));
  };
  // Where it is gone, as blue is in the end, there is nothing to be seen.
  const timer = setInterval(() => look().catch(() => {}), seconds * 1000);
  return { seconds, found, stop: () => clearInterval(timer) };
}
