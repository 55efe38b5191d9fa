import { type ScenarioHistory, scenariosOf } from '../select.ts';
import type {
  History,
  KubeObject,
  LaneName,
  LoadPlan,
  MarkerSet,
  ObjectSeen,
  Observation,
  RequestSeen,
  ScenarioStarted,
  WatchedKind,
} from '../types.ts';

/** Seconds → nanoseconds. */
export const s = (seconds: number): number => Math.round(seconds * 1e9);

const EPOCH = '2026-01-01T00:00:00.000Z';
const iso = (seconds: number) => new Date(Date.parse(EPOCH) + Math.floor(seconds) * 1000).toISOString();

/** How an event reached the history. */
interface Receipt {
  verb?: ObjectSeen['verb'];
  /** When the apiserver took it, where that was before its watch told of it, seconds: sets the resourceVersion. */
  happened?: number;
  version?: string;
  uid?: string;
}

interface PodOptions extends Receipt {
  ready?: boolean;
  terminating?: boolean;
  owner?: string;
  exitCode?: number;
  probe?: boolean;
  /** Seconds of a preStop hook. */
  sleep?: number;
  readySince?: number;
  /** True, or the condition's reason and message. */
  disrupted?: boolean | { reason: string; message?: string };
  ip?: string;
  restarts?: number;
  phase?: string;
}

/** Writes literal histories: a Deployment `web` with its Service, and what happened to them, second by second. */
export class HistoryBuilder {
  readonly observations: Observation[] = [];
  private started: ScenarioStarted;
  /** ReplicaSets get it from their Deployment. */
  private minReadySeconds = 0;

  constructor(
    options: Partial<Pick<ScenarioStarted, 'expectation' | 'logsRequestIds'>> & {
      lanes?: LaneName[];
      minRequests?: number;
      /** Other Deployments behind the Service. */
      others?: string[];
      target?: LoadPlan['target'];
    } = {},
  ) {
    const { lanes = ['new'], minRequests = 1 } = options;
    this.started = {
      type: 'scenario',
      id: 'x-0',
      t: 0,
      scenario: 'test',
      title: 'test',
      workload: {
        namespace: 'ns',
        deployment: 'web',
        service: 'web',
        ...(options.others === undefined ? {} : { others: options.others }),
      },
      load: {
        path: '/',
        ...(options.target === undefined ? {} : { target: options.target }),
        lanes: lanes.map((name) => ({ name, method: 'GET', connection: name === 'new' ? 'new' : 'reused', rate: 100 })),
        timeoutMs: 15_000,
        good: [[200, 399]],
        minRequests,
      },
      expectation: options.expectation ?? { verdict: 'pass' },
      logsRequestIds: options.logsRequestIds ?? true,
    };
    this.observations.push(this.started);
  }

  add(observation: Record<string, unknown> & { type: Observation['type']; t: number }): this {
    const id = `x-${this.observations.length}`;
    this.observations.push({ id, scenario: 'test', ...observation } as unknown as Observation);
    return this;
  }

  /** Versions rise with time, and within one instant with the order of the calls. */
  object(at: number, kind: WatchedKind, name: string, object: KubeObject, receipt: Receipt = {}): this {
    const { verb = 'modified', uid = name, happened = at } = receipt;
    const resourceVersion = receipt.version ?? String(Math.round(happened * 1e6) * 1000 + this.observations.length);
    return this.add({
      type: 'object',
      t: s(at),
      kind,
      verb,
      uid,
      name,
      namespace: 'ns',
      resourceVersion,
      object: { ...object, metadata: { name, uid, resourceVersion, ...object.metadata } },
    });
  }

  deployment(
    at: number,
    options: {
      generation?: number;
      observed?: number;
      replicas?: number;
      surge?: number | string;
      unavailable?: number | string;
      recreate?: boolean;
      minReadySeconds?: number;
      updated?: number;
      total?: number;
      available?: number;
      name?: string;
      paused?: boolean;
      /** ProgressDeadlineExceeded. */
      stalled?: boolean;
    } & Receipt = {},
  ): this {
    const { generation = 1, replicas = 3, surge = 1, unavailable = 0, name = 'web' } = options;
    this.minReadySeconds = options.minReadySeconds ?? this.minReadySeconds;
    const object: KubeObject = {
      metadata: { generation },
      spec: {
        replicas,
        minReadySeconds: this.minReadySeconds,
        ...(options.paused ? { paused: true } : {}),
        strategy: options.recreate
          ? { type: 'Recreate' }
          : { type: 'RollingUpdate', rollingUpdate: { maxSurge: surge, maxUnavailable: unavailable } },
      },
      status: {
        observedGeneration: options.observed ?? generation,
        replicas: options.total ?? replicas,
        updatedReplicas: options.updated ?? replicas,
        availableReplicas: options.available ?? replicas,
        ...(options.stalled
          ? { conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }] }
          : {}),
      },
    };
    return this.object(at, 'Deployment', name, object, options);
  }

  /** Its image is the one of its name unless another is given. */
  replicaSet(
    at: number,
    name: string,
    revision: number,
    replicas: number,
    options: { image?: string; minReadySeconds?: number; deployment?: string; available?: number } & Receipt = {},
  ): this {
    const { deployment = 'web' } = options;
    const object: KubeObject = {
      metadata: {
        annotations: { 'deployment.kubernetes.io/revision': String(revision) },
        ownerReferences: [{ kind: 'Deployment', name: deployment, uid: deployment, controller: true }],
      },
      spec: {
        replicas,
        minReadySeconds: options.minReadySeconds ?? this.minReadySeconds,
        template: { spec: { containers: [{ name: 'app', image: options.image ?? `image-of-${name}` }] } },
      },
      ...(options.available === undefined ? {} : { status: { availableReplicas: options.available } }),
    };
    return this.object(at, 'ReplicaSet', name, object, options);
  }

  pod(at: number, name: string, options: PodOptions = {}): this {
    const { ready = true, owner = 'web-a', terminating = false, probe = true } = options;
    const object: KubeObject = {
      metadata: {
        ownerReferences: [{ kind: 'ReplicaSet', name: owner, uid: owner, controller: true }],
        ...(terminating ? { deletionTimestamp: iso(at + 30), deletionGracePeriodSeconds: 30 } : {}),
      },
      spec: {
        terminationGracePeriodSeconds: 30,
        containers: [
          {
            name: 'app',
            ...(probe ? { readinessProbe: {} } : {}),
            ...(options.sleep === undefined ? {} : { lifecycle: { preStop: { sleep: { seconds: options.sleep } } } }),
          },
        ],
      },
      status: {
        ...(options.ip === undefined ? {} : { podIP: options.ip }),
        ...(options.phase === undefined ? {} : { phase: options.phase }),
        conditions: [
          { type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: iso(options.readySince ?? at) },
          ...(options.disrupted
            ? [{ type: 'DisruptionTarget', status: 'True', ...(options.disrupted !== true && options.disrupted) }]
            : []),
        ],
        containerStatuses:
          options.exitCode === undefined && options.restarts === undefined
            ? []
            : [
                {
                  restartCount: options.restarts ?? 0,
                  ...(options.exitCode === undefined
                    ? {}
                    : { state: { terminated: { exitCode: options.exitCode, finishedAt: iso(at) } } }),
                },
              ],
      },
    };
    return this.object(at, 'Pod', name, object, options);
  }

  gone(at: number, name: string, owner = 'web-a', receipt: Receipt = {}): this {
    const object: KubeObject = {
      metadata: { ownerReferences: [{ kind: 'ReplicaSet', name: owner, uid: owner, controller: true }] },
    };
    return this.object(at, 'Pod', name, object, { verb: 'deleted', ...receipt });
  }

  slice(at: number, ready: string[], notReady: string[] = [], receipt: Receipt = {}): this {
    const endpoint = (name: string, is: boolean) => ({
      conditions: { ready: is, serving: true, terminating: !is },
      targetRef: { uid: name, name },
    });
    const object: KubeObject = {
      metadata: { labels: { 'kubernetes.io/service-name': 'web' } },
      endpoints: [...ready.map((name) => endpoint(name, true)), ...notReady.map((name) => endpoint(name, false))],
    };
    return this.object(at, 'EndpointSlice', 'web-1', object, receipt);
  }

  /** The Service's selector. */
  service(at: number, selector: Record<string, string>, receipt: Receipt = {}): this {
    return this.object(at, 'Service', 'web', { spec: { selector } }, receipt);
  }

  /** The node's connection tracking sees a new connection to the Service; the proxy chose the pod with this address. */
  flow(at: number, pod: string, clientPort = 40_000 + this.observations.length): this {
    const client = { client: '172.18.0.2', clientPort };
    const service = { service: '10.96.0.7', servicePort: 80 };
    return this.add({
      type: 'flow',
      t: s(at),
      event: 'new',
      flow: `${clientPort}`,
      ...client,
      ...service,
      pod,
      podPort: 8000,
    });
  }

  /** What the kubelet or a controller said about a pod. */
  event(at: number, about: string, reason: string, message = ''): this {
    const name = `${about}.${this.observations.length}`;
    return this.object(at, 'Event', name, { reason, message, involvedObject: { name: about } } as KubeObject, {
      verb: 'added',
    });
  }

  mark(
    at: number,
    marker: MarkerSet['marker'],
    transition = 'rolling',
    facts: Pick<MarkerSet, 'to' | 'limits' | 'deletes' | 'detail'> = {},
  ): this {
    return this.add({ type: 'marker', t: s(at), marker, ...(marker === 'trigger' ? { transition, ...facts } : {}) });
  }

  /** The transition's own `kubectl delete pod`, of which the watches tell afterwards. */
  deletesPods(at: number, ...pods: string[]): this {
    this.mark(at, 'trigger', 'delete-pods', { deletes: pods.length });
    const detail = `kubectl delete pod ${pods.join(' ')}`;
    return this.add({ type: 'action', t: s(at), action: 'delete-pods', detail, ok: true });
  }

  /** A span in which a watch was blind, written when it saw again. */
  gap(from: number, to: number, kind: WatchedKind): this {
    return this.add({ type: 'gap', t: s(to), source: `watch:${kind}`, from: s(from), to: s(to), reason: 'relisted' });
  }

  probe(at: number, pod: string, status = 200): this {
    return this.add({ type: 'probe', t: s(at), pod, status, ms: 2, ...(status === 0 ? { error: 'timeout' } : {}) });
  }

  request(at: number, options: Partial<RequestSeen> & { seconds?: number } = {}): this {
    const { seconds = 0.002, ...fields } = options;
    const lane = fields.lane ?? 'new';
    return this.add({
      type: 'request',
      t: s(at),
      end: s(at + seconds),
      lane,
      request: `${lane}-1-${this.observations.length}`,
      phases: { blocked: 0.1, connecting: 0.1, tls: 0, sending: 0, waiting: 1, receiving: 0 },
      status: 200,
      errorCode: 0,
      error: '',
      pod: '',
      version: '',
      bytes: fields.status === 0 ? 0 : 10,
      reused: false,
      ...fields,
    });
  }

  log(at: number, pod: string, event: string, request?: string): this {
    return this.add({
      type: 'server',
      t: s(at),
      pod,
      version: '',
      event,
      ...(request === undefined ? {} : { request }),
    });
  }

  lane(at: number, name: LaneName = 'new', notStarted = 0): this {
    const sent = this.observations.filter((one) => one.type === 'request' && one.lane === name).length;
    return this.add({ type: 'lane', t: s(at), lane: name, sent, notStarted, exitCode: 0, warnings: [] });
  }

  whole(truncated = false): History {
    return {
      header: { type: 'history', schema: 1, rollproof: '0', run: 'r', epoch: EPOCH },
      observations: this.observations,
      truncated,
    };
  }

  history(truncated = false): ScenarioHistory {
    return scenariosOf(this.whole(truncated))[0]!;
  }
}

/** Three old pods that are up, from second 0; the load is ready at 5, the trigger at 10. */
export function threeUp(
  builder = new HistoryBuilder(),
  deployment: Parameters<HistoryBuilder['deployment']>[1] = {},
): HistoryBuilder {
  builder.deployment(1, deployment).replicaSet(1, 'web-a', 1, 3);
  for (const name of ['a1', 'a2', 'a3']) builder.pod(1, name);
  return builder.slice(1, ['a1', 'a2', 'a3']).mark(5, 'load-ready').request(6).mark(10, 'trigger');
}

/** The whole of a 3-replica roll with 1/0 that goes as it should, ending at 40. */
export function goodRoll(builder = new HistoryBuilder()): HistoryBuilder {
  threeUp(builder).deployment(11, { generation: 2, observed: 1 }).replicaSet(11, 'web-b', 2, 1);
  builder.deployment(11, { generation: 2, updated: 1, total: 4 });
  let [old, fresh] = [3, 1];
  for (const [i, at] of [13, 17, 21].entries()) {
    const [newPod, oldPod] = [`b${i + 1}`, `a${i + 1}`];
    builder.pod(at, newPod, { owner: 'web-b' });
    builder.replicaSet(at + 0.1, 'web-a', 1, --old).pod(at + 0.2, oldPod, { terminating: true });
    if (fresh < 3) builder.replicaSet(at + 0.3, 'web-b', 2, ++fresh);
    builder.slice(at + 0.4, ['a1', 'a2', 'a3'].slice(i + 1).concat(['b1', 'b2', 'b3'].slice(0, i + 1)), [oldPod]);
    builder.request(at + 1);
  }
  builder.deployment(22, { generation: 2 });
  for (const [i, name] of ['a1', 'a2', 'a3'].entries()) builder.gone(26 + i, name);
  return builder.mark(29, 'settled').request(30).mark(33, 'tail-end').lane(34).mark(34, 'load-stopped');
}
