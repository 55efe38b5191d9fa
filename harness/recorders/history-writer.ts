import { createHash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { encodeLine } from '../history/codec.ts';
import type { HistoryHeader, NewObservation, Observation } from '../history/types.ts';

/** Appends the observations of one scenario to the run's history file. */
export interface HistoryWriter {
  append(observation: NewObservation): Observation;
  /** Called with each observation after it was appended. Returns the unsubscriber. */
  onAppend(listener: (observation: Observation) => void): () => void;
  /** Everything is in the file when it returns. */
  close(): void;
}

/** The first line of a new history file. */
export function startHistory(path: string, header: HistoryHeader): void {
  const file = openSync(path, 'wx');
  writeSync(file, encodeLine(header));
  closeSync(file);
}

/** Lines wait in memory for at most this long, so that a kill costs no more evidence than that. */
const FLUSH_AFTER_MS = 100;

export function openHistory(path: string, scenario: string): HistoryWriter {
  const file = openSync(path, 'a');
  const prefix = createHash('sha256').update(scenario).digest('hex').slice(0, 4);
  const listeners = new Set<(observation: Observation) => void>();
  let waiting: string[] = [];
  let timer: NodeJS.Timeout | undefined;
  let count = 0;
  let closed = false;

  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.length === 0) return;
    // What a full disk refused stays, and is tried again: a line is on disk once or is still waiting.
    let bytes = Buffer.from(waiting.join(''));
    waiting = [];
    try {
      while (bytes.length > 0) bytes = bytes.subarray(writeSync(file, bytes));
    } catch (error) {
      waiting.unshift(bytes.toString());
      throw error;
    }
  };

  return {
    append(observation) {
      if (closed)
        throw new Error(`an observation (${observation.type}) came after the history of "${scenario}" was closed`);
      count += 1;
      const whole = { id: `${prefix}-${count}`, scenario, ...observation } as Observation;
      waiting.push(encodeLine(whole));
      timer ??= setTimeout(flush, FLUSH_AFTER_MS);
      for (const listener of listeners) listener(whole);
      return whole;
    },
    onAppend(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      if (closed) return;
      closed = true;
      flush();
      closeSync(file);
    },
  };
}
