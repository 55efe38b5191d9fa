import type { KubectlOptions } from '../cluster/kubectl.ts';
import type { StartedWorkload } from './workload.ts';

/** kubectl ended with an error. The message is its own words; `output` is all that it printed. */
export class KubectlRefused extends Error {
  readonly output: string;
  constructor(words: string, output: string, cause: unknown) {
    super(words, { cause });
    this.name = 'KubectlRefused';
    this.output = output;
  }
}

/**
 * Runs kubectl in the workload's namespace, as an action of the history. All that it prints is kept, its warnings too.
 *
 * @throws KubectlRefused where it ends with an error, once that is in the history.
 */
export function kubectl(
  workload: StartedWorkload,
  { action, detail }: { action: string; detail: string },
  args: string[],
  options: KubectlOptions = {},
): Promise<string> {
  const { cluster, namespace } = workload;
  return workload.act(action, detail, async () => {
    try {
      return await cluster.kubectl(['-n', namespace, ...args], { warnings: true, ...options });
    } catch (error) {
      throw new KubectlRefused(wordsOf(error), String((error as { all?: string }).all ?? ''), error);
    }
  });
}

/** What kubectl said in the end, without the command line, which names paths of this machine. */
export function wordsOf(error: unknown): string {
  const { stderr = '', isCanceled = false } = error as { stderr?: string; isCanceled?: boolean };
  if (isCanceled) return 'it was ended before it returned';
  const lines = String(stderr).trim().split('\n').filter(Boolean);
  return (
    lines.findLast((line) => /^error/i.test(line)) ??
    lines.at(-1) ??
    (error instanceof Error ? error.message : String(error))
  );
}
