import type { KubeObject } from '../types.ts';
import { type PodPlan, type RollPlan, round } from './roll-plan.ts';
import type { ToldRoll } from './tell-roll.ts';

/** All that the apiserver's watches bring of a roll: Service, Deployment, ReplicaSets, Pods, EndpointSlice. */
export function tellObjects(roll: ToldRoll): void {
  const { plan } = roll;
  for (const { at } of plan.service) {
    const whole = { type: 'ClusterIP', clusterIP: '10.96.0.7', ...specAt(plan, at) };
    roll.object(at, 'Service', 'web', { spec: whole }, first(at));
  }
  for (const set of plan.sets) roll.object(set.at, 'ReplicaSet', set.name, replicaSet(plan, set), first(set.at));
  const changes = plan.pods.flatMap((pod) => tellPod(roll, pod));
  changes.push(1, ...plan.service.map(({ at }) => at));
  changes.push(...plan.generations.flatMap(({ at }) => (at === 1 ? [] : [at, round(at + OBEYS)])));
  const ordered = [...new Set(changes)].sort((a, b) => a - b);
  let [deployment, slice] = ['', ''];
  for (const at of ordered) {
    deployment = tellDeployment(roll, at, deployment);
    slice = tellSlice(roll, at, slice);
  }
}

/** The controller says that it has seen a generation after it has scaled for it. */
const OBEYS = 0.15;

/** Whether the slice names the pod as ready at an instant, if it follows at once. */
export function servesAt(plan: RollPlan, pod: PodPlan, at: number): boolean {
  const { ready, deleted = Infinity, exit = Infinity, listed = 0 } = pod;
  const up = ready.some(([from, to = Infinity]) => at >= from && at < to);
  return up && at >= listed && at < deleted && at < exit && selected(plan, pod, at);
}

const first = (at: number) => (at === 1 ? 'listed' : 'modified');
const owner = (kind: string, name: string) => [{ apiVersion: 'apps/v1', kind, name, uid: name, controller: true }];
/** Of ReplicaSet web-a, 1.0.0; of web-b, 2.0.0; … */
export const versionOf = (set: string): string => `${set.charCodeAt(4) - 96}.0.0`;
const imageOf = (set: string) => `web:${versionOf(set)}`;

const specAt = ({ service }: RollPlan, at: number): { selector: Record<string, string> } => ({
  selector: { app: 'web' },
  ...service.findLast((one) => one.at <= at)?.spec,
});

const labelsOf = ({ set }: PodPlan): Record<string, string> => ({ app: 'web', version: set });

function selected(plan: RollPlan, pod: PodPlan, at: number): boolean {
  return Object.entries(specAt(plan, at).selector).every(([label, value]) => labelsOf(pod)[label] === value);
}

function template({ probe, liveness, sleep, exec, grace }: RollPlan['container'], image: string) {
  const http = { httpGet: { path: '/ready', port: 8000 }, periodSeconds: 1 };
  const preStop = exec === undefined ? { sleep: { seconds: sleep } } : { exec: { command: exec } };
  return {
    terminationGracePeriodSeconds: grace,
    containers: [
      {
        name: 'app',
        image,
        ports: [{ containerPort: 8000, protocol: 'TCP' }],
        ...(probe ? { readinessProbe: http } : {}),
        ...(liveness ? { livenessProbe: http } : {}),
        ...(sleep === undefined && exec === undefined ? {} : { lifecycle: { preStop } }),
      },
    ],
  };
}

function replicaSet(plan: RollPlan, { name, revision, replicas }: RollPlan['sets'][number]): KubeObject {
  const { minReadySeconds, container } = plan;
  const annotations = { 'deployment.kubernetes.io/revision': String(revision) };
  return {
    metadata: { annotations, ownerReferences: owner('Deployment', 'web') },
    spec: { replicas, minReadySeconds, template: { spec: template(container, imageOf(name)) } },
  };
}

/** Returns the instants at which something of it changed. */
function tellPod(roll: ToldRoll, pod: PodPlan): number[] {
  const { created, started, ready, deleted, exit, gone = Infinity, crash, listed } = pod;
  const crashing = crash === undefined ? [] : [round(crash.at + 0.3), round(crash.at + 1.3)];
  const ended = exit === undefined ? undefined : round(exit + 0.4);
  const written = [created, started, ...ready.flat(), ...crashing, deleted, ended]
    .filter((at): at is number => at !== undefined && at < gone)
    .map((at) => Math.max(at, 1))
    .filter(Number.isFinite);
  const seen = [...new Set(written)].sort((a, b) => a - b);
  const verb = (at: number) => (at === created ? 'added' : first(at));
  for (const at of seen) roll.object(at, 'Pod', pod.name, podAt(roll.plan, pod, at), verb(at));
  if (Number.isFinite(gone)) roll.object(gone, 'Pod', pod.name, podAt(roll.plan, pod, gone), 'deleted');
  const available = ready.map(([from]) => round(Math.max(from, 1) + roll.plan.minReadySeconds));
  return [...seen, ...available, ...(Number.isFinite(gone) ? [gone] : []), ...(listed === undefined ? [] : [listed])];
}

function podAt({ container }: RollPlan, pod: PodPlan, at: number): KubeObject {
  const { set, ip, created, started, ready, deleted = Infinity, exit = Infinity, exitCode, evicted } = pod;
  const ended = at > exit;
  const up = ready.findLast(([from]) => from <= at);
  const isReady = up !== undefined && at < (up[1] ?? Infinity) && !ended;
  const since = isReady ? up[0] : ended ? at : (up?.[1] ?? created);
  const condition = (type: string, is = true) => {
    return { type, status: is ? 'True' : 'False', lastTransitionTime: iso(since) };
  };
  const { grace } = container;
  return {
    metadata: {
      creationTimestamp: iso(created),
      labels: labelsOf(pod),
      ownerReferences: owner('ReplicaSet', set),
      ...(at >= deleted ? { deletionTimestamp: iso(deleted + grace), deletionGracePeriodSeconds: grace } : {}),
    },
    spec: { nodeName: 'node-1', ...template(container, imageOf(set)) },
    status: {
      phase: ended ? (exitCode === 0 ? 'Succeeded' : 'Failed') : at >= started ? 'Running' : 'Pending',
      ...(at >= started ? { podIP: ip } : {}),
      conditions: [
        condition('PodScheduled'),
        condition('Ready', isReady),
        ...(evicted && at >= deleted ? [condition('DisruptionTarget')] : []),
      ],
      containerStatuses: [containerAt(pod, at)],
    },
  };
}

function containerAt({ name, exit = Infinity, exitCode, started, set, crash }: PodPlan, at: number) {
  const terminated = (t: number, code: number) => ({ terminated: { exitCode: code, finishedAt: iso(t) } });
  const common = { name: 'app', image: imageOf(set), containerID: `containerd://${name}` };
  const crashed = crash !== undefined && at > crash.at;
  if (at > exit) return { ...common, restartCount: crashed ? 1 : 0, state: terminated(exit, exitCode) };
  if (crashed) {
    const last = terminated(crash.at, crash.code);
    if (at <= crash.at + 1) return { ...common, restartCount: 0, state: last };
    return { ...common, restartCount: 1, state: { running: {} }, lastState: last };
  }
  const waiting = { waiting: { reason: 'ContainerCreating' } };
  return { ...common, restartCount: 0, state: at >= started ? { running: {} } : waiting };
}

/** The Deployment's status follows its pods at once. */
function tellDeployment(roll: ToldRoll, at: number, last: string): string {
  const { plan } = roll;
  const { recreate, surge, unavailable } = plan.strategy;
  const asked = plan.generations.filter((one) => one.at <= at);
  const replicas = asked.findLast((one) => one.replicas !== undefined)?.replicas ?? plan.replicas;
  const sets = plan.sets.filter((one) => one.at <= at);
  const newest = sets.reduce((best, one) => (one.revision > best.revision ? one : best)).name;
  const live = plan.pods.filter(({ created, deleted = Infinity }) => created <= at && at < deleted);
  const available = live.filter(({ ready, exit = Infinity }) =>
    ready.some(([from, to = Infinity]) => at >= from + plan.minReadySeconds && at < to && at < exit),
  );
  const rollingUpdate = { maxSurge: surge, maxUnavailable: unavailable };
  const object: KubeObject = {
    metadata: { generation: asked.length },
    spec: {
      replicas,
      minReadySeconds: plan.minReadySeconds,
      strategy: recreate ? { type: 'Recreate' } : { type: 'RollingUpdate', rollingUpdate },
      template: { spec: template(plan.container, imageOf(newest)) },
    },
    status: {
      observedGeneration: plan.generations.filter((one) => one.at === 1 || one.at + OBEYS <= at + 1e-6).length,
      replicas: live.length,
      updatedReplicas: live.filter(({ set }) => set === newest).length,
      availableReplicas: available.length,
    },
  };
  const text = JSON.stringify(object);
  if (text !== last) roll.object(at === 1 ? 1 : round(at + 0.02), 'Deployment', 'web', object, first(at));
  return text;
}

function tellSlice(roll: ToldRoll, at: number, last: string): string {
  const { plan } = roll;
  const endpoints = plan.pods
    .filter(
      (pod) => pod.started <= at && at < (pod.gone ?? Infinity) && at >= (pod.listed ?? 0) && selected(plan, pod, at),
    )
    .map((pod) => {
      const terminating = at >= (pod.deleted ?? Infinity);
      const serving = servesAt(plan, { ...pod, deleted: undefined }, at);
      const conditions = { ready: serving && !terminating, serving, terminating };
      return { addresses: [pod.ip], conditions, targetRef: { kind: 'Pod', name: pod.name, uid: pod.name } };
    });
  const text = JSON.stringify(endpoints);
  if (text === last) return last;
  const metadata = { labels: { 'kubernetes.io/service-name': 'web' } };
  const object = { metadata, addressType: 'IPv4', endpoints };
  roll.object(at === 1 ? 1 : round(at + plan.sliceLag), 'EndpointSlice', 'web-x', object, first(at));
  return text;
}

const EPOCH = Date.parse('2026-01-01T00:00:00.000Z');
const iso = (seconds: number) => new Date(EPOCH + Math.floor(seconds) * 1000).toISOString().replace('.000Z', 'Z');
