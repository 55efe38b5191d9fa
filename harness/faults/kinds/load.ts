import { readFileSync } from 'node:fs';
import { execa } from 'execa';
import type { Fault } from '../fault.ts';
import { poll, type RunningHarness, sleep } from '../run-under-fault.ts';
import { containersFolder, daemonIsOurs, fill, smallLogVolume } from '../surroundings.ts';

const ROLL = { after: 'trigger', within: 10 } as const;
const first = async (run: RunningHarness) => (await run.loadContainers())[0]!;

/** What happens to k6. */
export const LOAD: Fault[] = [
  {
    name: 'k6 is killed',
    moment: ROLL,
    endings: ['inconclusive'],
    says: /in mid-run/,
    strike: async (run) => void (await execa('docker', ['kill', '-s', 'KILL', await first(run)])),
  },
  {
    name: 'k6 has no memory left (killed by the kernel)',
    moment: ROLL,
    endings: ['inconclusive'],
    says: /in mid-run/,
    async strike(run) {
      const id = await first(run);
      // Just above what it uses: what it asks for next is not there.
      await poll(async () => {
        const used = await memoryOf(id);
        if (used !== undefined) {
          const limit = String(used + 65_536);
          await execa('docker', ['update', '--memory', limit, '--memory-swap', limit, id], { reject: false });
        }
        const { stdout } = await execa('docker', ['inspect', '-f', '{{.State.Running}}', id], { reject: false });
        return stdout === 'true' ? undefined : true;
      }, 'its end');
    },
  },
  {
    name: 'k6 is held for 4 s (docker pause)',
    moment: ROLL,
    endings: ['inconclusive'],
    says: /could not be started|were not started|not start|late/,
    async strike(run) {
      const id = await first(run);
      await execa('docker', ['pause', id]);
      await sleep(4000);
      await execa('docker', ['unpause', id]);
    },
  },
  {
    name: 'the volume with Docker’s container logs is full',
    moment: ROLL,
    endings: ['inconclusive', 'no verdict'],
    // Other containers end with it.
    impossible: daemonIsOurs,
    prepare: smallLogVolume,
    strike: async () => fill(await containersFolder()),
  },
  {
    name: 'the log that k6 writes to is emptied, as log cleaners do',
    moment: ROLL,
    endings: ['verdict', 'inconclusive'],
    async strike(run) {
      const { stdout } = await execa('docker', ['inspect', '-f', '{{.LogPath}}', await first(run)]);
      await execa('truncate', ['-s', '0', stdout.trim()]);
    },
  },
];

/** Bytes that a container's processes have in memory. */
async function memoryOf(id: string): Promise<number | undefined> {
  const { stdout } = await execa('docker', ['inspect', '-f', '{{.Id}} {{.State.Pid}}', id], { reject: false });
  const [whole = '', pid = '0'] = stdout.split(' ');
  try {
    const groups = readFileSync(`/proc/${pid}/cgroup`, 'utf8');
    const v1 = /^\d+:memory:(.*)$/m.exec(groups)?.[1];
    const file =
      v1 === undefined
        ? `/sys/fs/cgroup${/^0::(.*)$/m.exec(groups)?.[1] ?? `/${whole}`}/memory.current`
        : `/sys/fs/cgroup/memory${v1}/memory.usage_in_bytes`;
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
