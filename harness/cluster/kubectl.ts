import { execa } from 'execa';

export interface KubectlOptions {
  input?: string;
  signal?: AbortSignal;
  /** Beside the environment of this process. */
  env?: Record<string, string>;
  /** What it says on standard error, warnings above all, is part of its output. */
  warnings?: boolean;
  /** Gets each line of its standard output as it comes. */
  onLine?: (line: string) => void;
}

export type Kubectl = (args: string[], options?: KubectlOptions) => Promise<string>;

/**
 * kubectl on one cluster.
 *
 * @param path of the program
 * @param kubeconfig as KUBECONFIG has it. Not by a flag: `--record` writes the whole command line into the cluster
 */
export const kubectlOn =
  (path: string, kubeconfig: string): Kubectl =>
  async (args, { input, signal, env, warnings = false, onLine } = {}) => {
    const child = execa(path, args, {
      ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
      ...(signal ? { cancelSignal: signal } : {}),
      env: { KUBECONFIG: kubeconfig, ...env },
      all: warnings,
    });
    if (onLine !== undefined) for await (const line of child) onLine(line);
    const { stdout, all } = await child;
    return all ?? stdout;
  };
