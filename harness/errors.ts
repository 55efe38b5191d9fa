/**
 * What the machine refuses, by the code of a system error, and what to do about it; undefined for any other error. Its
 * message names the call and the file.
 */
export function refusedByMachine(error: unknown): string | undefined {
  const { code, message } = (error ?? {}) as NodeJS.ErrnoException;
  const remedy = code === undefined ? undefined : REMEDIES[code];
  return remedy === undefined ? undefined : `${message}; ${remedy}`;
}

const ROOM = 'make room there, or name another parent of run folders with --out';
const REMEDIES: Record<string, string> = {
  ENOSPC: ROOM,
  EDQUOT: ROOM,
  EROFS: 'name a parent of run folders that can be written to with --out',
  EACCES: 'rollproof has to be allowed that, or needs another folder (--out)',
  EPERM: 'rollproof has to be allowed that',
  EMFILE: 'allow more open files (ulimit -n)',
  ENFILE: 'the machine has too many files open: end what holds them',
  ENOMEM: 'the machine needs more memory',
};

/**
 * The run could not take place: bad usage or input, a missing tool, an environment that does not fit, or a service
 * that fails before the transition. The CLI prints `message` and `remedy` as one clear line and exits with 3.
 */
export class CannotRun extends Error {
  readonly exitCode = 3;
  readonly remedy: string | undefined;

  constructor(message: string, options: { remedy?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'CannotRun';
    this.remedy = options.remedy;
  }

  /** What people are told: the reason, and what to do about it. */
  get words(): string {
    return this.remedy === undefined ? this.message : `${this.message}; ${this.remedy}`;
  }
}
