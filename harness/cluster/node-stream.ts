import { execa } from 'execa';

export type OnLine = (line: string, from: 'stdout' | 'stderr') => void;

/**
 * A command that runs on in a node. Killing `docker exec` does not end what it started there: the command has to end by
 * itself when its stdin does, which it also does when this process is killed.
 */
export interface NodeStream {
  /** Resolves with its exit code once it has ended and every line of it was handed over. Never rejects. */
  readonly ended: Promise<number>;
  write(line: string): void;
  /** Ends its stdin and waits until it has ended. More than once does no harm. */
  close(): Promise<void>;
}

/** A command that has not ended so long after its stdin is cut off from: milliseconds. */
const END_BUDGET_MS = 5_000;

export function streamInNode(args: string[], node: string, onLine: OnLine): NodeStream {
  const child = execa('docker', ['exec', '-i', node, ...args], { buffer: false, reject: false, stdin: 'pipe' });
  // A command that ends early leaves a broken pipe; its exit code says so already.
  child.stdin.on('error', () => {});
  const reading = (['stdout', 'stderr'] as const).map(async (from) => {
    for await (const line of child.iterable({ from })) onLine(line, from);
  });
  const ended = Promise.allSettled([child, ...reading]).then(([result]) =>
    result.status === 'fulfilled' ? (result.value.exitCode ?? -1) : -1,
  );
  return {
    ended,
    write: (line) => void child.stdin.write(`${line}\n`),
    async close() {
      child.stdin.end();
      const giveUp = setTimeout(() => child.kill('SIGKILL'), END_BUDGET_MS);
      await ended;
      clearTimeout(giveUp);
    },
  };
}
