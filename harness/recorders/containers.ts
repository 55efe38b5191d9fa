import type { Nanos, Observation } from '../history/types.ts';
import type { Clock } from './clock.ts';

/** A container that has run, as its pod's status tells of it. */
export interface ContainerSeen {
  /** As the runtime knows it, without "containerd://". */
  id: string;
  name: string;
  pod: string;
  podUid: string;
  node: string;
  /** How many of its name were there before it. */
  restart: number;
  running: boolean;
  /** Whole seconds, as the kubelet gives them: the real instants lie up to one second later. */
  started: Nanos;
  ended?: Nanos;
}

/** The containers that a pod's status names: the present ones, and the one before each that was restarted. */
export function containersOf(observation: Observation, clock: Pick<Clock, 'toNanos'>): ContainerSeen[] {
  if (observation.type !== 'object' || observation.kind !== 'Pod') return [];
  const { spec, status } = observation.object as PodShape;
  const pod = { pod: observation.name, podUid: observation.uid, node: spec?.nodeName ?? '' };
  return (status?.containerStatuses ?? []).flatMap(({ name, containerID, restartCount = 0, state, lastState }) => {
    const ran = (id: string | undefined, restart: number, what: State | undefined): ContainerSeen[] => {
      const span = what?.running ?? what?.terminated;
      const started = Date.parse(span?.startedAt ?? '');
      // A container that could not be started is "terminated" too, having begun never or in 1970.
      if (id === undefined || !(started > 0)) return [];
      const ended = Date.parse(what?.terminated?.finishedAt ?? '');
      return [
        {
          id: id.replace(/^.*:\/\//, ''),
          name,
          ...pod,
          restart,
          running: what?.running !== undefined,
          started: clock.toNanos(started),
          ...(ended > 0 ? { ended: clock.toNanos(ended) } : {}),
        },
      ];
    };
    const before = lastState?.terminated?.containerID;
    // While a restart waits, the container that ended is still the one that the status is about.
    const waiting = before === containerID;
    return [
      ...ran(before, waiting ? restartCount : restartCount - 1, lastState),
      ...ran(containerID, restartCount, state),
    ];
  });
}

interface State {
  running?: { startedAt?: string };
  terminated?: { containerID?: string; startedAt?: string; finishedAt?: string };
}

interface PodShape {
  spec?: { nodeName?: string };
  status?: {
    containerStatuses?: {
      name: string;
      containerID?: string;
      restartCount?: number;
      state?: State;
      lastState?: State;
    }[];
  };
}
