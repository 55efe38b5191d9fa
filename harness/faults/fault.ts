import type { StartedProxy } from './proxy.ts';
import type { RunningHarness } from './run-under-fault.ts';

/** What may come of a run that a fault struck. */
export type Ending =
  /** A verdict, as if nothing had been. */
  | 'verdict'
  /** A verdict that says what is missing. */
  | 'inconclusive'
  /** None: the run says why, and exits with 2 or 3. */
  | 'no verdict'
  /** None: it was stopped in good order, and exits with 130. */
  | 'stopped'
  /** Nothing was begun: the run says why, and exits with 3. */
  | 'refused'
  /** None, and no word: the next run clears up. */
  | 'killed';

/** Something that breaks around a run, done for real. */
export interface Fault {
  /** Row of the table: what happens, in words. */
  name: string;
  /** From when on it may strike, and within how many seconds of that: at a moment that chance gives. */
  moment: { after: 'start' | 'load' | 'trigger'; within: number };
  /** What may come of it, beside what never may: a pass of the bad service, a fail of the sound one. */
  endings: Ending[];
  /** What a person has to be told, where it is no verdict as if nothing had been. */
  says?: RegExp;
  /** What has to be got ready before the run; what it gives is taken back after it. */
  prepare?(): Promise<Prepared>;
  /** It strikes what the run hears of its cluster: a proxy stands between them from the start. */
  behindProxy?: true;
  /** At its moment. An AsyncDisposable that it gives is taken back once the run has ended. */
  strike(run: RunningHarness & { proxy: StartedProxy | undefined }): Promise<unknown>;
  /** What it made is taken away by the next run only. */
  sweeps?: boolean;
  /** Why it can't be done on this machine; undefined where it can. */
  impossible?(): Promise<string | undefined>;
}

export interface Prepared extends AsyncDisposable {
  /** Flags of `rollproof run`. */
  args?: string[];
  env?: Record<string, string>;
  /** Parent of the run folder. */
  out?: string;
}
