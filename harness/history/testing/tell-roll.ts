import type { History, KubeObject, LaneName, Observation, WatchedKind } from '../types.ts';
import { HistoryBuilder, s } from './build.ts';
import type { PodPlan, RollPlan } from './roll-plan.ts';
import { tellLoad } from './tell-load.ts';
import { tellMarks, tellProcess } from './tell-node.ts';
import { tellObjects, versionOf } from './tell-objects.ts';

/** What became of a request that got no good answer. */
export const LOST = {
  refused: { errorCode: 1212, error: 'dial tcp 10.96.0.7:80: connect: connection refused' },
  unreachable: { errorCode: 1213, error: 'dial tcp 10.96.0.7:80: connect: no route to host' },
  dialTimeout: { errorCode: 1211, error: 'dial: i/o timeout' },
  reset: { errorCode: 1220, error: 'read: connection reset by peer' },
  eof: { errorCode: 1000, error: 'unexpected EOF' },
  timeout: { errorCode: 1050, error: 'request timeout' },
} as const;

/** Requests a second, as they are told: enough to be read, far too few to be measured with. */
const RATES: Record<LaneName, number> = {
  new: 1,
  kept: 2,
  'kept-post': 2,
  slow: 0.1,
  stream: 0.1,
  own: 1,
  control: 0.5,
};

export interface Sent {
  lane?: LaneName;
  /** The pod that the proxy chose; none where it let no packet through, or where nobody saw it. */
  to?: string;
  /** Seconds until its end. Default 0.003. */
  seconds?: number;
  lost?: keyof typeof LOST;
  status?: number;
  /** Of a kept lane: which connection. */
  user?: number;
  reused?: boolean;
  /** Lines that the pod logged of it. Default: one where it was answered. */
  handled?: number;
  /** Connection tracking saw its connection. Default true where the pod is known. */
  tracked?: boolean;
  /** k6's error names its local port. */
  port?: boolean;
  /** It was still unconnected. Default for what was refused. */
  connected?: boolean;
}

/** A roll that was told whole, to which a case adds what went wrong. */
export class ToldRoll {
  readonly builder: HistoryBuilder;
  readonly plan: RollPlan;
  private count = 0;

  constructor(plan: RollPlan) {
    this.plan = plan;
    const { lanes, expectation, evidence, minRequests } = plan;
    this.builder = new HistoryBuilder({
      lanes: [...lanes, 'control'],
      expectation,
      logsRequestIds: evidence.ids,
      minRequests,
      ...(plan.target === undefined ? {} : { target: plan.target }),
    });
    const [started] = this.builder.observations;
    if (started?.type === 'scenario') {
      started.workload.versions = { old: '1.0.0', new: versionOf(newest(plan)) };
      for (const lane of started.load.lanes) {
        lane.rate = RATES[lane.name];
        if (lane.name === 'kept-post') lane.method = 'POST';
        if (lane.name === 'slow' || lane.name === 'stream') lane.minRequests = 1;
      }
    }
    tellObjects(this);
    for (const pod of plan.pods) tellProcess(this, pod);
    tellLoad(this);
    tellMarks(this);
  }

  pod(name: string): PodPlan {
    const found = this.plan.pods.find((one) => one.name === name);
    if (found === undefined) throw new Error(`the roll has no pod ${name}`);
    return found;
  }

  /** One request, with all that the recorders saw of it. */
  sent(at: number, options: Sent = {}): this {
    const { lane = 'new', to, seconds = 0.003, lost, status = lost === undefined ? 200 : 0, reused = false } = options;
    const { tracked = to !== undefined && !reused, handled = status > 0 && lost === undefined ? 1 : 0 } = options;
    const connected = options.connected ?? !(lost === 'refused' || lost === 'unreachable' || lost === 'dialTimeout');
    this.count += 1;
    const request = `${lane}-${options.user ?? 1}-${this.count}`;
    const port = 40_000 + this.count;
    const pod = status > 0 ? (to ?? '') : '';
    const times = {
      blocked: 0.1,
      connecting: connected && !reused ? 0.2 : 0,
      tls: 0,
      sending: 0,
      waiting: 1,
      receiving: 0,
    };
    this.builder.request(at, {
      lane,
      request,
      seconds,
      status,
      errorCode: status >= 400 && lost === undefined ? 1000 + status : 0,
      ...(lost === undefined ? {} : LOST[lost]),
      phases: connected ? times : { ...times, blocked: 0, waiting: 0 },
      pod: lane === 'control' && pod === '' ? 'control-1' : pod,
      version: pod === '' ? '' : versionOf(this.pod(pod).set),
      bytes: status === 0 ? 0 : 19,
      reused,
      ...(options.port ? { localPort: port } : {}),
    });
    if (to === undefined) return this;
    const { ip, set } = this.pod(to);
    if (tracked && this.plan.evidence.flows) {
      const client = { client: '172.18.0.2', clientPort: port, service: '10.96.0.7', servicePort: 80 };
      this.builder.add({
        type: 'flow',
        t: s(at + 0.0004),
        event: 'new',
        flow: String(port),
        ...client,
        pod: ip,
        podPort: 8000,
      });
    }
    for (let i = 0; i < handled && this.plan.evidence.ids; i += 1) {
      const version = versionOf(set);
      this.builder.add({
        type: 'server',
        t: s(at + 0.001 + i / 1000),
        pod: to,
        version,
        event: 'handled',
        request,
        status: status || 200,
      });
    }
    return this;
  }

  object(at: number, kind: WatchedKind, name: string, object: KubeObject, verb = 'modified', uid = name): this {
    const resourceVersion = String(Math.round(at * 1e6) * 1000 + this.builder.observations.length);
    const metadata = { name, namespace: 'ns', uid, resourceVersion, ...object.metadata };
    this.builder.add({
      type: 'object',
      t: s(at),
      kind,
      verb,
      uid,
      name,
      namespace: 'ns',
      resourceVersion,
      object: { ...object, metadata },
    });
    return this;
  }

  event(at: number, about: string, reason: string, message: string, namespace = 'ns'): this {
    const object = { reason, message, involvedObject: { kind: 'Pod', namespace, name: about } } as KubeObject;
    this.object(at, 'Event', `${about}.${this.builder.observations.length}`, object, 'added');
    const last = this.builder.observations.at(-1);
    if (last?.type === 'object') last.namespace = namespace;
    return this;
  }

  self(at: number, fields: object = {}): this {
    const quiet = { loopDelayMs: 12, cpuBusy: 0.6, cpuStolen: 0, cpuPressure: 0.05, clockStepMs: 0.1 };
    return this.add({ type: 'self', t: s(at), ...quiet, ...fields });
  }

  add(observation: Parameters<HistoryBuilder['add']>[0]): this {
    this.builder.add(observation);
    return this;
  }

  /** Takes out what a recorder did not record. */
  without(missing: (observation: Observation) => boolean): this {
    const { observations } = this.builder;
    for (let i = observations.length - 1; i > 0; i -= 1) if (missing(observations[i]!)) observations.splice(i, 1);
    return this;
  }

  /** In the order of time, as recorders write. */
  whole(): History {
    const { header, observations, truncated } = this.builder.whole();
    const sorted = observations.toSorted((a, b) => a.t - b.t);
    return { header, observations: sorted.map((one, i) => ({ ...one, id: `o${i + 1}` })), truncated };
  }
}

const newest = ({ sets }: RollPlan): string =>
  sets.reduce((best, one) => (one.revision > best.revision ? one : best)).name;
