import type { ContainerEvent, Nanos } from '../history/types.ts';
import type { Clock } from './clock.ts';

/** One line of containerd's log that tells of a container. */
export interface RuntimeLine {
  t: Nanos;
  containerId: string;
  event: ContainerEvent['event'];
  exitCode?: number;
  /** By which it was asked to stop, where that is another than SIGTERM: "quit". */
  signal?: string;
}

/**
 * Reads one line of containerd's log (logrus' text format). Its texts are those of containerd 2.3, internal/cri/server:
 *
 *     time="2026-01-01T00:00:17.040123456Z" level=info msg="Stop container \"4f0c…\" with signal terminated"
 *
 * SIGTERM is that of "Stop container", sent after any preStop hook; "StopContainer for" is only the request.
 */
export function readRuntimeLine(line: string, clock: Pick<Clock, 'toNanos'>): RuntimeLine | undefined {
  const [, time = '', quoted = ''] = /^time="([^"]+)" level=\w+ msg="((?:[^"\\]|\\.)*)"/.exec(line) ?? [];
  const message = quoted.replace(/\\(.)/g, '$1');
  for (const [pattern, event] of EVENTS) {
    const [, containerId, signal = SIGTERM] = pattern.exec(message) ?? [];
    if (containerId === undefined) continue;
    if (event === 'exit') return { containerId, event, ...exit(message, clock) };
    const t = logTime(time, clock);
    return Number.isNaN(t) ? undefined : { t, containerId, event, ...(signal === SIGTERM ? {} : { signal }) };
  }
  return undefined;
}

/** As Go has it in words. */
const SIGTERM = 'terminated';

const EVENTS: [RegExp, ContainerEvent['event']][] = [
  [/^StartContainer for "(\w+)" returns successfully/, 'started'],
  [/^Stop container "(\w+)" with signal killed/, 'sigkill'],
  // An image may name another signal to stop by (STOPSIGNAL): it means the same, but another handler hears it.
  [/^Stop container "(\w+)" with signal (\w[\w ]*)/, 'sigterm'],
  [/^Kill container "(\w+)"/, 'sigkill'],
  [/^received container exit event .*\bcontainer_id:"(\w+)"/, 'exit'],
];

/** Protocol buffers as text leave out a field that is 0, and put one blank or two between fields. */
function exit(message: string, clock: Pick<Clock, 'toNanos'>): { t: Nanos; exitCode: number } {
  const number = (field: string) => Number(new RegExp(`\\b${field}:(\\d+)`).exec(message)?.[1] ?? 0);
  return { t: clock.toNanos(number('seconds') * 1000) + number('nanos'), exitCode: number('exit_status') };
}

/** RFC 3339 with nine digits of a second, of which a Date keeps three. */
function logTime(text: string, clock: Pick<Clock, 'toNanos'>): Nanos {
  const [, second, fraction = '', zone] = /^(.*?)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/.exec(text) ?? [];
  return clock.toNanos(Date.parse(`${second}${zone}`)) + Number(fraction.padEnd(9, '0').slice(0, 9));
}
