import { deploymentPath, generationOf, type StartedWorkload, type Transition } from './workload.ts';
import { wrap } from './wrap.ts';

/** Beyond the Deployment's own deadline: pods may make progress before they get stuck. */
const SLACK_MS = 60_000;

/**
 * The same transition, which is to get stuck: it ends when the Deployment says so (ProgressDeadlineExceeded). Another
 * has to mend it: `inTurn(stalls(rolling(…)), rollback())`.
 *
 * @param options.budgetMs default: the Deployment's progressDeadlineSeconds, and a minute
 */
export function stalls(transition: Transition, { budgetMs }: { budgetMs?: number } = {}): Transition {
  return wrap(transition, (inner) => ({
    async drive(workload) {
      await inner.drive(workload);
      const generation = await generationOf(workload);
      return {
        what: 'the Deployment to say ProgressDeadlineExceeded',
        budgetMs: budgetMs ?? (await deadlineMs(workload)) + SLACK_MS,
        holds: ({ stalled }) => stalled(generation),
      };
    },
  }));
}

async function deadlineMs(workload: StartedWorkload): Promise<number> {
  const path = deploymentPath(workload);
  const { spec } = await workload.cluster.api.get<{ spec: { progressDeadlineSeconds?: number } }>(path);
  return (spec.progressDeadlineSeconds ?? 600) * 1000;
}
