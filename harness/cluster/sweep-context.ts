import { ApiError } from './api.ts';
import { openContext } from './existing.ts';
import { appliedBy, contextNoteOf, restoreOf } from './state.ts';
import { RUN_LABEL, sweepRuns } from './sweep.ts';
import { commandBack } from './way-back.ts';

/**
 * Takes away what killed runs left in clusters that are somebody's.
 *
 * @returns one line for each run that left something, or of which not all could be taken away: that is tried again the next time.
 */
export const sweepContexts = (kubectl: string): Promise<string[]> =>
  sweepRuns(
    (run) => contextNoteOf(run) !== undefined,
    async (run) => {
      const removed = await clearContext(run, kubectl);
      const before = restoreOf(run);
      if (before === undefined) return removed;
      // Somebody's own: it is not touched without being asked for.
      const command = await commandBack((await openContext(before.context, kubectl)).api, before);
      return command === undefined
        ? removed
        : [...removed, `what run ${run} rolled is not as it was; this brings it back: ${command}`];
    },
  );

/** What one run made, load first. More than once does no harm. */
export async function clearContext(run: string, kubectlPath: string): Promise<string[]> {
  const note = contextNoteOf(run);
  if (note === undefined) return [];
  const { api, kubectl } = await openContext(note.context, kubectlPath);
  const removed: string[] = [];
  const selector = `${RUN_LABEL}=${run}`;
  if (note.namespace !== undefined) {
    const load = await kubectl(['delete', 'job,configmap', '-n', note.namespace, '-l', selector, '-o', 'name']);
    const applied = appliedBy(run).toReversed();
    const args = ['delete', '-n', note.namespace, '-f', '-', '--ignore-not-found', '-o', 'name'];
    const made = [load];
    for (const input of applied) made.push(await kubectl(args, { input }));
    const count = made.flatMap((text) => text.split('\n').filter(Boolean)).length;
    if (count > 0) removed.push(`${count} objects of run ${run} in ${note.namespace} of ${note.context}`);
  }
  const own = await ownNamespaces(api, selector);
  if (own.length > 0) {
    await kubectl(['delete', 'namespace', ...own, '--ignore-not-found', '--timeout=90s']);
    removed.push(`${own.length} namespaces of run ${run} in ${note.context}`);
  }
  return removed;
}

/** Whoever may not list namespaces made none. */
async function ownNamespaces(
  api: Awaited<ReturnType<typeof openContext>>['api'],
  labelSelector: string,
): Promise<string[]> {
  try {
    const { items } = await api.get<{ items: { metadata: { name: string } }[] }>('/api/v1/namespaces', {
      labelSelector,
    });
    return items.map(({ metadata }) => metadata.name);
  } catch (error) {
    if (error instanceof ApiError && error.code === 403) return [];
    throw error;
  }
}
