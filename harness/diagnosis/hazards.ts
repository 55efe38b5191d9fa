import { catchesSigterm, type PodLife, podLives, servingProcess } from '../history/pod-lives.ts';
import { judgedSpan, type ScenarioHistory, within } from '../history/select.ts';
import type { CauseName } from './catalogue.ts';
import { hookFailed, killed } from './context.ts';
import { eventsOf } from './facts.ts';

/** A defect that was seen at work, whether or not it cost a request this time. */
export interface Hazard {
  cause: CauseName;
  /** Pods that it was seen on, of those that ended. */
  pods: number;
  of: number;
  words: string;
}

/**
 * What a roll without a drop may hide: pods that were killed, hooks that failed. Whether that cuts a request is a matter of
 * what is in hand at that instant; that it happens is none.
 */
export function hazards(history: ScenarioHistory): Hazard[] {
  const span = judgedSpan(history);
  if (span === undefined) return [];
  const ended = podLives(history).filter(
    ({ deleted, endpointReady }) => endpointReady !== undefined && deleted !== undefined && within(span, deleted),
  );
  const events = eventsOf(history);
  const of = ended.length;
  const seen = (cause: CauseName, pods: PodLife[], words: (count: string) => string): Hazard[] =>
    pods.length === 0 ? [] : [{ cause, pods: pods.length, of, words: words(`${pods.length} of ${of} pods`) }];
  const shot = ended.filter(killed);
  const deaf = shot.filter((pod) => catchesSigterm(pod) === false);
  const [grace] = shot.map(({ gracePeriodSeconds }) => gracePeriodSeconds);
  return [
    ...seen('sigterm-ignored', deaf, (count) => {
      const { command } = servingProcess(deaf[0]!)!;
      return `${count} were killed (SIGKILL) after ${grace} s of grace: their first process, ${command}, has no handler for SIGTERM`;
    }),
    ...seen(
      'grace-too-short',
      shot.filter((pod) => !deaf.includes(pod)),
      (count) => `${count} were killed (SIGKILL) after ${grace} s of grace: they had not ended by then`,
    ),
    ...seen(
      'prestop-failed',
      ended.filter((pod) => hookFailed(pod, { events })),
      (count) => `the preStop hook of ${count} failed: nothing waited before SIGTERM`,
    ),
  ];
}
