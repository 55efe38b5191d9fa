import { readFileSync } from 'node:fs';
import { ApiError, type KubeApi } from '../cluster/api.ts';
import { CannotRun } from '../errors.ts';
import { IN_K6, k6Command, k6Files, readLines, type StartedK6, type StartK6 } from './k6.ts';
import { indexOf, type LaneScript } from './lane-script.ts';

export interface ClusterPlace {
  api: KubeApi;
  namespace: string;
  /** The cluster pulls it, unless its nodes have it. */
  image: string;
  labels: Record<string, string>;
  /** Of the names of what it creates: two runs may be in one namespace. */
  prefix: string;
  signal: AbortSignal;
}

/** Of k6's own API, through which it is told to end: no signal reaches a container of somebody's cluster. */
const API_PORT = 6565;
const START_BUDGET_MS = 120_000;
const LOOK_EVERY_MS = 300;
/** As a shell has it: 128 and SIGKILL. */
const KILLED = 137;
const REQUEST = 'application/json';

/**
 * k6 in the cluster itself: a Job with one pod for each k6 of a lane, spread over the nodes. Its records are its log, which is
 * followed through the apiserver.
 *
 * Its clock is that of its node: it tells the time before it begins.
 */
export const k6InCluster =
  (place: ClusterPlace): StartK6 =>
  async (script, onLine, own) => {
    const { api, namespace } = place;
    const name = `${place.prefix}-${script.name}-${indexOf(script)}`;
    const files = `/api/v1/namespaces/${namespace}/configmaps`;
    const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`;
    const remove = async () => {
      await gone(api.send('DELETE', `${jobs}/${name}`, { propagationPolicy: 'Background', gracePeriodSeconds: 0 }));
      await gone(api.send('DELETE', `${files}/${name}`));
    };
    try {
      await api.send('POST', files, filesOf(name, place, own));
      await api.send('POST', jobs, jobOf(name, place, { ...script, tellsTime: true }));
      const pod = await started(name, place);
      return follow(pod, { ...place, remove, onLine });
    } catch (error) {
      await remove().catch(() => {});
      throw error;
    }
  };

function filesOf(name: string, { labels }: ClusterPlace, own: string | undefined): object {
  const data = Object.fromEntries(
    Object.entries(k6Files(own)).map(([file, path]) => [file, readFileSync(path, 'utf8')]),
  );
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels }, data };
}

/** Fit for a namespace with the Pod Security Standard "restricted". */
function jobOf(name: string, { labels, image }: ClusterPlace, script: LaneScript): object {
  const own = { ...labels, 'dev.rollproof.load': script.name };
  const container = {
    name: CONTAINER,
    image,
    command: ['k6'],
    args: k6Command(script, `0.0.0.0:${API_PORT}`),
    env: [
      // Kubernetes puts values in place of $(NAME), and $ in place of $$.
      { name: 'ROLLPROOF_LANE', value: JSON.stringify(script).replaceAll('$', '$$$$') },
      { name: 'GOGC', value: '400' },
    ],
    volumeMounts: [{ name: 'files', mountPath: IN_K6, readOnly: true }],
    resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '2', memory: '1Gi' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
  };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, labels: own },
    spec: {
      backoffLimit: 0,
      template: {
        metadata: { labels: { ...own, 'job-name': name } },
        spec: {
          restartPolicy: 'Never',
          // Nothing that it does needs the apiserver.
          automountServiceAccountToken: false,
          terminationGracePeriodSeconds: 5,
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: 'kubernetes.io/hostname',
              whenUnsatisfiable: 'ScheduleAnyway',
              labelSelector: { matchLabels: labels },
            },
          ],
          securityContext: { runAsNonRoot: true, runAsUser: 12_345, seccompProfile: { type: 'RuntimeDefault' } },
          containers: [container],
          volumes: [{ name: 'files', configMap: { name } }],
        },
      },
    },
  };
}

interface Pod {
  metadata: { name: string };
  status: {
    phase?: string;
    conditions?: { type: string; status: string; message?: string }[];
    /** In the order of their names: whatever is injected into all pods may come before ours. */
    containerStatuses?: {
      name: string;
      state?: {
        waiting?: { reason?: string; message?: string };
        running?: object;
        terminated?: { exitCode: number };
      };
    }[];
  };
}

const stateOf = (pod: Pod) => pod.status.containerStatuses?.find(({ name }) => name === CONTAINER)?.state;

const CONTAINER = 'k6';

/** Waits until its pod runs: this is no evidence, so looking again and again will do. */
async function started(name: string, { api, namespace, image, signal }: ClusterPlace): Promise<string> {
  const deadline = performance.now() + START_BUDGET_MS;
  let last = 'the Job has no pod';
  while (performance.now() < deadline) {
    if (signal.aborted) throw signal.reason;
    const query = { labelSelector: `job-name=${name}` };
    const { items } = await api.get<{ items: Pod[] }>(`/api/v1/namespaces/${namespace}/pods`, query);
    const [pod] = items;
    const state = pod && stateOf(pod);
    if (state?.running !== undefined || state?.terminated !== undefined) return pod!.metadata.name;
    const { reason = '', message = '' } = state?.waiting ?? {};
    const missing = pod === undefined ? await whyNoPod(name, { api, namespace }) : unscheduled(pod);
    last = [reason, message].filter(Boolean).join(': ') || missing || last;
    if (['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName'].includes(reason))
      throw new CannotRun(`k6 can't be pulled in the cluster: ${last}`, {
        remedy: `ROLLPROOF_K6_IMAGE names another image than ${image}`,
      });
    await sleep(LOOK_EVERY_MS);
  }
  throw new CannotRun(`k6 did not start in the cluster within ${START_BUDGET_MS / 1000} s: ${last}`, {
    remedy: `kubectl get events -n ${namespace}`,
  });
}

/** What the Job's controller was told: of a quota, a webhook. Empty where it was told nothing. */
async function whyNoPod(name: string, { api, namespace }: Pick<ClusterPlace, 'api' | 'namespace'>): Promise<string> {
  const query = { fieldSelector: `involvedObject.kind=Job,involvedObject.name=${name},reason=FailedCreate` };
  const { items } = await api.get<{ items: { message?: string }[] }>(`/api/v1/namespaces/${namespace}/events`, query);
  return items.at(-1)?.message ?? '';
}

const unscheduled = (pod: Pod): string =>
  pod.status.conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False')?.message ?? '';

interface Followed extends ClusterPlace {
  onLine(line: string): void;
  remove(): Promise<void>;
}

function follow(pod: string, { api, namespace, onLine, remove }: Followed): StartedK6 {
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}`;
  const ending = new AbortController();
  let removed: Promise<void> | undefined;

  async function exitCode(): Promise<number | undefined> {
    try {
      return stateOf(await api.get<Pod>(path))?.terminated?.exitCode;
    } catch (error) {
      // Whoever deletes a pod ends what runs in it.
      if (error instanceof ApiError && error.code === 404) return KILLED;
      throw error;
    }
  }

  const read = async () =>
    readLines(await api.open(`${path}/log`, { follow: 'true', container: CONTAINER }, ending.signal), onLine);

  /** The apiserver may end a log before k6 does; it is then read again from its beginning: no record is taken twice. */
  async function untilItEnds(): Promise<number> {
    for (;;) {
      await read().catch((error: Error) => {
        if (ending.signal.aborted) throw error;
      });
      const code = await exitCode();
      if (code !== undefined) return code;
      await sleep(LOOK_EVERY_MS);
    }
  }

  const ended = untilItEnds();
  // Whoever waits for it gets the error; nobody may be waiting when the cluster goes away.
  ended.catch(() => {});
  return {
    ended,
    async stop(how) {
      if (how === 'kill') {
        await gone(api.send('DELETE', path, { gracePeriodSeconds: 0 }));
        return;
      }
      const stopped = { data: { type: 'status', id: 'default', attributes: { stopped: true } } };
      const proxied = `/api/v1/namespaces/${namespace}/pods/${pod}:${API_PORT}/proxy/v1/status`;
      // It may have ended by itself; then there is nobody to ask.
      await api.send('PATCH', proxied, stopped, undefined, REQUEST).catch(async (error) => {
        if ((await exitCode()) === undefined) throw error;
      });
    },
    async readAgain() {
      await readLines(await api.open(`${path}/log`, { container: CONTAINER }, AbortSignal.timeout(30_000)), onLine);
    },
    remove() {
      removed ??= remove().finally(() => ending.abort());
      return removed;
    },
  };
}

/** Not there any more is as good as deleted. */
async function gone(deleting: Promise<unknown>): Promise<void> {
  await deleting.catch((error) => {
    if (!(error instanceof ApiError) || error.code !== 404) throw error;
  });
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
