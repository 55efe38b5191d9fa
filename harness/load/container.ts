import { GenericContainer, getContainerRuntimeClient, type StartedTestContainer } from 'testcontainers';
import { IN_K6, k6Command, k6Files, readLines, type StartedK6, type StartK6 } from './k6.ts';

/** Far more than it takes, and less than would harm a machine: at 2,000 requests/s a lane it is a fifth of that. */
const K6_MEMORY_GIB = 1;

export interface DockerPlace {
  image: string;
  /** "container:<node>" reaches ClusterIPs as any client in the cluster does. */
  networkMode: string;
  labels: Record<string, string>;
}

/** k6 in containers of the machine's Docker. */
export const k6InDocker =
  ({ image, networkMode, labels }: DockerPlace): StartK6 =>
  async (script, onLine, own) => {
    // Its reaper is an image that some networks cannot pull; what a run leaves behind is swept by its labels.
    process.env.TESTCONTAINERS_RYUK_DISABLED = 'true';
    const started = await new GenericContainer(image)
      .withEntrypoint(['k6'])
      .withCommand(k6Command(script))
      // Its heap is small, and collecting it less often saves a fifth of k6's processor time (measured at 100 requests/s).
      .withEnvironment({ ROLLPROOF_LANE: JSON.stringify(script), GOGC: '400' })
      .withCopyFilesToContainer(
        Object.entries(k6Files(own)).map(([name, source]) => ({ source, target: `${IN_K6}/${name}` })),
      )
      // No quota of processor time: at 2,000 requests/s it held k6 up, and cost five times as many requests that were not started.
      // Beside the node, which has eight times its weight, it has what is left.
      .withResourcesQuota({ memory: K6_MEMORY_GIB })
      .withNetworkMode(networkMode)
      .withLabels(labels)
      .withDefaultLogDriver()
      .withAutoRemove(false)
      .start();
    return follow(started, onLine);
  };

async function follow(started: StartedTestContainer, onLine: (line: string) => void): Promise<StartedK6> {
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
    stop: (how) => container.kill({ signal: how === 'kill' ? 'SIGKILL' : 'SIGTERM' }).then(nothing, ifNotRunning),
    async readAgain() {
      await readLines(await started.logs(), onLine);
    },
    remove() {
      removed ??= container.remove({ force: true, v: true }).then(nothing, ifGone);
      return removed;
    },
  };
}

const nothing = () => {};

/** 409: it has ended, or is being removed already. */
function ifNotRunning(error: { statusCode?: number }): void {
  if (error.statusCode !== 409 && error.statusCode !== 404) throw error;
}

const ifGone = ifNotRunning;
