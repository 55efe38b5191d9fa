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
