import { CannotRun } from '../errors.ts';
import type { Verdict } from '../history/types.ts';
import type { RunReport } from '../report/verdict.ts';
import type { Outcome } from './run-scenarios.ts';

export const exitCodeOf = (verdict: Verdict): number => ({ pass: 0, fail: 1, inconclusive: 2 })[verdict];

/**
 * What a run that was not stopped comes to. What was proven to be dropped makes it 1, whatever else could not be run.
 *
 * @param report undefined where nothing was measured
 * @returns the exit code, and what there is to say of a scenario that could not be run
 * @throws CannotRun where one could not be run, and nothing else failed.
 */
export function exitOf(
  report: Pick<RunReport, 'verdict'> | undefined,
  { refused, broken }: Pick<Outcome, 'refused' | 'broken'>,
): { code: number; say?: string } {
  const refusal = refused && new CannotRun(refused.message, refused.remedy ? { remedy: refused.remedy } : {});
  if (report?.verdict === 'fail') return { code: 1, ...(refusal ? { say: refusal.words } : {}) };
  if (refusal !== undefined) throw refusal;
  if (report === undefined) return { code: 3 };
  return { code: broken.length > 0 ? 2 : exitCodeOf(report.verdict) };
}
