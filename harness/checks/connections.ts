import type { RequestSeen } from '../history/types.ts';

/**
 * By observation id, the pod that the connection before a request led to: that of its user's last answer. k6 keeps one
 * connection for each VU of a kept lane, and a request's id names the VU ("kept-post-41-8"). Undefined where there was
 * none, where the last request had no answer (which leaves no connection), or where the answer named no pod.
 */
export function podBefore(requests: RequestSeen[]): Map<string, string | undefined> {
  const before = new Map<string, string | undefined>();
  const last = new Map<string, string | undefined>();
  for (const { id, request, status, pod } of requests) {
    const user = request.replace(/-\d+$/, '');
    before.set(id, last.get(user));
    last.set(user, status > 0 && pod !== '' ? pod : undefined);
  }
  return before;
}
