import type { StartedCluster } from '../cluster/kind.ts';
import type { NewObservation, Observation, WatchedKind } from '../history/types.ts';
import type { Clock } from './clock.ts';
import { missing, tellMissing, type Witnessed, witnessedStates } from './missing.ts';

export interface SecondWitnessOptions {
  cluster: Pick<StartedCluster, 'kubectl'>;
  namespace: string;
  clock: Pick<Clock, 'now'>;
  append(observation: NewObservation): void;
}

export interface StartedSecondWitness {
  /** Ends it. To be called before the watches stop: they have to show whatever it saw. More than once does no harm. */
  stop(): Promise<void>;
  /** Writes down what it saw and these observations, all of the scenario, do not have; to be called after both have stopped. */
  finish(observations: Observation[]): void;
}

/** As kubectl names them: one watch a process, for it watches only one kind at a time. */
const RESOURCES: Record<WatchedKind, string> = {
  Pod: 'pods',
  Service: 'services',
  Event: 'events',
  ReplicaSet: 'replicasets.apps',
  Deployment: 'deployments.apps',
  EndpointSlice: 'endpointslices.discovery.k8s.io',
};

/**
 * `kubectl get --watch` beside the harness's own watches: nothing that it sees may be missing from the history. To be
 * started after them, for it begins with what is there already.
 */
export function startSecondWitness({ cluster, namespace, clock, append }: SecondWitnessOptions): StartedSecondWitness {
  const controller = new AbortController();
  let witnessed: Witnessed[] = [];
  const watching = Object.entries(RESOURCES).map(([kind, resource]) => witness(kind as WatchedKind, resource));
  let stopping: Promise<void> | undefined;

  async function witness(kind: WatchedKind, resource: string): Promise<Witnessed> {
    const { output, log, reason } = await watch(resource);
    const ended = { until: clock.now(), ...(controller.signal.aborted ? {} : { endedEarly: reason }) };
    return { kind, from: watchedFrom(log), ...ended, ...witnessedStates(output) };
  }

  /** It ends by being cancelled; what it wrote comes with the error. */
  async function watch(resource: string): Promise<{ output: string; log: string; reason: string }> {
    const what = ['-n', namespace, 'get', resource, '--watch', '--output-watch-events', '-o', 'json', '-v=6'];
    try {
      const output = await cluster.kubectl(what, { signal: controller.signal });
      return { output, log: '', reason: 'the apiserver ended its watch' };
    } catch (error) {
      const {
        stdout = '',
        stderr = '',
        shortMessage,
      } = error as Partial<Record<'stdout' | 'stderr' | 'shortMessage', string>>;
      return { output: stdout, log: stderr, reason: shortMessage ?? String(error) };
    }
  }

  async function end(): Promise<void> {
    controller.abort();
    witnessed = await Promise.all(watching);
  }

  return {
    stop() {
      stopping ??= end();
      return stopping;
    },
    finish(observations) {
      const own = observations.filter((one) => one.type === 'object').filter((one) => one.namespace === namespace);
      const t = clock.now();
      for (const observation of tellMissing(missing(own, witnessed), witnessed, t)) append(observation);
    },
  };
}

/** The version of its list, from the request that it logs at -v=6. */
function watchedFrom(log: string): string | undefined {
  const [, version] = /[?&]resourceVersion=(\d+)&(?:\S*&)?watch=true/.exec(log) ?? [];
  return version;
}
