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
 * The scenario that Vitest runs after this test, as far as it is known: it is one of the same file, and is declared, not
 * driven by a test of its own.
 */
export function nextAfter(test: RunnerTestCase): Next | undefined {
  const { tasks } = test.suite ?? test.file;
  const later = tasks.slice(tasks.indexOf(test) + 1);
  const next = later.find(({ mode }) => mode === 'run' || mode === 'queued');
  const definition = next && declared.get(next.name);
  return next && definition && { name: next.name, definition };
}

/**
 * Whether what a scenario needs may be made while the one before it is judged: not on a cluster that is somebody's, which
 * has one of ours at a time, nor in a namespace of a given name, which the one before may still have.
 */
export const mayPrepare = (
  { cluster, proveFix }: Pick<RunContext, 'cluster' | 'proveFix'>,
  { definition }: Next,
): boolean => cluster.context === undefined && !proveFix && definition.given.namespace === undefined;
