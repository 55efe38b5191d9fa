import { join } from 'node:path';
import { packageRoot } from '../package-root.ts';
import { jsonLines } from '../testing/json-lines.ts';
import type { Ending } from './fault.ts';
import type { Service } from './run-under-fault.ts';

/** One fault in one run, as it came out. */
export interface FaultRecord {
  fault: string;
  service: Service;
  /** Seconds between what was waited for and the fault. */
  moment: number;
  ending: Ending;
  verdict: string | null;
  exitCode: number | null;
  /** What it said of it. */
  said: string;
  /** What was wrong with it, and what was left behind. */
  wrong: string[];
  commit: string;
}

/** In git: the table in docs/ is made of it. A line each. */
export const RECORDS = join(packageRoot, 'harness/faults/records.jsonl');

export const allRecords = (): FaultRecord[] => jsonLines(RECORDS);

export const recordsOf = (fault: string): FaultRecord[] => allRecords().filter((one) => one.fault === fault);
