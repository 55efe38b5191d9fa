import type { Transition } from './workload.ts';
import { wrap } from './wrap.ts';

/** The same transition, which may take so long until it has come to its end, instead of 180 s. */
export function within({ seconds }: { seconds: number }, transition: Transition): Transition {
  return wrap(transition, (inner) => ({
    drive: async (workload) => ({ ...(await inner.drive(workload)), budgetMs: seconds * 1000 }),
  }));
}
