import { execa } from 'execa';
import type { Fault } from '../fault.ts';
import { sleep } from '../run-under-fault.ts';
import { fill, smallDisk, wallClock } from '../surroundings.ts';

const ANY = { after: 'start', within: 70 } as const;
const ROLL = { after: 'trigger', within: 10 } as const;

/** Somebody asks it to end. */
const stopped = (name: string, signal: NodeJS.Signals): Fault => ({
  name,
  moment: ANY,
  endings: ['stopped'],
  says: /rollproof: stopping: load first|^rollproof: stopped$/m,
  async strike({ pid }) {
    process.kill(pid, signal);
  },
});

/** What happens to rollproof's own process. */
export const HARNESS: Fault[] = [
  {
    name: 'rollproof is killed (SIGKILL)',
    moment: ANY,
    endings: ['killed'],
    sweeps: true,
    async strike({ pid }) {
      process.kill(pid, 'SIGKILL');
    },
  },
  stopped('Ctrl-C', 'SIGINT'),
  {
    name: 'Ctrl-C twice',
    moment: ANY,
    endings: ['stopped'],
    says: /again Ctrl-C: at once|^rollproof: stopped$/m,
    sweeps: true,
    async strike({ pid }) {
      process.kill(pid, 'SIGINT');
      await sleep(300);
      try {
        process.kill(pid, 'SIGINT');
      } catch (error) {
        // Where nothing was begun yet, the first one has ended it.
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    },
  },
  stopped('SIGTERM, as CI sends it when time is up', 'SIGTERM'),
  {
    name: 'its terminal is closed (SIGHUP, and nobody reads what it says)',
    moment: ANY,
    endings: ['stopped'],
    async strike({ pid, child }) {
      child.stdout?.destroy();
      child.stderr?.destroy();
      process.kill(pid, 'SIGHUP');
    },
  },
  {
    name: 'nobody reads its output any more (rollproof run | head -1)',
    moment: ANY,
    endings: ['verdict', 'inconclusive'],
    async strike({ child }) {
      child.stdout?.destroy();
    },
  },
  {
    name: 'rollproof is stopped for 5 s (SIGSTOP)',
    moment: ROLL,
    endings: ['inconclusive'],
    says: /the harness was held up for/,
    async strike({ pid }) {
      process.kill(pid, 'SIGSTOP');
      await sleep(5000);
      process.kill(pid, 'SIGCONT');
    },
  },
  {
    name: 'the disk with the run folder is full',
    moment: ROLL,
    endings: ['inconclusive', 'no verdict'],
    says: /no space left on device|ENOSPC/i,
    prepare: smallDisk,
    strike: ({ out }) => fill(out),
  },
  {
    name: 'the run folder is deleted in mid-run',
    moment: ROLL,
    // With its folder goes all that a verdict could be made of.
    endings: ['refused'],
    says: /the evidence is gone/,
    async strike({ out, run }) {
      await execa('rm', ['-rf', `${out}/${await run()}`]);
    },
  },
  {
    name: 'the wall clock is set forward by 30 s',
    moment: ROLL,
    endings: ['inconclusive'],
    says: /the wall clock was set/,
    prepare: wallClock.prepare,
    async strike({ out }) {
      wallClock.step(out);
    },
  },
];
