import { ofType, transitionsOf } from '../../history/select.ts';
import type { ServerLog } from '../../history/types.ts';
import { define } from './measure.ts';
import { newPods } from './pods.ts';

/**
 * No new pod of the first transition counts as ready before it listens. For services that log it; not known where one that
 * is ready never did.
 */
export const readyMeansListening = define('ready-means-listening', (history) => {
  const [span] = transitionsOf(history);
  const fresh = span === undefined ? [] : [...(newPods(history, span) ?? [])];
  const ready = fresh.flatMap(([name, pod]) => (pod.ready === undefined ? [] : [{ name, at: pod.ready }]));
  const compared = ready.map(({ name, at }) => {
    const log = ofType(history, 'server')
      .filter(({ pod, event }) => pod === name && event === 'listening')
      .reduce<ServerLog | undefined>(
        (first, one) => (first !== undefined && first.t <= one.t ? first : one),
        undefined,
      );
    return { log, ms: log && (log.t - at) / 1e6 };
  });
  const early = compared.filter(({ ms }) => ms !== undefined && ms > 0);
  const longest = Math.max(0, ...early.map(({ ms }) => ms!));
  const silent = compared.some(({ log }) => log === undefined);
  return {
    holds: early.length > 0 ? false : silent ? undefined : true,
    figures:
      early.length === 0
        ? `${ready.length} new pods listened before they counted as ready`
        : `${early.length} of ${ready.length} new pods counted as ready before they listened, by up to ${longest.toFixed(0)} ms`,
    examined: ready.length,
    witnesses: early.flatMap(({ log }) => (log === undefined ? [] : [log.id])),
  };
});
