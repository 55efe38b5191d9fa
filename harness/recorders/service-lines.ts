import type { Nanos } from '../history/types.ts';
import type { Clock } from './clock.ts';

/** A service of a node that ended, or was ended, while it should have run. */
export interface ServiceEnd {
  /** "kubelet", "containerd". */
  service: string;
  /** Undefined where its end is not on record: it is the node that was started again. */
  from: Nanos | undefined;
  /** When it was started again; undefined where it was not. */
  back: Nanos | undefined;
  /** "code=killed, status=9/KILL", as systemd says it; empty where it says nothing. */
  how: string;
}

/** Services without which a node's pods are not what they seem. */
export const SERVICES = ['kubelet', 'containerd'];

/** Of systemd's own messages (its catalog, `sd-messages.h`): they stay when their words change. */
const STARTED = '39f53479d3a045ac8e11786248231fbf';
const ENDED = ['98e322203f7a4ed290d09fe03c09fe15', 'de5b426a63be47a7b6ac3eaac82e2f6f'];

/** Reads what systemd said of services, a JSON object a line (`journalctl -o json`), in the order of time. */
export function serviceEnds(journal: string, clock: Pick<Clock, 'toNanos'>): ServiceEnd[] {
  const ends: ServiceEnd[] = [];
  const running = new Map<string, ServiceEnd>();
  for (const line of journal.split('\n').filter(Boolean)) {
    const { UNIT = '', MESSAGE = '', MESSAGE_ID = '', __REALTIME_TIMESTAMP } = JSON.parse(line) as JournalEntry;
    const service = UNIT.replace(/\.service$/, '');
    const t = clock.toNanos(Number(__REALTIME_TIMESTAMP) / 1000);
    const open = running.get(service);
    if (MESSAGE_ID === STARTED && open !== undefined) {
      open.back = t;
      running.delete(service);
    } else if (MESSAGE_ID === STARTED) ends.push({ service, from: undefined, back: t, how: '' });
    else if (ENDED.includes(MESSAGE_ID) && open === undefined) {
      const how = /\bcode=\w+, status=[\w/-]+/.exec(MESSAGE)?.[0] ?? '';
      const end: ServiceEnd = { service, from: t, back: undefined, how };
      ends.push(end);
      running.set(service, end);
    }
  }
  return ends;
}

interface JournalEntry {
  UNIT?: string;
  MESSAGE?: string;
  MESSAGE_ID?: string;
  /** Microseconds since 1970. */
  __REALTIME_TIMESTAMP: string;
}
