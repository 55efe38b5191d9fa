import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { eventsOf } from '../diagnosis/facts.ts';
import type { ScenarioHistory } from '../history/select.ts';
import type { Nanos, ObjectSeen } from '../history/types.ts';
import type { ContainerLog } from '../recorders/logs.ts';
import { explained } from '../report/unexpected.ts';
import type { Outcome } from './outcome.ts';

/**
 * Writes what may explain a scenario that is not as expected into `diagnostics/<namespace>/` of its run folder: what came
 * out, each object as it was last seen (redacted as in the history), the events, and the containers' logs.
 */
export function writeDiagnostics(run: string, namespace: string, outcome: Outcome, logs: ContainerLog[]): void {
  const folder = join(run, 'diagnostics', namespace);
  mkdirSync(join(folder, 'logs'), { recursive: true });
  const { history, verdict } = outcome;
  writeFileSync(join(folder, 'outcome.txt'), `${explained(verdict)}\n`);
  writeFileSync(join(folder, 'objects.yaml'), lastStates(history).map(document).join('---\n'));
  writeFileSync(join(folder, 'events.txt'), events(history));
  const witnesses = witnessTimes(outcome);
  for (const log of logs)
    writeFileSync(
      join(folder, 'logs', `${log.pod}_${log.container}_${log.restart}.log`),
      around(
        log.text,
        witnesses.map((t) => history.epochMs + t / 1e6),
      ),
    );
}

/** Also of what is gone: then it says so. */
function lastStates({ observations }: ScenarioHistory): ObjectSeen[] {
  const last = new Map<string, ObjectSeen>();
  for (const one of observations) {
    if (one.type !== 'object' || one.kind === 'Event') continue;
    const known = last.get(`${one.kind} ${one.uid}`);
    // A deletion may tell less than the state before it.
    last.set(
      `${one.kind} ${one.uid}`,
      one.verb === 'deleted' && known !== undefined ? { ...known, verb: 'deleted' } : one,
    );
  }
  return [...last.values()];
}

function document({ kind, name, verb, object }: ObjectSeen): string {
  return `# ${kind} ${name}${verb === 'deleted' ? ', gone' : ''}\n${stringify({ kind, ...object })}`;
}

const events = (history: ScenarioHistory): string =>
  eventsOf(history)
    .map(({ t, type, kind, about, reason, message }) => {
      const at = new Date(history.epochMs + t / 1e6).toISOString();
      return `${at} ${type} ${kind} ${about}: ${reason}: ${message}\n`;
    })
    .join('');

function witnessTimes({ verdict, history }: Outcome): Nanos[] {
  const ids = new Set(verdict.checks.filter((one) => one.verdict !== 'pass').flatMap((one) => one.witnesses));
  return history.observations.filter(({ id }) => ids.has(id)).map(({ t }) => t);
}

/** Longer logs are cut down to what was written around the witnesses. */
const WHOLE = 256 << 10;
const AROUND_MS = 10_000;

/** @param text lines that begin with a time, as the container runtime writes them @param times milliseconds since 1970 */
export function around(text: string, times: number[]): string {
  if (text.length <= WHOLE) return text;
  if (times.length === 0) return `… the last of ${text.length} characters:\n${text.slice(-WHOLE)}`;
  const spans = merged(times.toSorted((a, b) => a - b).map((t) => [t - AROUND_MS, t + AROUND_MS]));
  const kept = text.split('\n').filter((line) => {
    const t = Date.parse(line.slice(0, line.indexOf(' ')));
    return spans.some(([from, to]) => t >= from && t <= to);
  });
  return `… of ${text.length} characters, what was written within ${AROUND_MS / 1000} s of a witness:\n${kept.join('\n')}\n`;
}

function merged(ascending: [number, number][]): [number, number][] {
  const found: [number, number][] = [];
  for (const [from, to] of ascending) {
    const last = found.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else found.push([from, to]);
  }
  return found;
}
