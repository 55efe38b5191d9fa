import type { RunReport } from '../report/verdict.ts';
import type { StartedSession } from '../scenario/session.ts';

export interface ReportAndRelease {
  /** Undefined where nothing was begun. */
  report: RunReport | undefined;
  /** What kept the cluster from going: the verdict stands all the same. */
  unreleased: unknown;
}

/**
 * Judges and reports while the last cluster goes: all evidence is on disk. Both have come to their end when this has.
 *
 * @param isUp there is one, which came up
 * @throws what kept the report from being made.
 */
export async function reportWhileReleasing(
  session: Pick<StartedSession, 'finish' | 'takeDown'>,
  isUp: boolean,
): Promise<ReportAndRelease> {
  const released = isUp ? session.takeDown() : Promise.resolve();
  const problem = released.then(
    () => undefined,
    (error: unknown) => error,
  );
  try {
    const report = await session.finish();
    return { report, unreleased: await problem };
  } finally {
    await problem;
  }
}
