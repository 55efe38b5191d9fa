import { HistoryBuilder } from './build.ts';

interface Spec {
  generation: number;
  template: string;
  replicas: number;
  surge: number;
  unavailable: number;
  paused: boolean;
}

interface Pod {
  name: string;
  owner: string;
  /** Second at which it got ready. */
  ready?: number;
  terminating: boolean;
}

interface Set {
  name: string;
  revision: number;
  replicas: number;
  /** The annotations desired-replicas and max-replicas. */
  desired: number;
  max: number;
  status: { replicas: number; available: number };
}

export type Step =
  | { do: 'image'; template: string }
  | { do: 'scale'; replicas: number }
  | { do: 'pause' | 'resume' }
  /** The oldest pods that are ready, as many as there are of them. */
  | { do: 'delete-pods'; count: number }
  /** The controller takes its copy of the Deployment, and later acts on it. */
  | { do: 'look' }
  | { do: 'sync' }
  | { do: 'replica-set'; pick: number }
  | { do: 'ready'; pick: number }
  | { do: 'gone'; pick: number };

/**
 * A model of the Deployment controller and the ReplicaSet controller, after Kubernetes' pkg/controller/deployment/sync.go
 * and rolling.go: what a correct rollout may look like, whatever order things take. Pods only ever get ready; some are deleted.
 */
export class Controller {
  readonly history = new HistoryBuilder();
  private spec: Spec;
  private copy: Spec;
  private observed = 1;
  private imageGeneration = 1;
  private sets: Set[] = [];
  private pods: Pod[] = [];
  private t = 1;
  private names = 0;
  private readonly minReadySeconds: number;
  /** Seconds by which the watch of each kind is late, drawn anew for each event. */
  private readonly late: () => number;
  private lastReceipt = new Map<string, number>();

  constructor(
    spec: Pick<Spec, 'replicas' | 'surge' | 'unavailable'>,
    options: { minReadySeconds?: number; late?: () => number } = {},
  ) {
    this.minReadySeconds = options.minReadySeconds ?? 0;
    this.late = options.late ?? (() => 0);
    this.spec = { generation: 1, template: 'a', paused: false, ...spec };
    this.copy = this.spec;
    this.tellDeployment();
    this.sync();
    this.syncSet(this.sets[0]!);
    for (const pod of this.pods) this.getReady(pod);
    this.t = 4 + this.minReadySeconds;
    this.syncSet(this.sets[0]!);
    this.sync();
    this.t = 20;
  }

  /**
   * Runs until nothing is left to do, and says whether it came to that. (A scaling that finds its only active ReplicaSet
   * at R already leaves its annotation as it was: sync.go then takes every sync for a scaling, and never rolls on.)
   */
  finish(): boolean {
    const done = this.settle();
    if (done) this.history.mark(this.t + 1, 'settled');
    this.history.mark(this.t + 6, 'tail-end');
    return done;
  }

  /** Until nothing is left to do, as far as it comes to that. */
  settle(): boolean {
    for (let i = 0; i < 300 && !this.isDone(); i++) {
      this.t += 0.5;
      this.copy = this.spec;
      this.sync();
      for (const set of [...this.sets]) this.syncSet(set);
      for (const pod of this.pods.filter(({ ready }) => ready === undefined)) this.getReady(pod);
      for (const pod of this.pods.filter(({ terminating }) => terminating)) this.remove(pod);
    }
    return this.isDone();
  }

  /** Until the controller has acted on what is written: twice, since a scaling comes before anything else. */
  observe(): void {
    for (let i = 0; i < 2; i++) {
      this.take({ do: 'look' });
      this.take({ do: 'sync' });
      this.shrinkSets();
    }
  }

  /**
   * ReplicaSets that are to have fewer pods have them, and say so. Where they lag behind, the controller itself takes away
   * too many: it goes by their status.availableReplicas, whatever they are told to have (scaleDownOldReplicaSets).
   */
  shrinkSets(): void {
    for (const set of this.sets.filter(({ replicas, status }) => replicas < status.replicas)) this.syncSet(set);
  }

  /** ReplicaSets that have lost pods have others in their place. */
  replacePods(): void {
    const alive = (name: string) => this.pods.filter((pod) => pod.owner === name && !pod.terminating).length;
    for (const set of this.sets.filter(({ name, status }) => alive(name) < status.replicas)) this.syncSet(set);
  }

  /** Of the template that is written. */
  get template(): string {
    return this.spec.template;
  }

  /** ReplicaSets' revisions, by their templates. */
  get revisions(): Map<string, number> {
    return new Map(this.sets.map(({ name, revision }) => [name.replace(/^web-/, ''), revision]));
  }

  take(step: Step): void {
    this.t += 0.2;
    const alive = this.pods.filter(({ terminating }) => !terminating);
    const starting = alive.filter(({ ready }) => ready === undefined);
    const leaving = this.pods.filter(({ terminating }) => terminating);
    if (step.do === 'image') this.setImage(step.template);
    else if (step.do === 'scale') this.write('scale', { replicas: step.replicas });
    else if (step.do === 'pause' || step.do === 'resume') this.write(step.do, { paused: step.do === 'pause' });
    else if (step.do === 'delete-pods') this.deletePods(step.count);
    else if (step.do === 'look') this.copy = this.spec;
    else if (step.do === 'sync') this.sync();
    else if (step.do === 'replica-set') this.syncSet(this.sets[step.pick % this.sets.length]!);
    else if (step.do === 'ready' && starting.length > 0) this.getReady(starting[step.pick % starting.length]!);
    else if (step.do === 'gone' && leaving.length > 0) this.remove(leaving[step.pick % leaving.length]!);
  }

  /** Not before the controller has seen the update before: one that it never saw leaves no trace to go back from. */
  private setImage(template: string): void {
    const seen = this.spec.paused || this.sets.some(({ name }) => name === nameOf(this.spec.template));
    if (template === this.spec.template || this.observed < this.imageGeneration || !seen) return;
    this.write('rolling', { template });
    this.imageGeneration = this.spec.generation;
  }

  private isDone(): boolean {
    const { replicas, generation, template } = this.spec;
    const current = this.sets.find(({ name }) => name === nameOf(template));
    return (
      this.observed === generation &&
      this.pods.length === replicas &&
      this.pods.every(({ terminating }) => !terminating) &&
      current?.status.available === replicas &&
      this.statusOf(current).total === replicas &&
      this.told === this.deploymentText()
    );
  }

  private deletePods(count: number): void {
    const ready = this.pods.filter((pod) => pod.ready !== undefined && !pod.terminating);
    const chosen = ready.sort((a, b) => a.ready! - b.ready!).slice(0, count);
    this.history.deletesPods(this.t, ...chosen.map(({ name }) => name));
    for (const pod of chosen) {
      pod.terminating = true;
      this.tellPod(pod);
    }
  }

  private write(kind: string, change: Partial<Spec>): void {
    if (change.replicas === this.spec.replicas || change.paused === this.spec.paused) return;
    this.history.mark(this.t, 'trigger', kind);
    this.spec = { ...this.spec, ...change, generation: this.spec.generation + 1 };
    this.tellDeployment();
  }

  /** One sync of the Deployment controller, on its copy. */
  private sync(): void {
    const spec = this.copy;
    const old = this.sets.filter(({ name }) => name !== nameOf(spec.template));
    const newest = old.reduce((most, { revision }) => Math.max(most, revision), 0) + 1;
    let current = this.sets.find(({ name }) => name === nameOf(spec.template));
    if (current !== undefined && current.revision < newest) {
      current.revision = newest;
      this.tellSet(current);
    }
    // Paused, it looks at every sync whether there is something to scale: up to the ceiling, in proportion.
    if (spec.paused || this.sets.some(({ replicas, desired }) => replicas > 0 && desired !== spec.replicas)) {
      this.scaleAll(spec, current, old);
      this.tellStatus(spec);
      return;
    }
    const all = () => this.sets.reduce((sum, { replicas }) => sum + replicas, 0);
    const most = spec.replicas + spec.surge;
    if (current === undefined) {
      current = {
        name: nameOf(spec.template),
        revision: newest,
        replicas: Math.max(0, Math.min(most - all(), spec.replicas)),
        desired: spec.replicas,
        max: most,
        status: { replicas: 0, available: 0 },
      };
      this.sets.push(current);
      this.tellSet(current);
    }
    const wanted =
      current.replicas > spec.replicas
        ? spec.replicas
        : current.replicas + Math.max(0, Math.min(most - all(), spec.replicas - current.replicas));
    if (!this.scaleSet(spec, current, wanted)) this.scaleDownOld(spec, current, old);
    this.tellStatus(spec);
  }

  /** Those that are not healthy first, then as many as there are to spare. */
  private scaleDownOld(spec: Spec, current: Set, old: Set[]): void {
    const all = () => this.sets.reduce((sum, { replicas }) => sum + replicas, 0);
    const floor = spec.replicas - spec.unavailable;
    let mayGo = all() - floor - (current.replicas - current.status.available);
    for (const set of old) {
      const unhealthy = Math.min(Math.max(0, mayGo), set.replicas - set.status.available);
      if (unhealthy <= 0) continue;
      mayGo -= unhealthy;
      this.scaleSet(spec, set, set.replicas - unhealthy);
    }
    if (all() - floor - (current.replicas - current.status.available) > 0) {
      let spare = this.sets.reduce((sum, { status }) => sum + status.available, 0) - floor;
      for (const set of old) {
        const down = Math.min(Math.max(0, spare), set.replicas);
        spare -= down;
        this.scaleSet(spec, set, set.replicas - down);
      }
    }
  }

  /** `scale` of sync.go: the only active one to R, or all in proportion. */
  private scaleAll(spec: Spec, current: Set | undefined, old: Set[]): void {
    const active = this.sets.filter(({ replicas }) => replicas > 0);
    if (active.length < 2) {
      const one = active[0] ?? current ?? old.at(-1)!;
      this.scaleSet(spec, one, spec.replicas);
      return;
    }
    if (
      current?.replicas === spec.replicas &&
      current.desired === spec.replicas &&
      current.status.available === spec.replicas
    ) {
      for (const set of old) this.scaleSet(spec, set, 0);
      return;
    }
    const allowed = spec.replicas > 0 ? spec.replicas + spec.surge : 0;
    const toAdd = allowed - active.reduce((sum, { replicas }) => sum + replicas, 0);
    active.sort((a, b) => b.replicas - a.replicas || (toAdd > 0 ? b.revision - a.revision : a.revision - b.revision));
    let added = 0;
    const sizes = active.map((set) => {
      const fraction = Math.round((set.replicas * (spec.replicas + spec.surge)) / set.max) - set.replicas;
      const part = toAdd > 0 ? Math.min(fraction, toAdd - added) : toAdd < 0 ? Math.max(fraction, toAdd - added) : 0;
      added += part;
      return set.replicas + part;
    });
    sizes[0] = Math.max(0, sizes[0]! + toAdd - added);
    for (const [i, set] of active.entries()) this.scaleSet(spec, set, sizes[i]!, true);
  }

  private scaleSet(spec: Spec, set: Set, replicas: number, annotate = false): boolean {
    if (replicas === set.replicas && !annotate) return false;
    const scaled = replicas !== set.replicas;
    Object.assign(set, { replicas, desired: spec.replicas, max: spec.replicas + spec.surge });
    this.tellSet(set);
    return scaled;
  }

  /** One sync of the ReplicaSet controller. */
  private syncSet(set: Set): void {
    const own = () => this.pods.filter(({ owner, terminating }) => owner === set.name && !terminating);
    while (own().length < set.replicas) {
      const pod: Pod = { name: `${set.name}-${++this.names}`, owner: set.name, terminating: false };
      this.pods.push(pod);
      this.tellPod(pod);
    }
    // Those that are not ready go first, then the youngest.
    const order = own().sort((a, b) => (b.ready ?? 1e9) - (a.ready ?? 1e9));
    for (const pod of order.slice(0, Math.max(0, order.length - set.replicas))) {
      pod.terminating = true;
      this.tellPod(pod);
    }
    const available = own().filter((pod) => this.isAvailable(pod)).length;
    set.status = { replicas: own().length, available };
    this.tellSet(set);
  }

  private isAvailable({ ready }: Pod): boolean {
    if (ready === undefined) return false;
    return this.minReadySeconds === 0 || this.t >= Math.floor(ready) + this.minReadySeconds;
  }

  private getReady(pod: Pod): void {
    pod.ready = this.t;
    this.tellPod(pod);
  }

  private remove(pod: Pod): void {
    this.pods = this.pods.filter((one) => one !== pod);
    this.history.gone(this.receipt('Pod'), pod.name, pod.owner, { happened: this.t });
  }

  private statusOf(current: Set | undefined) {
    const total = this.sets.reduce((sum, { status }) => sum + status.replicas, 0);
    const available = this.sets.reduce((sum, { status }) => sum + status.available, 0);
    return { total, available, updated: current?.status.replicas ?? 0 };
  }

  private tellStatus(spec: Spec): void {
    this.observed = spec.generation;
    if (this.deploymentText() !== this.told) this.tellDeployment();
  }

  private told = '';
  private deploymentText(): string {
    const current = this.sets.find(({ name }) => name === nameOf(this.spec.template));
    return JSON.stringify([this.spec, this.observed, this.statusOf(current)]);
  }

  private tellDeployment(): void {
    this.told = this.deploymentText();
    const { template, paused: _, ...spec } = this.spec;
    const current = this.sets.find(({ name }) => name === nameOf(template));
    const status = { observed: this.observed, ...this.statusOf(current), minReadySeconds: this.minReadySeconds };
    this.history.deployment(this.receipt('Deployment'), { ...spec, ...status, happened: this.t });
  }

  private tellSet({ name, revision, replicas, status }: Set): void {
    const { available } = status;
    this.history.replicaSet(this.receipt('ReplicaSet'), name, revision, replicas, { available, happened: this.t });
  }

  private tellPod({ name, owner, ready, terminating }: Pod): void {
    const state = { owner, terminating, ready: ready !== undefined, readySince: ready ?? this.t };
    this.history.pod(this.receipt('Pod'), name, { ...state, happened: this.t });
  }

  /** Each watch is late as it likes, and in order. Every write has an instant of its own. */
  private receipt(kind: string): number {
    this.t += 0.001;
    const at = Math.max(this.t + this.late(), this.lastReceipt.get(kind) ?? 0);
    this.lastReceipt.set(kind, at);
    return at;
  }
}

const nameOf = (template: string): string => `web-${template}`;
