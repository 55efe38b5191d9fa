import type { Observer } from './beside.ts';
import { kubectl } from './kubectl.ts';

const DETAIL = 'kubectl rollout status';

/**
 * `kubectl rollout status`, from right after the change: the action "rollout-status", whose `end` is the instant at which
 * it returned, and whose output is what it printed. It is not ok where it returns an error, as on a rollout that is
 * stuck. Of what is paused in the middle it is put inside: `pauseResume(beside(rolling(…), rolloutStatus()), …)`.
 */
export function rolloutStatus(): Observer {
  return {
    detail: DETAIL,
    after(workload) {
      const end = new AbortController();
      let over = false;
      const args = ['rollout', 'status', `deployment/${workload.deployment}`];
      const running = kubectl(workload, { action: 'rollout-status', detail: DETAIL }, args, { signal: end.signal })
        // That it returned an error is in the history.
        .catch(() => {})
        .finally(() => {
          over = true;
        });
      workload.defer(async () => {
        end.abort();
        await running;
      });
      return () => over;
    },
  };
}
