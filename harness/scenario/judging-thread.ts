import { parentPort, workerData } from 'node:worker_threads';
import { CannotRun } from '../errors.ts';
import type { JudgedApart, JudgingApart } from './apart.ts';
import { reportOf } from './saved-run.ts';

/** What a thread of apart.ts runs. */
async function judged({ folder }: JudgingApart): Promise<JudgedApart> {
  try {
    return { report: JSON.stringify(await reportOf(folder)) };
  } catch (error) {
    if (!(error instanceof CannotRun)) throw error;
    const { message, remedy } = error;
    return { refused: { message, ...(remedy === undefined ? {} : { remedy }) } };
  }
}

parentPort!.postMessage(await judged(workerData as JudgingApart));
