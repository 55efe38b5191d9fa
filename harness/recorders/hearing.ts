import type { Nanos } from '../history/types.ts';

export interface HearingOptions {
  now(): Nanos;
  /** Milliseconds: what was heard later than that is no evidence of when it happened. */
  lateMs: number;
  gap(from: Nanos, to: Nanos, reason: string): void;
}

/** Keeps account of until when a watch is known to have heard everything, and writes the spans in which it did not as gaps. */
export interface Hearing {
  /** Something came, or the watch was ended in good order: up to then nothing is missing. */
  heard(t: Nanos, what: 'event' | 'bookmark' | 'end'): void;
  /** It broke, or could not be opened. `lost`: it is known, or has to be assumed, that something did not arrive. */
  failed(reason: string, lost: boolean): void;
  /** It was opened, from the last version. */
  opened(): void;
  /** Its kind was listed anew: the states in between are lost. */
  relisted(reason: string): void;
  /** Nothing will come any more. */
  close(): void;
}

/** A resumed watch first sends what it missed; what comes later than this happened later. Milliseconds. */
const REPLAYED_MS = 500;

/** So many reasons of one gap are told. */
const MOST_REASONS = 3;

export function hearing({ now, lateMs, gap }: HearingOptions): Hearing {
  let last = now();
  let failures: { reasons: Set<string>; count: number; lost: boolean } | undefined;
  /** When it was opened after a single failure: whether that cost anything is seen by what comes first. */
  let resumed: Nanos | undefined;

  function whole(t: Nanos): void {
    last = t;
    failures = undefined;
    resumed = undefined;
  }

  function blind(t: Nanos, reasons: Iterable<string>): void {
    gap(last, t, [...reasons].slice(-MOST_REASONS).join('; '));
    whole(t);
  }

  const late = (t: Nanos) => t - last > lateMs * 1e6;
  /** It has been open for long enough to know that it missed nothing. */
  const proven = (t: Nanos) => resumed !== undefined && t - resumed >= REPLAYED_MS * 1e6;

  return {
    heard(t, what) {
      if (resumed !== undefined && what === 'event' && !proven(t) && late(t)) blind(t, failures?.reasons ?? []);
      else whole(t);
    },
    failed(reason, lost) {
      if (proven(now())) whole(resumed!);
      failures ??= { reasons: new Set(), count: 0, lost: false };
      failures.reasons.add(reason);
      failures.count += 1;
      failures.lost ||= lost;
      resumed = undefined;
    },
    opened() {
      const t = now();
      if (failures === undefined) {
        if (late(t)) blind(t, ['the watch could not be opened again for so long']);
        else whole(t);
      } else if (failures.lost || (failures.count > 1 && late(t))) blind(t, failures.reasons);
      else resumed = t;
    },
    relisted(reason) {
      blind(now(), [...(failures?.reasons ?? []), reason]);
    },
    close() {
      if (failures !== undefined && resumed === undefined) blind(now(), failures.reasons);
    },
  };
}
