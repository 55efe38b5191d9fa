import { deletePods } from '../../drivers/delete-pods.ts';
import { holdFor } from '../../drivers/hold.ts';
import { pause, resume } from '../../drivers/pause.ts';
import { restart } from '../../drivers/restart.ts';
import { rollback } from '../../drivers/rollback.ts';
import { rolling } from '../../drivers/rolling.ts';
import { scale } from '../../drivers/scale.ts';
import { generationOf, rolledOut, type StartedWorkload, type Transition } from '../../drivers/workload.ts';
import type { Step } from './steps.ts';

/** The image that is updated, without its tag, and the container that has it. */
export interface Rolled {
  container: string;
  image: string;
}

const SEEN_BUDGET_MS = 30_000;
const SETTLED_BUDGET_MS = 90_000;

/**
 * Steps one after the other, each after its wait: in the middle of what was begun before it, or not. Each is judged as a
 * transition of its own. What kubectl refuses is in the history, and the next step follows. In the end what is paused is
 * resumed, and everything comes to its end.
 *
 * @throws Error without a step.
 */
export function sequence(steps: Step[], rolled: Rolled): Transition {
  const transitions = steps.map((step) => transitionOf(step, rolled));
  const [first] = transitions;
  if (first === undefined) throw new Error('a sequence needs a step at least');
  const { kind, detail, facts } = first;
  return {
    kind,
    detail,
    ...(facts === undefined ? {} : { facts }),
    async drive(workload) {
      const state = { generation: await generationOf(workload), paused: false };
      for (const [index, step] of steps.entries()) {
        if (index > 0) {
          if (!(await waited(workload, step, state))) break;
          begin(workload, transitions[index]!);
        }
        await taken(workload, step, transitions[index]!, state);
      }
      if (!state.paused) return rolledOut(workload);
      begin(workload, resume());
      return resume().drive(workload);
    },
    withImages: (images) => sequence(steps, { ...rolled, image: images[rolled.image] ?? rolled.image }),
  };
}

function transitionOf(step: Step, { container, image }: Rolled): Transition {
  switch (step.do) {
    case 'update':
      return rolling({ container, image: `${image}:${step.version}` });
    case 'rollback':
      return rollback(step.toRevision === undefined ? {} : { toRevision: step.toRevision });
    case 'restart':
      return restart();
    case 'pause':
      return pause();
    case 'resume':
      return resume();
    case 'scale':
      return scale({ replicas: step.replicas });
    case 'delete-pods':
      return { ...deletePods({ count: step.count, ready: true }), facts: () => ({ deletes: step.count }) };
  }
}

interface State {
  /** Of the Deployment's spec, after the last step. */
  generation: number;
  paused: boolean;
}

function begin(workload: StartedWorkload, transition: Pick<Transition, 'kind' | 'detail' | 'facts'>): void {
  workload.trigger({ ...transition, ...transition.facts?.(workload) });
}

/** @returns false where what was begun does not come to its end: no more steps then, and the checks will say so. */
async function waited(workload: StartedWorkload, { after }: Step, { generation }: State): Promise<boolean> {
  if (after !== 'settled') return holdFor(workload, after).then(() => true);
  const settled = () =>
    workload.until('all that was begun to end', SETTLED_BUDGET_MS, (now) => now.settled(generation));
  return workload.act('wait', 'until all that was begun has ended', settled).then(
    () => true,
    () => false,
  );
}

async function taken(workload: StartedWorkload, step: Step, transition: Transition, state: State): Promise<void> {
  const before = state.generation;
  const wanted = wantedBy(workload);
  const done = await transition.drive(workload).then(
    () => true,
    () => false,
  );
  state.generation = await generationOf(workload);
  if (done && step.do === 'pause') state.paused = true;
  if (done && step.do === 'resume') state.paused = false;
  // A step that changed nothing is none that anything has to come of.
  if (!done) begin(workload, { kind: 'refused', detail: `refused: ${transition.detail}` });
  else if (state.generation === before && step.do !== 'delete-pods')
    begin(workload, { kind: 'unchanged', detail: `changed nothing: ${transition.detail}` });
  await workload.until('the controller to see it', SEEN_BUDGET_MS, (now) => now.observed(state.generation));
  if (done && wanted !== undefined && step.do === 'scale' && step.replicas < wanted) await scaledDown(workload);
}

const wantedBy = ({ now, deployment }: StartedWorkload) => now().pods(deployment)?.wanted;

/**
 * As long as the controller counts pods as available that are about to go, it takes away too many in the next roll:
 * scaleDownOldReplicaSets in Kubernetes' rolling.go looks at status.availableReplicas only.
 */
async function scaledDown(workload: StartedWorkload): Promise<void> {
  await workload.until('the controller to know that it is scaled down', SEEN_BUDGET_MS, (now) => {
    const pods = now.pods(workload.deployment);
    return pods !== undefined && pods.available <= pods.wanted;
  });
}
