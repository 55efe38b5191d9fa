import { drops } from '../../checks/drops.ts';
import { durationMs, isWhole } from '../../checks/good.ts';
import { stalls } from '../../checks/stalls.ts';
import { explain } from '../../diagnosis/diagnose.ts';
import { tell } from '../../diagnosis/tell.ts';
import type { ScenarioHistory } from '../../history/select.ts';
import type { RequestSeen } from '../../history/types.ts';
import { clipped } from '../printable.ts';
import type { Clock } from './clock.ts';
import type { PodBars } from './pods.ts';
import type { DropMark, StallMark, WaveBand } from './types.ts';

/** So many drops carry their evidence in words; the records of all the others are there too. */
export const MOST_TOLD = 3_000;

export interface Lost {
  drops: DropMark[];
  stalls: StallMark[];
  texts: string[];
}

/** Every drop and every stall: none is left out, however many there are. */
export function lostRequests(history: ScenarioHistory, clock: Clock, { indexOf }: PodBars, waves: WaveBand[]): Lost {
  const texts: string[] = [];
  const known = new Map<string, number>();
  const text = (words: string) => {
    const index = known.get(words) ?? texts.push(words) - 1;
    known.set(words, index);
    return index;
  };
  const placed = (request: RequestSeen) => {
    const t = clock.ms(request.t);
    return {
      id: request.id,
      request: request.request,
      lane: request.lane,
      t,
      tookMs: Math.round(durationMs(request)),
      wave: waves.find(({ from, to }) => t >= from && t < to)?.number ?? 0,
    };
  };
  const explained = explain(history, drops(history));
  return {
    drops: explained
      .map(({ drop, cause, confidence, also }, index) => ({
        ...placed(drop.request),
        pod: indexOf(drop.place?.pod.name ?? ''),
        cause: text(cause),
        how: text(howItEnded(drop.request)),
        confidence,
        also,
        told: index < MOST_TOLD ? clipped(tell(drop, clock.epoch)) : '',
      }))
      .sort((a, b) => a.t - b.t),
    stalls: stalls(history)
      .map((request) => ({ ...placed(request), pod: indexOf(request.pod) }))
      .sort((a, b) => a.t - b.t),
    texts,
  };
}

/** Without the addresses and ports in it, which are each request's own. */
function howItEnded({ status, error, errorCode }: RequestSeen): string {
  if (status > 0 && isWhole({ errorCode })) return `status ${status}`;
  return clipped(error.replace(/^.*: /, '')) || `error ${errorCode}`;
}
