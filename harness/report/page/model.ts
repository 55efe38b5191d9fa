import { eventsOf } from '../../diagnosis/facts.ts';
import type { ScenarioHistory } from '../../history/select.ts';
import type { Nanos } from '../../history/types.ts';
import { type Change, changesOf } from '../changes.ts';
import { clipped } from '../printable.ts';
import { timelineOf } from '../timeline/timeline.ts';
import type { Timeline } from '../timeline/types.ts';
import type { ScenarioVerdict } from '../verdict.ts';

/** All that the page says of one scenario. */
export interface ScenarioPage {
  verdict: ScenarioVerdict;
  timeline: Timeline;
  changes: (Omit<Change, 't'> & { ms: number })[];
  /** What Kubernetes said, last first where there are too many. */
  events: EventLine[];
  eventsLeftOut: number;
  machine: string[];
}

export interface EventLine {
  ms: number;
  about: string;
  reason: string;
  message: string;
  warning: boolean;
}

const MOST_EVENTS = 300;

export function scenarioPage(verdict: ScenarioVerdict, history: ScenarioHistory): ScenarioPage {
  const timeline = timelineOf(history);
  const zero = (Date.parse(timeline.zero) - history.epochMs) * 1e6;
  const ms = (t: Nanos) => Math.round((t - zero) / 1e5) / 10;
  const events = eventLines(history, ms);
  return {
    verdict,
    timeline,
    changes: changesOf(history).map(({ t, ...change }) => ({ ms: ms(t), ...change })),
    // Warnings are kept before anything else.
    events: events
      .toSorted((a, b) => Number(b.warning) - Number(a.warning))
      .slice(0, MOST_EVENTS)
      .sort((a, b) => a.ms - b.ms),
    eventsLeftOut: Math.max(0, events.length - MOST_EVENTS),
    machine: machineOf(history),
  };
}

/** An event that is told again with a higher count is told once. */
function eventLines(history: ScenarioHistory, ms: (t: Nanos) => number): EventLine[] {
  const lines = new Map<string, EventLine>();
  for (const { uid, t, type, kind, about, reason, message } of eventsOf(history)) {
    if (lines.has(uid)) continue;
    lines.set(uid, {
      ms: ms(t),
      about: clipped(`${kind} ${about}`.trim()),
      reason: clipped(reason),
      message: clipped(message),
      warning: type === 'Warning',
    });
  }
  return [...lines.values()];
}

/** How the machine did, over the whole scenario. */
function machineOf({ observations }: ScenarioHistory): string[] {
  const samples = observations.filter((one) => one.type === 'self');
  if (samples.length === 0) return [];
  const mean = (pick: (one: (typeof samples)[number]) => number | undefined) => {
    const values = samples.map(pick).filter((one) => one !== undefined);
    return values.length === 0 ? undefined : values.reduce((sum, one) => sum + one, 0) / values.length;
  };
  const percent = (share: number | undefined, what: string) =>
    share === undefined ? [] : [`${what}: ${(share * 100).toFixed(0)}%`];
  const delay = Math.max(...samples.map(({ loopDelayMs }) => loopDelayMs));
  const lag = Math.max(...samples.map(({ watchLagMs = 0 }) => watchLagMs));
  return [
    ...percent(
      mean(({ cpuBusy }) => cpuBusy),
      'processors busy',
    ),
    ...percent(
      mean(({ cpuPressure }) => cpuPressure),
      'time in which something waited for a processor',
    ),
    ...percent(
      mean(({ cpuStolen }) => cpuStolen),
      'processor time that the host kept for itself',
    ),
    `longest delay of the harness: ${delay.toFixed(0)} ms`,
    `longest lag of its watches: ${lag.toFixed(0)} ms`,
  ];
}
