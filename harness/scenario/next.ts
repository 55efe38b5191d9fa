import type { RunnerTestCase } from 'vitest';
import type { RunContext } from './context.ts';
import type { ScenarioDefinition } from './definition.ts';

export interface Next {
  name: string;
  definition: ScenarioDefinition;
}

/** Of the files that are loaded, by name: two scenarios of a run never share one. */
const declared = new Map<string, ScenarioDefinition>();

export const declare = (name: string, definition: ScenarioDefinition): void => void declared.set(name, definition);

/**
 * The scenario that Vitest runs after this one, as far as it is known: both are declared in the same file. A test of its own may
 * drive several, one after the other.
 */
export function nextAfter(test: RunnerTestCase): Next | undefined {
  if (!declared.has(test.name)) return undefined;
  const { tasks } = test.suite ?? test.file;
  const later = tasks.slice(tasks.indexOf(test) + 1);
  const next = later.find(({ mode }) => mode === 'run' || mode === 'queued');
  const definition = next && declared.get(next.name);
  return next && definition && { name: next.name, definition };
}

/**
 * Whether what a scenario needs may be made while the one before it is judged: not on a cluster that is somebody's, which
 * has one of ours at a time, nor in a namespace of a given name, which the one before may still have. Nor of a service of one's
 * own: it may ask for what there is once only, a port of the node or an Ingress' host, and the one before still has that.
 */
export const mayPrepare = (
  { cluster, proveFix }: Pick<RunContext, 'cluster' | 'proveFix'>,
  { definition }: Next,
): boolean =>
  cluster.context === undefined &&
  !proveFix &&
  definition.given.namespace === undefined &&
  definition.given.ownImages === undefined;
