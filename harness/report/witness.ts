import type { Wave } from '../checks/types.ts';
import { waves } from '../checks/waves.ts';
import { deploymentOf, endpointsOf, podOf, replicaSetOf } from '../history/objects.ts';
import { perHistory } from '../history/per-history.ts';
import { byId, markerAt, type ScenarioHistory } from '../history/select.ts';
import type { Nanos, ObjectSeen, Observation, RequestSeen } from '../history/types.ts';
import { printable } from './printable.ts';

/**
 * The earliest of some observations, in words: which request, pod or object it is, when, in which wave, and what it
 * shows. Undefined where the history has none of them.
 *
 * @param ids of observations, as witnesses name them
 */
export function firstWitness(history: ScenarioHistory, ids: string[]): string | undefined {
  const find = byId(history);
  const named = [...new Set(ids)].flatMap((id) => find(id) ?? []);
  const first = named.sort((a, b) => a.t - b.t)[0];
  return first === undefined
    ? undefined
    : printable(`${subject(first, history)}, ${moment(first.t, history)}: ${what(first)}`);
}

function subject(observation: Observation, { started }: ScenarioHistory): string {
  switch (observation.type) {
    case 'request': {
      const { lane, request, reused } = observation;
      const method = started?.load.lanes.find(({ name }) => name === lane)?.method ?? 'request';
      return `request ${request} (${method} over a ${reused ? 'kept' : 'new'} connection)`;
    }
    case 'object':
      return `${observation.kind} ${observation.name}`;
    case 'action':
      return `"${observation.detail}"`;
    case 'marker':
      return `marker ${observation.marker}`;
    case 'gap':
      return `gap in ${observation.source}`;
    case 'server':
      return `log of pod ${observation.pod}`;
    default:
      return observation.type;
  }
}

/** "4.21 s after the trigger, in wave (2,1)". */
function moment(t: Nanos, history: ScenarioHistory): string {
  const trigger = markerAt(history, 'trigger');
  if (trigger === undefined) return `${seconds(t)} s after the run began`;
  if (t < trigger) return `${seconds(trigger - t)} s before the trigger`;
  const wave = readable(history).find(({ from, to }) => t >= from && t < to);
  return `${seconds(t - trigger)} s after the trigger${wave === undefined ? '' : `, in wave (${wave.old},${wave.new})`}`;
}

const seconds = (nanos: Nanos) => (nanos / 1e9).toFixed(2);

/** Objects that cannot be read have no waves. */
const readable = perHistory((history: ScenarioHistory): Wave[] => {
  try {
    return waves(history);
  } catch {
    return [];
  }
});

function what(observation: Observation): string {
  switch (observation.type) {
    case 'request':
      return answer(observation);
    case 'object':
      return state(observation);
    case 'action':
      return observation.ok ? 'done' : 'failed';
    case 'marker':
      return observation.detail ?? observation.transition ?? 'reached';
    case 'gap':
      return `${observation.reason}, ${((observation.to - observation.from) / 1e6).toFixed(0)} ms`;
    case 'server':
      return [observation.event, observation.request].filter(Boolean).join(' ');
    default:
      return `observation ${observation.id}`;
  }
}

function answer({ status, error, errorCode, pod, version, t, end }: RequestSeen): string {
  const ms = ((end - t) / 1e6).toFixed(0);
  const from = [pod && `from pod ${pod}`, version && `version ${version}`].filter(Boolean).join(', ');
  if (status > 0) return [`answered ${status}`, from, `after ${ms} ms`].filter(Boolean).join(' ');
  return `no answer after ${ms} ms: ${error || `error ${errorCode}`}`;
}

function state(seen: ObjectSeen): string {
  if (seen.verb === 'deleted') return 'gone';
  switch (seen.kind) {
    case 'Pod': {
      const { ready, terminating, restarts } = podOf(seen);
      const restarted = restarts === 0 ? [] : [`restarted ${restarts} times`];
      return [ready ? 'ready' : 'not ready', ...(terminating ? ['being deleted'] : []), ...restarted].join(', ');
    }
    case 'ReplicaSet': {
      const { replicas, revision } = replicaSetOf(seen);
      return `revision ${revision}, ${replicas} wanted`;
    }
    case 'Deployment': {
      const { replicas, status } = deploymentOf(seen.object);
      return `${replicas} wanted, ${status.updated} updated, ${status.available} available`;
    }
    case 'EndpointSlice': {
      const all = [...endpointsOf(seen.object).values()];
      return `${all.filter(({ ready }) => ready).length} of ${all.length} endpoints ready`;
    }
    default:
      return seen.verb;
  }
}
