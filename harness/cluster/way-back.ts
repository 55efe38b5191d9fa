import { isDeepStrictEqual } from 'node:util';
import { CannotRun } from '../errors.ts';
import type { KubeApi } from './api.ts';
import type { StartedCluster } from './kind.ts';

/** How a live Deployment was before a run changed it: what it takes to find the way back from wherever it has come to. */
export interface StartingState {
  context: string;
  namespace: string;
  deployment: string;
  /** The one that it had, and the revision that this had then. */
  replicaSet: { name: string; uid: string; revision: string };
  /** Left out where the run does not scale it: then whoever did, an autoscaler, say, goes on. */
  replicas?: number;
  paused: boolean;
  /** Longest that its way back may take. */
  seconds?: number;
}

interface Template {
  metadata?: { labels?: Record<string, string> };
}

interface LiveObject {
  metadata: {
    name: string;
    uid: string;
    annotations?: Record<string, string>;
    ownerReferences?: { uid: string; controller?: boolean }[];
  };
  spec: { replicas?: number; paused?: boolean; template: Template };
}

const REVISION = 'deployment.kubernetes.io/revision';
const BACK_SECONDS = 180;

/**
 * @param options.scales the run scales it, so it is scaled back
 * @throws CannotRun where the Deployment or its ReplicaSet is not there.
 */
export async function startingState(
  { api, name: context }: Pick<StartedCluster, 'api' | 'name'>,
  { namespace, deployment }: Pick<StartingState, 'namespace' | 'deployment'>,
  { scales, seconds }: { scales: boolean; seconds: number },
): Promise<StartingState> {
  const { metadata, spec } = await deploymentNow(api, { namespace, deployment });
  const revision = metadata.annotations?.[REVISION] ?? '';
  const own = (await replicaSetsOf(api, namespace)).find(
    (one) =>
      one.metadata.ownerReferences?.some(({ uid }) => uid === metadata.uid) &&
      one.metadata.annotations?.[REVISION] === revision,
  );
  if (own === undefined)
    throw new CannotRun(`--in-place: Deployment ${deployment} has no ReplicaSet of its revision ${revision}`, {
      remedy: 'once it is rolled out, it has one',
    });
  const { name, uid } = own.metadata;
  return {
    context,
    namespace,
    deployment,
    replicaSet: { name, uid, revision },
    ...(scales ? { replicas: spec.replicas ?? 1 } : {}),
    seconds,
    paused: spec.paused === true,
  };
}

/** Brings it back, and waits until it is. Where it is as it was, nothing is done. */
export async function bringBack({ api, kubectl }: Pick<StartedCluster, 'api' | 'kubectl'>, before: StartingState) {
  const steps = await stepsBack(api, before);
  for (const step of steps.length === 0 && !before.paused ? [rolledOut(before)] : steps)
    await kubectl([...step, '-n', before.namespace]);
}

/**
 * What a person calls to bring it back from how it is now; undefined where it is as it was. Where the cluster does not answer,
 * it is what brings a plain update back.
 */
export async function commandBack(api: KubeApi, before: StartingState): Promise<string | undefined> {
  const { context, namespace, replicaSet } = before;
  const steps = await stepsBack(api, before).catch(() => [undo(before, replicaSet.revision)]);
  if (steps.length === 0) return undefined;
  return steps.map((step) => `kubectl --context ${context} -n ${namespace} ${step.join(' ')}`).join(' && ');
}

const named = ({ deployment }: StartingState) => `deployment/${deployment}`;
const undo = (before: StartingState, revision: string) => [
  'rollout',
  'undo',
  named(before),
  `--to-revision=${revision}`,
];
const rolledOut = (before: StartingState) => [
  'rollout',
  'status',
  named(before),
  `--timeout=${before.seconds ?? BACK_SECONDS}s`,
];

/** Arguments of kubectl, one call after the other. */
async function stepsBack(api: KubeApi, before: StartingState): Promise<string[][]> {
  const { spec } = await deploymentNow(api, before);
  const { name, uid, revision } = before.replicaSet;
  // Going back to a revision gives it a new number: it is found by its ReplicaSet.
  const own = (await replicaSetsOf(api, before.namespace)).find(({ metadata }) => metadata.uid === uid);
  const back = own === undefined || !isDeepStrictEqual(spec.template, withoutHash(own.spec.template));
  const to = own?.metadata.annotations?.[REVISION];
  if (back && to === undefined) throw new Error(`the ReplicaSet ${name} of revision ${revision} is gone`);
  const paused = spec.paused === true;
  // Nobody can undo what is paused.
  const resumed = paused && (back || !before.paused);
  const steps = [
    ...(resumed ? [['rollout', 'resume', named(before)]] : []),
    ...(back ? [undo(before, to!)] : []),
    ...(before.replicas === undefined || (spec.replicas ?? 1) === before.replicas
      ? []
      : [['scale', named(before), `--replicas=${before.replicas}`]]),
  ];
  const pause = before.paused && (resumed || !paused) ? [['rollout', 'pause', named(before)]] : [];
  // What is paused is never rolled out.
  if (steps.length > 0 && (resumed || !paused)) steps.push(rolledOut(before));
  return [...steps, ...pause];
}

/** As its Deployment has it: what the controller adds tells its ReplicaSets apart. */
function withoutHash({ metadata, ...template }: Template): Template {
  const { 'pod-template-hash': _, ...labels } = metadata?.labels ?? {};
  return { ...template, ...(metadata === undefined ? {} : { metadata: { ...metadata, labels } }) };
}

const appsIn = (namespace: string) => `/apis/apps/v1/namespaces/${namespace}`;

const deploymentNow = (api: KubeApi, { namespace, deployment }: Pick<StartingState, 'namespace' | 'deployment'>) =>
  api.get<LiveObject>(`${appsIn(namespace)}/deployments/${deployment}`);

const replicaSetsOf = async (api: KubeApi, namespace: string): Promise<LiveObject[]> =>
  (await api.get<{ items: LiveObject[] }>(`${appsIn(namespace)}/replicasets`)).items;
