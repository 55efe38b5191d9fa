import type { Observer } from './beside.ts';
import { wordsOf } from './kubectl.ts';
import type { StartedWorkload } from './workload.ts';

const DETAIL = 'kubectl get pods --watch';
const LIST_BUDGET_MS = 15_000;

/**
 * `kubectl get pods --watch` in the scenario's namespace, from before the trigger until the load has ended. Each line is
 * an action "watch-pods" of its own: `t` is the instant at which it came, `output` the line as it was printed, the head of
 * the table first. One that is not ok says that the watch ended too early.
 */
export function watchPods(): Observer {
  return {
    detail: DETAIL,
    async before(workload) {
      const end = new AbortController();
      const seen = { lines: 0, ended: false };
      const watching = watch(workload, end.signal, seen).finally(() => {
        seen.ended = true;
      });
      workload.defer(async () => {
        end.abort();
        await watching;
      });
      await workload.until(`${DETAIL} to list them`, LIST_BUDGET_MS, () => seen.lines > 1 || seen.ended);
      if (seen.ended) throw new Error(`${DETAIL} ended at once: see its action in the history`);
    },
  };
}

async function watch(workload: StartedWorkload, signal: AbortSignal, seen: { lines: number }): Promise<void> {
  const { cluster, namespace } = workload;
  const tell = (line: () => Promise<string>) => workload.act('watch-pods', DETAIL, line).catch(() => {});
  const onLine = (line: string) => {
    seen.lines += 1;
    void tell(async () => line);
  };
  let reason = 'the apiserver ended it';
  try {
    await cluster.kubectl(['-n', namespace, 'get', 'pods', '--watch'], { signal, onLine });
  } catch (error) {
    reason = wordsOf(error);
  }
  if (!signal.aborted)
    await tell(async () => {
      throw new Error(reason);
    });
}
