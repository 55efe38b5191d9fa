import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { GenericContainer, getContainerRuntimeClient } from 'testcontainers';
import { packageRoot } from '../package-root.ts';
import { K6_COMMAND, type LaneScript } from './lane-script.ts';

export interface K6Container {
  /** Resolves when k6 has ended and its whole output has been read. */
  readonly ended: Promise<number>;
  signal(name: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Hands the whole output over once more: a follower may miss the last lines of a container that ends. */
  readAgain(): Promise<void>;
  /** Kills it where it still runs. More than once does no harm. */
  remove(): Promise<void>;
}

export interface K6Options {
  image: string;
  networkMode: string;
  labels: Record<string, string>;
  script: LaneScript;
  onLine(line: string): void;
}

export async function startK6({ image, networkMode, labels, script, onLine }: K6Options): Promise<K6Container> {
  // Its reaper is an image that some networks cannot pull; what a run leaves behind is swept by its labels.
  process.env.TESTCONTAINERS_RYUK_DISABLED = 'true';
  const started = await new GenericContainer(image)
    .withEntrypoint(['k6'])
    .withCommand(K6_COMMAND)
    // Its heap is small, and collecting it less often saves a fifth of k6's processor time (measured at 100 requests/s).
    .withEnvironment({ ROLLPROOF_LANE: JSON.stringify(script), GOGC: '400' })
    .withCopyFilesToContainer([{ source: join(packageRoot, 'harness/load/k6/lane.js'), target: '/lane.js' }])
    .withNetworkMode(networkMode)
    .withLabels(labels)
    .withDefaultLogDriver()
    .withAutoRemove(false)
    .start();
  const client = await getContainerRuntimeClient();
  const container = client.container.getById(started.getId());
  const exit = container.wait() as Promise<{ StatusCode: number }>;
  const output = readLines(await started.logs(), onLine);
  const ended = Promise.all([exit, output]).then(([{ StatusCode }]) => StatusCode);
  // Whoever waits for it gets the error; nobody may be waiting when the daemon goes away.
  ended.catch(() => {});
  let removed: Promise<void> | undefined;
  return {
    ended,
    signal: (name) => container.kill({ signal: name }).then(nothing, ifNotRunning),
    async readAgain() {
      await readLines(await started.logs(), onLine);
    },
    remove() {
      removed ??= container.remove({ force: true, v: true }).then(nothing, ifGone);
      return removed;
    },
  };
}

async function readLines(stream: Readable, onLine: (line: string) => void): Promise<void> {
  for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) onLine(line);
}

const nothing = () => {};

/** 409: it has ended, or is being removed already. */
function ifNotRunning(error: { statusCode?: number }): void {
  if (error.statusCode !== 409 && error.statusCode !== 404) throw error;
}

const ifGone = ifNotRunning;
