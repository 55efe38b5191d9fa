import type { Beginning, Step } from './steps.ts';

/** A pod template, as far as a sequence changes it: the image's version, and how often it was restarted. */
type Template = string;

/** What a Deployment is after some steps, as far as it decides which steps make sense. Never changed: see `next`. */
export interface Model {
  replicas: number;
  paused: boolean;
  template: Template;
  /** ReplicaSets by their templates, with their revisions. */
  revisions: ReadonlyMap<Template, number>;
  /** Lowest number of replicas since everything had last come to its end. */
  least: number;
  /** Pods deleted since then. */
  deleted: number;
  /** Seconds of waiting so far, and when it was last restarted. */
  seconds: number;
  restartedAt: number;
  restarts: number;
}

/** `kubectl rollout restart` writes the whole second into the template: in the same second it refuses. */
const BETWEEN_RESTARTS_SECONDS = 1.5;

/** Deployments keep ten old ReplicaSets, and take those of the lowest revisions away: the newest of them are surely there. */
const REVISIONS_KEPT = 6;

/** Pods that are left to answer, whatever is deleted, where there are more: one pod at least always stays. */
const LEFT = 2;

export function beginning({ replicas, versions }: Beginning): Model {
  const template = templateOf(versions[0]!, 0);
  return {
    replicas,
    paused: false,
    template,
    revisions: new Map([[template, 1]]),
    least: replicas,
    deleted: 0,
    seconds: 0,
    restartedAt: Number.NEGATIVE_INFINITY,
    restarts: 0,
  };
}

/**
 * The model after a step; undefined where the step makes no sense: kubectl would refuse it, it changes nothing, or
 * Kubernetes itself breaks the rules in answer to it (see docs/fuzz.md).
 */
export function next(before: Model, step: Step): Model | undefined {
  const model = waited(before, step);
  return model && changed(model, step);
}

/** Those of the steps that make sense in their order, once others are gone. Before the first one, everything is settled. */
export function sensible(steps: Step[], from: Beginning): Step[] {
  const result: Step[] = [];
  let model = beginning(from);
  for (const one of steps) {
    const step = result.length === 0 ? { ...one, after: 'settled' as const } : one;
    const after = next(model, step);
    if (after === undefined) continue;
    result.push(step);
    model = after;
  }
  return result;
}

/** Nothing comes to its end while it is paused. */
function waited(model: Model, { after }: Step): Model | undefined {
  if (after !== 'settled') return { ...model, seconds: model.seconds + after };
  if (model.paused) return undefined;
  return { ...model, least: model.replicas, deleted: 0, seconds: model.seconds + BETWEEN_RESTARTS_SECONDS };
}

function changed(model: Model, step: Step): Model | undefined {
  const { paused, template, replicas, least, deleted } = model;
  switch (step.do) {
    case 'update': {
      const wanted = templateOf(step.version, marksOf(template));
      return wanted === template ? undefined : seen({ ...model, template: wanted });
    }
    case 'rollback': {
      const wanted = revisionOf(model, step.toRevision);
      return paused || wanted === undefined || wanted === template ? undefined : seen({ ...model, template: wanted });
    }
    case 'restart': {
      if (paused || model.seconds - model.restartedAt < BETWEEN_RESTARTS_SECONDS) return undefined;
      const restarts = model.restarts + 1;
      const wanted = templateOf(versionOf(template), restarts);
      return seen({ ...model, template: wanted, restarts, restartedAt: model.seconds });
    }
    case 'pause':
      return paused ? undefined : { ...model, paused: true };
    case 'resume':
      return paused ? seen({ ...model, paused: false }) : undefined;
    case 'scale':
      // Scaled down in mid-roll, the controller takes pods away in proportion, whether others are available or not.
      if (step.replicas === replicas || (step.replicas < replicas && step.after !== 'settled')) return undefined;
      return { ...model, replicas: step.replicas, least: Math.min(least, step.replicas) };
    case 'delete-pods':
      if (deleted + step.count > Math.max(1, least - LEFT)) return undefined;
      return { ...model, deleted: deleted + step.count };
  }
}

/** The controller gives the template that it finds a revision above all others; a new one only while it is not paused. */
function seen(model: Model): Model {
  const { template, revisions, paused } = model;
  const others = [...revisions].filter(([one]) => one !== template).map(([, revision]) => revision);
  const newest = Math.max(0, ...others) + 1;
  const own = revisions.get(template);
  if ((own === undefined && paused) || (own ?? 0) >= newest) return model;
  return { ...model, revisions: new Map([...revisions, [template, newest]]) };
}

/** Without a number: the second highest, as `kubectl rollout undo` takes it. */
function revisionOf({ revisions }: Model, revision: number | undefined): Template | undefined {
  const known = [...revisions].sort(([, a], [, b]) => b - a).slice(0, REVISIONS_KEPT);
  return (revision === undefined ? known[1] : known.find(([, one]) => one === revision))?.[0];
}

/** The revisions that a rollback may name. */
export const revisionsOf = ({ revisions }: Model): number[] =>
  [...revisions.values()].sort((a, b) => b - a).slice(0, REVISIONS_KEPT);

const templateOf = (version: string, restarts: number): Template => `${version} restarted ${restarts}`;
const versionOf = (template: Template): string => template.split(' ')[0]!;
const marksOf = (template: Template): number => Number(template.split(' ').at(-1));
