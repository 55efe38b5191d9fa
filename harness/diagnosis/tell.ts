import { endOf } from '../history/pod-lives.ts';
import type { Nanos } from '../history/types.ts';
import { type Drop, surelyNotHandled, wasHandled } from './drop.ts';
import { turnedAway } from './locate.ts';

const PHASES = {
  connect: 'no connection came about',
  reused: 'on a reused connection, before any answer',
  request: 'on its own connection, before any answer',
  proxied: 'behind a proxy, which answered in its place',
  response: 'in the middle of the answer',
  answer: 'with an answer',
} as const;

/**
 * A drop's evidence in words and numbers, in the order of time.
 *
 * @param zero what its times are told from, in seconds: the run's epoch, or a trigger
 */
export function tell(drop: Drop, zero: Nanos = 0): string {
  const at = (t: Nanos) => `${((t - zero) / 1e9).toFixed(3)} s`;
  const { request, phase, place, context } = drop;
  const { lane, t, end, status, error } = request;
  const how = status > 0 ? `status ${status}` : error.replace(/^.*: /, '');
  const opening = `lane ${lane}, sent at ${at(t)}, lost at ${at(end)} ${PHASES[phase]} (${how})`;
  if (place === undefined)
    return `${opening}; ${turnedAway(request, context) ? 'no connection of its own was tracked: the proxy had no endpoint for it, or it followed an older entry' : 'its pod is not known'}`;
  const { pod, by } = place;
  const [flow, ...others] = context.flows.of(request);
  const ended = endOf(pod);
  const facts: [Nanos | undefined, string][] = [
    [others.length === 0 ? flow?.t : undefined, `this connection opened to ${pod.ip}`],
    [pod.crashes.find((one) => Math.abs(one.t - end) < 20e9)?.t, 'its container ended, and nobody had asked for that'],
    [pod.deleted, 'the pod was deleted'],
    [pod.sigterm, 'SIGTERM'],
    [pod.endpointRemoved, 'the slice dropped it'],
    [pod.sigkill, 'SIGKILL'],
    [ended, `its process ended${pod.exitCode === undefined ? '' : ` with exit code ${pod.exitCode}`}`],
  ];
  const told = facts
    .filter((fact): fact is [Nanos, string] => fact[0] !== undefined)
    .sort(([a], [b]) => a - b)
    .map(([when, what]) => `${what} ${at(when)}`);
  return [
    opening,
    `pod ${pod.name}, known by ${by}`,
    ...told,
    ...fullWords(drop),
    ...processWords(drop),
    ...logWords(drop),
  ].join('; ');
}

function fullWords({ request, facts }: Drop): string[] {
  const answered = facts.full.get(request);
  return answered === undefined
    ? []
    : [`meanwhile it answered ${answered} requests on connections that it had, and none on a newer one`];
}

/** Worth a word only where it is the reason. */
function processWords({ place }: Drop): string[] {
  const deaf = [...(place?.pod.processes ?? [])].find(([, { catchesSigterm }]) => !catchesSigterm);
  return deaf === undefined
    ? []
    : [`the first process of its container ${deaf[0]}, ${deaf[1].command}, has no handler for SIGTERM`];
}

function logWords(drop: Drop): string[] {
  if (wasHandled(drop)) return ["the pod's log has its id"];
  if (surelyNotHandled(drop)) return ["the pod's log, read whole, never had its id"];
  return drop.context.logsIds ? [] : ['the service logs no ids: whether it was handled is not known'];
}
