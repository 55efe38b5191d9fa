import type { NewObservation } from '../history/types.ts';
import type { Clock } from './clock.ts';

export type NewFlow = Extract<NewObservation, { type: 'flow' }>;

/**
 * Reads one line of `conntrack -E -o timestamp,id`. The first four fields are the connection as the client called it,
 * the second four the answer as it is expected: from the pod that the proxy chose.
 *
 *     [1795538177.829054]	    [NEW] tcp      6 120 SYN_SENT src=172.18.0.2 dst=10.96.22.122 sport=38186 dport=80 [UNREPLIED] src=10.244.0.6 dst=10.244.0.1 sport=8000 dport=55326 id=2520357108
 */
export function readFlow(line: string, clock: Pick<Clock, 'toNanos'>): NewFlow | 'nothing' | 'unreadable' {
  const [, seconds, micros] = /^\[(\d+)\.(\d{6})\]\s+\[(?:NEW|UPDATE|DESTROY)\] /.exec(line) ?? [];
  const values = (field: string) => [...line.matchAll(new RegExp(` ${field}=(\\S+)`, 'g'))].map(([, value]) => value!);
  const [client, pod] = values('src');
  const [clientPort, podPort] = values('sport');
  const [service] = values('dst');
  const [servicePort] = values('dport');
  const [flow] = values('id');
  if (micros === undefined || pod === undefined || podPort === undefined || flow === undefined) return 'unreadable';
  const event = EVENTS.find(([pattern]) => pattern.test(line))?.[1];
  // Without a pod behind it the address answers for itself.
  if (event === undefined || pod === service) return 'nothing';
  return {
    type: 'flow',
    t: clock.toNanos(Number(seconds) * 1000) + Number(micros) * 1000,
    event,
    flow,
    client: client!,
    clientPort: Number(clientPort),
    service: service!,
    servicePort: Number(servicePort),
    pod,
    podPort: Number(podPort),
  };
}

const EVENTS: [RegExp, NewFlow['event']][] = [
  [/\[NEW\]/, 'new'],
  [/\[UPDATE\].* CLOSE /, 'closed'],
];
