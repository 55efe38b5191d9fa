import { type PodLife, podLives } from '../../history/pod-lives.ts';
import { judgedRequests, judgedSpan } from '../../history/select.ts';
import type { FlowSeen, LogRead, Observation } from '../../history/types.ts';
import { define } from './measure.ts';

/**
 * No request reaches a pod that runs and is never ready: no answer names it, its own log has no request's id, and no
 * connection to the Service was led to it. Known where its log was read whole, or every connection was tracked.
 */
export const unreadyGetNothing = define('unready-get-nothing', (history) => {
  const span = judgedSpan(history);
  const pods = podLives(history).filter(
    ({ firstReady, started, ip, endpointReady, gone }) =>
      firstReady === undefined &&
      endpointReady === undefined &&
      started !== undefined &&
      ip !== '' &&
      span !== undefined &&
      (gone ?? span.to) > span.from,
  );
  const of = <T extends Observation['type']>(type: T) =>
    history.observations.filter((one): one is Extract<Observation, { type: T }> => one.type === type);
  const flows = of('flow').filter(({ event }) => event === 'new');
  const answers = history.requests.filter(({ pod }) => pods.some(({ name }) => name === pod));
  const lines = of('server').filter((line) => line.request !== undefined && pods.some(({ name }) => name === line.pod));
  const led = flows.filter((flow) => pods.some((pod) => leadsTo(flow, pod)));
  const logs = pods.every(({ name }) => isWhole(of('log').filter(({ pod }) => pod === name)));
  const tracked = flows.length > 0 && !of('gap').some(({ source }) => source === 'flows');
  const reached = [...answers, ...lines, ...led];
  return {
    holds: reached.length > 0 ? false : logs || tracked ? true : undefined,
    figures: [
      `${pods.length} pods that ran ${seconds(pods, span?.to ?? 0)} and were never ready, beside ${judgedRequests(history).length} requests`,
      `${answers.length} answers name them`,
      `${lines.length} requests in their logs (${logs ? 'read whole' : 'not read whole'})`,
      tracked ? `${led.length} of ${flows.length} tracked connections led to them` : 'connections were not tracked',
    ].join('; '),
    examined: pods.length === 0 ? 0 : judgedRequests(history).length,
    witnesses: reached.map(({ id }) => id),
  };
});

const leadsTo = ({ pod, t }: FlowSeen, { ip, ipSince, seen, gone }: PodLife): boolean =>
  pod === ip && t >= (ipSince ?? seen) && t <= (gone ?? Number.POSITIVE_INFINITY);

const isWhole = (logs: LogRead[]): boolean => logs.length > 0 && logs.every(({ whole }) => whole);

function seconds(pods: PodLife[], end: number): string {
  const sum = pods.reduce((total, { started, exit, gone }) => total + (exit ?? gone ?? end) - started!, 0);
  return `for ${(sum / 1e9).toFixed(1)} s`;
}
