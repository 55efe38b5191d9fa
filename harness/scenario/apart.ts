import { once } from 'node:events';
import { getHeapStatistics } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { CannotRun } from '../errors.ts';
import type { RunReport } from '../report/verdict.ts';
import { historySize } from './run-folder.ts';

/** What the thread is given. */
export interface JudgingApart {
  folder: string;
}

/** What it says: a report as JSON, or why there is none. */
export type JudgedApart = { report: string } | { refused: { message: string; remedy?: string } };

/** Bytes: some 250,000 requests. A thread would double what it takes to judge a small one. */
const LARGE = 4e6;

/**
 * Judges a saved run in no more memory than that takes.
 *
 * @throws CannotRun as `reportOf` does.
 */
export async function reportFrugally(folder: string, large: number = LARGE): Promise<RunReport> {
  if (historySize(folder) > large) return reportApart(folder);
  const { reportOf } = await import('./saved-run.ts');
  return reportOf(folder);
}

/**
 * Most megabytes of a heap's young generation. Node lets it grow to 128, of which judging a million requests needs none; a
 * command that is installed can ask for less in a thread only.
 */
const YOUNG_MB = 24;

/** Of the old generation a thread would be given less than what called it has. */
const HEAP_MB = getHeapStatistics().heap_size_limit / 2 ** 20;

/**
 * Judges a saved run in a thread of its own, whose young generation is small.
 *
 * @throws CannotRun as `reportOf` does, and where the heap is too small for it.
 */
export async function reportApart(folder: string, heapMb: number = HEAP_MB): Promise<RunReport> {
  const thread = new Worker(new URL(`./judging-thread${import.meta.url.slice(-3)}`, import.meta.url), {
    workerData: { folder } satisfies JudgingApart,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB, maxOldGenerationSizeMb: heapMb },
  });
  const [judged] = (await once(thread, 'message').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ERR_WORKER_OUT_OF_MEMORY') throw error;
    throw new CannotRun(`judging ${folder} takes more memory than Node gives itself here`, {
      remedy: 'give it more: NODE_OPTIONS=--max-old-space-size=8192 (megabytes)',
      cause: error,
    });
  })) as [JudgedApart];
  if ('report' in judged) return JSON.parse(judged.report);
  const { message, remedy } = judged.refused;
  throw new CannotRun(message, remedy === undefined ? {} : { remedy });
}
