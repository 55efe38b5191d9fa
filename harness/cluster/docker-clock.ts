import { tryCommand } from './command.ts';

/** What k6 and containers stamp is joined with what the watches tell, by the wall clock: to well below this. */
const APART_MS = 100;

/** One look at the daemon's clock: this machine's before and after it, milliseconds since 1970. */
export interface ClockLook {
  before: number;
  /** RFC 3339, as `docker info` tells it. */
  there: string;
  after: number;
}

/**
 * How far the daemon's clock is ahead of this machine's at least, milliseconds, negative where it is behind; 0 where they may
 * be in step. It was read at some instant between before and after, nobody knows which.
 */
export function aheadMs(looks: ClockLook[]): number {
  const bounds = looks.flatMap(({ before, there, after }) => {
    const at = Date.parse(there);
    return Number.isNaN(at) ? [] : [{ least: at - after, most: at - before }];
  });
  const least = Math.max(...bounds.map((one) => one.least));
  const most = Math.min(...bounds.map((one) => one.most));
  if (bounds.length === 0 || least > most) return 0;
  if (least > APART_MS) return least;
  return most < -APART_MS ? most : 0;
}

/** What is wrong with the clock of the daemon that answers, or undefined: one on another machine, or in a VM that slept, has its own. */
export async function dockerClockProblem(): Promise<string | undefined> {
  const looks: ClockLook[] = [];
  for (let tries = 0; tries < 3; tries++) {
    const before = Date.now();
    const there = await tryCommand('docker', ['info', '--format', '{{.SystemTime}}']);
    looks.push({ before, there: there ?? '', after: Date.now() });
    // One that took long shows nothing.
    if (aheadMs(looks) === 0 && looks.at(-1)!.after - before <= APART_MS) return undefined;
  }
  const ms = aheadMs(looks);
  return ms === 0
    ? undefined
    : `its clock is ${(Math.abs(ms) / 1000).toFixed(1)} s ${ms > 0 ? 'ahead of' : 'behind'} this machine's`;
}

export const CLOCK_REMEDY =
  'set it by the same time server as this machine; a VM of Docker’s that slept has the right time once it is restarted';
