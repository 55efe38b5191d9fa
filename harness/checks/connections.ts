import { headOf } from '../history/columns/store.ts';
import { perHistory } from '../history/per-history.ts';
import type { ScenarioHistory } from '../history/select.ts';
import type { LoadPlan, RequestSeen } from '../history/types.ts';

/**
 * Of a request that began on a reused connection: the pod that this led to, by its user's last answer before. k6 keeps one
 * connection for each VU of a kept lane, and a request's id names the VU ("kept-post-41-8"). Undefined where there was
 * none, where the last request had no answer (which leaves no connection), or where the answer named no pod; always behind
 * a proxy.
 */
export const podBefore: (history: ScenarioHistory) => (request: RequestSeen) => string | undefined = perHistory(
  ({ requests, started }: ScenarioHistory) => {
    if (maybeProxied(started?.load)) return () => undefined;
    /** Where it is not the pod that answered. */
    const others = new Map<RequestSeen, string | undefined>();
    const last = new Map<string, string | undefined>();
    for (const request of requests) {
      const user = headOf(request, 'request');
      const { status, pod } = request;
      const answered = pod === '' ? undefined : pod;
      const led = last.get(user);
      if (led !== answered && (request.reused || status === 0)) others.set(request, led);
      last.set(user, status > 0 ? answered : undefined);
    }
    return (request: RequestSeen) => (others.has(request) ? others.get(request) : request.pod || undefined);
  },
);

/**
 * What is called by a URL may be a proxy: a connection to that leads to one pod with this request and to another with the
 * next, and an answer may be the proxy's own.
 */
export const maybeProxied = (load: Pick<LoadPlan, 'target'> | undefined): boolean =>
  load?.target !== undefined && load.target !== 'service' && load.target !== 'nodePort';
