import type { ScenarioHistory } from '../history/select.ts';
import type { LoadPlan } from '../history/types.ts';

/**
 * By observation id, the pod that the connection before a request led to: that of its user's last answer. k6 keeps one
 * connection for each VU of a kept lane, and a request's id names the VU ("kept-post-41-8"). Undefined where there was
 * none, where the last request had no answer (which leaves no connection), or where the answer named no pod. Empty behind a
 * proxy.
 */
export function podBefore({ requests, started }: ScenarioHistory): Map<string, string | undefined> {
  if (maybeProxied(started?.load)) return new Map();
  const before = new Map<string, string | undefined>();
  const last = new Map<string, string | undefined>();
  for (const { id, request, status, pod } of requests) {
    const user = request.replace(/-\d+$/, '');
    before.set(id, last.get(user));
    last.set(user, status > 0 && pod !== '' ? pod : undefined);
  }
  return before;
}

/**
 * What is called by a URL may be a proxy: a connection to that leads to one pod with this request and to another with the
 * next, and an answer may be the proxy's own.
 */
export const maybeProxied = (load: Pick<LoadPlan, 'target'> | undefined): boolean =>
  load?.target !== undefined && load.target !== 'service' && load.target !== 'nodePort';
