import { controllerOf } from '../../history/objects.ts';
import { objectsOf, type ScenarioHistory } from '../../history/select.ts';
import type { ActionTaken, Nanos } from '../../history/types.ts';
import { isGood } from '../good.ts';
import { type CanaryAnalysis, type CanaryEvidence, type Judgement, judgeCanary, type Step } from './judge.ts';

/** A step that was taken, and for how long it was held: from when clients can see it to the next decision. */
export interface HeldStep {
  step: Step;
  from: Nanos;
  to: Nanos;
}

/** The steps of a canary that came to their end, in their order. An abort's step back is one of them. */
export function heldSteps({ actions, markers }: ScenarioHistory): HeldStep[] {
  const all = actions.filter(({ action }) => action === 'canary-step');
  const turns = [
    ...all.map(({ t }) => t),
    ...markers.filter(({ marker }) => marker === 'trigger' || marker === 'tail-end').map(({ t }) => t),
  ].sort((a, b) => a - b);
  return all.flatMap(({ t, end, ok, detail }) => {
    const [stable, canary] = [...detail.matchAll(/\d+/g)].map(Number);
    if (!ok || end === undefined || stable === undefined || canary === undefined) return [];
    return [{ step: [stable, canary] as Step, from: end, to: turns.find((turn) => turn > t) ?? end }];
  });
}

/** The Deployments of a history's canary, by name. Undefined where none was shifted. */
export function canaryOf({ started, markers }: ScenarioHistory): { stable: string; canary: string } | undefined {
  const to = markers.find(({ marker, transition }) => marker === 'trigger' && transition === 'canary')?.to;
  return started === undefined || to === undefined ? undefined : { stable: started.workload.deployment, canary: to };
}

/** The analyses as they were decided live, each with what the same function makes of the saved history. */
export function analyses(history: ScenarioHistory): { action: ActionTaken; live: CanaryAnalysis; again: Judgement }[] {
  const canary = canaryOf(history);
  if (canary === undefined) return [];
  const deploymentOf = deploymentsOf(history);
  return history.actions
    .filter(({ action, output }) => action === 'canary-analysis' && output !== undefined)
    .map((action) => {
      const live = JSON.parse(action.output!) as CanaryAnalysis;
      const evidence: CanaryEvidence = {
        ...canary,
        from: live.from,
        to: live.to,
        requests: history.requests,
        deploymentOf,
        isGood: (request) => isGood(request, history.started!.load),
      };
      return { action, live, again: judgeCanary(evidence, live.criteria) };
    });
}

/** Which Deployment a pod belongs to, by the pod's name; also of pods that are gone. */
export function deploymentsOf(history: ScenarioHistory): (pod: string) => string | undefined {
  const sets = new Map<string, string>();
  const pods = new Map<string, string>();
  for (const { uid, object } of objectsOf(history, 'ReplicaSet')) {
    const deployment = controllerOf(object)?.name;
    if (deployment !== undefined) sets.set(uid, deployment);
  }
  for (const { name, object } of objectsOf(history, 'Pod')) {
    const set = controllerOf(object)?.uid;
    if (set !== undefined) pods.set(name, set);
  }
  return (pod) => sets.get(pods.get(pod) ?? '');
}
