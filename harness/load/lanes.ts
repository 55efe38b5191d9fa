import type { LaneSummary, NewObservation } from '../history/types.ts';
import type { StartedK6, StartK6 } from './k6.ts';
import { type LaneScript, type LaneTarget, laneScript, type Share } from './lane-script.ts';
import { type LaneCounts, type Ledger, ledger } from './ledger.ts';
import type { LaneClock } from './records.ts';

export interface LaneOptions extends LaneTarget {
  /** Where k6 runs. */
  start: StartK6;
  clock: LaneClock;
  /** Takes each request as it ends, and each gap. */
  append(observation: NewObservation): unknown;
}

export type LaneResult = Omit<LaneSummary, 'id' | 'scenario' | 'type' | 't'>;

export interface StartedLane extends AsyncDisposable {
  /** Every connection has carried a request. Rejects where the lane ends before, or takes too long. */
  readonly warm: Promise<void>;
  /** Resolves with the reason if k6 ends before it was told to; the gap is then already written. */
  readonly lost: Promise<string>;
  counts(): LaneCounts;
  /**
   * Waits until every request that began before this call has its outcome (one request timeout at most), then ends k6.
   * Requests that begin meanwhile are recorded too, except those that ending k6 cuts off.
   */
  stop(): Promise<LaneResult>;
}

/** k6's exit codes for a test that was told to end: by its own API, by a signal. */
const TOLD_TO_END: readonly number[] = [103, 105];
const EXIT_BUDGET_MS = 10_000;
const WARM_UP_BUDGET_MS = 15_000;

/** Starts one lane, in a k6 of its own, so that no lane's stall holds up another's arrivals. */
export async function startLane(options: LaneOptions, share?: Share): Promise<StartedLane> {
  const { lane, timeoutMs, clock, append } = options;
  const script = laneScript(options, share);
  const books = ledger(lane.name, clock, append);
  const k6 = await options.start(script, books.read, options.script);
  let stopping: Promise<LaneResult> | undefined;
  let toldToEnd = false;

  const lost = new Promise<string>((resolve) => {
    const tell = (how: string) => {
      if (toldToEnd) return;
      const reason = `k6 of the lane ${lane.name} ${how} in mid-run; ${lastWords(books)}`;
      books.blindUntil(clock.now(), reason);
      resolve(reason);
    };
    k6.ended.then(
      (code) => tell(`ended with exit code ${code}`),
      (error) => tell(`could not be followed (${error.message})`),
    );
  });
  const warm = warmUp(books, script, lane.rate, lost);
  // The caller may look at it only later, or never.
  warm.catch(() => {});

  async function end(): Promise<LaneResult> {
    const known = await Promise.race([lost.then(() => undefined), complete(books, clock.now(), timeoutMs)]);
    const gone = known === undefined;
    toldToEnd = true;
    const exitCode = await exit(k6);
    if (!gone && (books.summary === undefined || books.summary.iterations > books.counts.sent)) await k6.readAgain();
    books.end();
    const account = books.summary;
    const missing = account === undefined ? undefined : account.iterations - books.counts.sent;
    if (gone) books.blindUntil(clock.now(), await lost);
    else if (missing === undefined)
      books.blindUntil(clock.now(), `k6 of the lane ${lane.name} ended without its summary (exit code ${exitCode})`);
    else if (missing > 0)
      books.blindUntil(clock.now(), `k6 of the lane ${lane.name} made ${missing} requests more than it recorded`);
    // k6 counts no iteration that it had to interrupt.
    else if (!known)
      books.blindUntil(clock.now(), `the lane ${lane.name} had requests under way for longer than ${timeoutMs} ms`);
    await k6.remove();
    return {
      lane: lane.name,
      sent: books.counts.sent,
      notStarted: account?.dropped ?? 0,
      exitCode: !gone && TOLD_TO_END.includes(exitCode) ? 0 : exitCode,
      warnings: books.warnings,
    };
  }

  return {
    warm,
    lost,
    counts: () => ({ ...books.counts }),
    stop() {
      stopping ??= end();
      return stopping;
    },
    async [Symbol.asyncDispose]() {
      toldToEnd = true;
      await k6.remove();
    },
  };
}

/** All of them; where one can't be started, none goes on. */
export async function together(starting: Promise<StartedLane>[]): Promise<StartedLane[]> {
  const results = await Promise.allSettled(starting);
  const started = results.filter((one) => one.status === 'fulfilled').map(({ value }) => value);
  const failed = results.find((one) => one.status === 'rejected');
  if (failed === undefined) return started;
  for (const lane of started) await lane[Symbol.asyncDispose]();
  throw failed.reason;
}

/** One lane, shared by several k6: each has a part of its rate and of its connections. */
export async function startSharedLane(options: LaneOptions, of: number): Promise<StartedLane> {
  const parts = await together(Array.from({ length: of }, (_, index) => startLane(options, { index, of })));
  const counted = () => parts.map((part) => part.counts());
  const sum = (counts: LaneCounts[], field: 'sent' | 'failed') => counts.reduce((total, one) => total + one[field], 0);
  const warm = Promise.all(parts.map((part) => part.warm)).then(() => {});
  // The caller may look at it only later, or never.
  warm.catch(() => {});
  return {
    warm,
    lost: Promise.race(parts.map((part) => part.lost)),
    counts: () => ({ ...counted().at(-1)!, sent: sum(counted(), 'sent'), failed: sum(counted(), 'failed') }),
    async stop() {
      const results = await Promise.all(parts.map((part) => part.stop()));
      const total = (field: 'sent' | 'notStarted') => results.reduce((all, one) => all + one[field], 0);
      return {
        lane: options.lane.name,
        sent: total('sent'),
        notStarted: total('notStarted'),
        exitCode: results.find(({ exitCode }) => exitCode !== 0)?.exitCode ?? 0,
        warnings: [...new Set(results.flatMap(({ warnings }) => warnings))],
      };
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(parts.map((part) => part[Symbol.asyncDispose]()));
    },
  };
}

/**
 * A lane that hangs as a whole starts nothing any more: then the oldest request's own timeout is the bound. A script of
 * one's own may give it a longer one.
 *
 * @returns whether each request that began before `t` is known
 */
async function complete(books: Ledger, t: number, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs + 1_000;
  while (!books.completeUpTo(t) && performance.now() < deadline) await sleep(20);
  return books.completeUpTo(t);
}

async function exit(k6: StartedK6): Promise<number> {
  await k6.stop('end');
  const code = await Promise.race([k6.ended, sleep(EXIT_BUDGET_MS)]);
  if (code !== undefined) return code;
  await k6.stop('kill');
  return k6.ended;
}

async function warmUp(
  books: Ledger,
  { connection, preAllocatedVUs, timeoutMs }: LaneScript,
  rate: number,
  lost: Promise<string>,
): Promise<void> {
  const users = connection === 'new' ? 1 : preAllocatedVUs;
  const budgetMs = WARM_UP_BUDGET_MS + timeoutMs + (1000 * users) / rate;
  const deadline = performance.now() + budgetMs;
  let reason: string | undefined;
  void lost.then((why) => {
    reason = why;
  });
  while (books.users < users) {
    if (reason !== undefined) throw new Error(reason);
    if (performance.now() > deadline) {
      throw new Error(
        `warming up ${users} connections took longer than ${budgetMs / 1000} s: ${books.users} were used; ${lastWords(books)}`,
      );
    }
    await sleep(20);
  }
}

const lastWords = ({ counts, warnings }: Ledger): string =>
  `${counts.sent} requests recorded, the last with status ${counts.lastStatus}${counts.lastError && ` (${counts.lastError})`}${
    warnings.length > 0 ? `; k6 said: ${warnings.at(-1)}` : ''
  }`;

const sleep = (ms: number): Promise<undefined> => new Promise((resolve) => setTimeout(() => resolve(undefined), ms));
