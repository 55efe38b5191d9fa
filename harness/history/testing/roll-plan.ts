import type { Expectation, LaneName, LoadPlan } from '../types.ts';

/** One pod's life as it is to be told, seconds since the run's epoch. */
export interface PodPlan {
  name: string;
  /** Its ReplicaSet. */
  set: string;
  ip: string;
  created: number;
  started: number;
  listening: number;
  /** Condition Ready was true: spans, of which the last may be open. */
  ready: [number, number?][];
  deleted?: number;
  sigterm?: number;
  sigkill?: number;
  exit?: number;
  exitCode: number;
  gone?: number;
  /** Its container ended by itself, or by the kubelet for its liveness; it is started again 1 s later. */
  crash?: { at: number; code: number };
  evicted?: boolean;
  /** When the slice first takes it up, where that is not at once. */
  listed?: number;
}

/** A roll as it is to be told: what the API, the nodes, the pods and the clients would show of it. */
export interface RollPlan {
  replicas: number;
  strategy: { recreate?: boolean; surge: number | string; unavailable: number | string };
  minReadySeconds: number;
  expectation: Expectation;
  /** The control lane always runs beside them. */
  lanes: LaneName[];
  minRequests: number;
  /** Of the pod template; `exec` is a preStop hook that runs a program. */
  container: {
    probe: boolean;
    liveness: boolean;
    sleep?: number;
    exec?: string[];
    grace: number;
    catches: boolean;
    command: string;
  };
  /** What could be had besides the API: the node (runtime, processes, connections), and logs with ids. */
  evidence: { node: boolean; flows: boolean; ids: boolean };
  /** Seconds until the slice follows its pods. */
  sliceLag: number;
  /** What the load calls. Default: the Service's own address. */
  target?: LoadPlan['target'];
  /** Fields of the Service's spec from each instant on. */
  service: { at: number; spec: object }[];
  pods: PodPlan[];
  /** Each write of a ReplicaSet: uid and name, revision, replicas. */
  sets: { at: number; name: string; revision: number; replicas: number }[];
  /** Writes of the Deployment's spec. */
  generations: { at: number; replicas?: number }[];
  /** Triggers of further transitions, before this one was over. */
  overtaken: { at: number; kind: string }[];
  marks: {
    ready: number;
    trigger: number;
    rolled?: number;
    settled?: number;
    tailEnd?: number;
    stopped?: number;
  };
}

export type RollOptions = Partial<Omit<RollPlan, 'container' | 'evidence' | 'strategy'>> & {
  container?: Partial<RollPlan['container']>;
  evidence?: Partial<RollPlan['evidence']>;
  strategy?: Partial<RollPlan['strategy']>;
  /** From SIGTERM to the end of the process, seconds. Default 5. */
  lives?: number;
  exitCode?: number;
};

/**
 * One pod after the other, with maxSurge 1 and maxUnavailable 0: the trigger at 10; every 4 s from 10.5 a new pod, ready
 * 3.3 s later, and an old one deleted 0.2 s (and minReadySeconds) after that: a1 at 14, a2 at 18, a3 at 22, each out of the slice 0.1 s later.
 */
export function rollPlan(options: RollOptions = {}): RollPlan {
  const { lives = 5, exitCode = 0, container, evidence, strategy, ...rest } = options;
  const replicas = options.replicas ?? 3;
  const pause = options.minReadySeconds ?? 0;
  const { sleep, grace, ...template } = { probe: true, liveness: false, grace: 30, catches: true, ...container };
  const pods: PodPlan[] = [];
  const sets: RollPlan['sets'] = [{ at: 1, name: 'web-a', revision: 1, replicas }];
  for (let i = 0; i < replicas; i += 1) {
    const born = 10.5 + (4 + pause) * i;
    const deleted = born + 3.5 + pause;
    const sigterm = round(deleted + 0.05 + (sleep ?? 0));
    const exit = round(sigterm + lives);
    const ending = {
      deleted,
      sigterm,
      exit,
      exitCode,
      gone: round(exit + 1),
      ...(exitCode === 137 ? { sigkill: round(exit - 0.01) } : {}),
    };
    pods.push({ ...standing(`a${i + 1}`, 'web-a', 11 + i), ...ending });
    pods.push({ ...standing(`b${i + 1}`, 'web-b', 21 + i), ...youth(born) });
    sets.push({ at: round(i === 0 ? 10.2 : born - 0.2), name: 'web-b', revision: 2, replicas: i + 1 });
    sets.push({ at: round(deleted - 0.1), name: 'web-a', revision: 1, replicas: replicas - i - 1 });
  }
  const rolled = round(10.5 + (4 + pause) * (replicas - 1) + 3.7 + pause);
  const settled = round(Math.max(rolled, ...pods.map(({ gone }) => gone ?? 0)) + 0.2);
  return {
    replicas,
    strategy: { surge: 1, unavailable: 0, ...strategy },
    minReadySeconds: 0,
    expectation: { verdict: 'pass' },
    lanes: ['new'],
    minRequests: 10,
    container: { command: 'python3 app.py', ...template, grace, ...(sleep === undefined ? {} : { sleep }) },
    evidence: { node: true, flows: true, ids: true, ...evidence },
    sliceLag: 0.1,
    service: [{ at: 1, spec: {} }],
    pods,
    sets: sets.sort((a, b) => a.at - b.at),
    overtaken: [],
    generations: [{ at: 1 }, { at: 10.1 }],
    ...rest,
    marks: { ready: 5, trigger: 10, rolled, settled, tailEnd: settled + 4, stopped: settled + 5, ...options.marks },
  };
}

/** A pod that is up all the time. */
export function standing(name: string, set: string, address: number): PodPlan {
  return { name, set, ip: `10.244.0.${address}`, created: 0, started: 0.5, listening: 0.8, ready: [[1]], exitCode: 0 };
}

/** Instants of a pod that is created in mid-roll, ready after 3.3 s. */
export function youth(created: number): Pick<PodPlan, 'created' | 'started' | 'listening' | 'ready'> {
  return { created, started: round(created + 0.7), listening: round(created + 1.2), ready: [[round(created + 3.3)]] };
}

/** Tenths and hundredths of a second stay what they are. */
export const round = (seconds: number): number => Math.round(seconds * 1000) / 1000;
