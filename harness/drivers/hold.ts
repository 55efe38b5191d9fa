import type { StartedWorkload, Step } from './workload.ts';

/** So long nothing is done, between two transitions. */
export function hold({ seconds }: { seconds: number }): Step {
  return { detail: `${seconds} s`, take: (workload) => holdFor(workload, seconds) };
}

export async function holdFor(workload: StartedWorkload, seconds: number): Promise<void> {
  const begin = performance.now();
  await workload.until(`${seconds} s to pass`, seconds * 1000 + SLACK_MS, () => {
    return performance.now() - begin >= seconds * 1000;
  });
}

/** For a harness that was itself held up. */
const SLACK_MS = 10_000;
