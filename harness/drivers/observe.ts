import { CannotRun } from '../errors.ts';
import { generationOf, NotReached, rolledOut, type Transition } from './workload.ts';

/** A change is seen a moment after it was made, and the controller acts at once: what is judged begins a little before. */
const BEFORE_NS = 500e6;

/**
 * A rollout that somebody else drives: a pipeline, Argo CD, a person. Nothing is written; once the Deployment's spec changes,
 * what comes of it is judged until it is rolled out.
 *
 * @param seconds longest that the change is waited for
 */
export function observe(seconds: number): Transition {
  let changed: number | undefined;
  return {
    kind: 'observed',
    detail: 'a rollout that somebody else drives',
    waitsSeconds: seconds,
    async prepare(workload) {
      const next = (await generationOf(workload)) + 1;
      await workload
        .until(`somebody to change ${workload.deployment}`, seconds * 1000, (now) => {
          changed = now.changedAt(next);
          return changed !== undefined;
        })
        .catch((cause: Error) => {
          if (!(cause instanceof NotReached)) throw cause;
          throw new CannotRun(`nobody changed ${workload.deployment}: ${cause.message}`, {
            remedy: 'start the rollout while rollproof watches, or give it longer: --observe-seconds',
            cause,
          });
        });
    },
    facts: () => (changed === undefined ? {} : { at: changed - BEFORE_NS }),
    drive: rolledOut,
  };
}
