import type { StartedWorkload, Transition } from './workload.ts';
import { wrap } from './wrap.ts';

/** Looks on while a transition goes its way. What it sees is in the history, as actions. */
export interface Observer {
  readonly detail: string;
  /** Begins before the trigger is stamped. */
  before?(workload: StartedWorkload): Promise<void>;
  /** Begins once the change is accepted. @returns whether it has come to its own end, for which the transition's waits. */
  after?(workload: StartedWorkload): () => boolean;
}

/** A transition, and who looks on. Of transitions that are combined it is the last one's change that is meant. */
export function beside(transition: Transition, ...observers: Observer[]): Transition {
  return wrap(transition, (inner) => ({
    async prepare(workload) {
      for (const observer of observers) await observer.before?.(workload);
      await inner.prepare?.(workload);
    },
    async drive(workload) {
      const ending = await inner.drive(workload);
      const ends = observers.flatMap(({ detail, after }) => (after ? [{ detail, over: after(workload) }] : []));
      return {
        ...ending,
        what: [ending.what, ...ends.map(({ detail }) => `${detail} to return`)].join(', and '),
        holds: (now) => ending.holds(now) && ends.every(({ over }) => over()),
      };
    },
  }));
}
