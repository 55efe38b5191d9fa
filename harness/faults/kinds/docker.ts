import { execa } from 'execa';
import { restartDocker } from '../../cluster/docker-daemon.ts';
import type { Fault } from '../fault.ts';
import { type RunningHarness, sleep } from '../run-under-fault.ts';
import { daemonIsOurs } from '../surroundings.ts';

const ROLL = { after: 'trigger', within: 10 } as const;
const node = async (run: RunningHarness) => `${await run.cluster()}-control-plane`;

/** Something that takes the node's container away, by a command of Docker's. */
const gone = (name: string, ...command: string[]): Fault => ({
  name,
  moment: ROLL,
  endings: ['inconclusive', 'no verdict'],
  strike: async (run) => execa('docker', [...command, await node(run)]),
});

/** What happens to Docker and to the containers that are nodes. */
export const DOCKER: Fault[] = [
  {
    name: 'the Docker daemon is restarted',
    moment: ROLL,
    endings: ['inconclusive', 'no verdict'],
    // Containers of somebody else end with it.
    impossible: daemonIsOurs,
    strike: () => restartDocker(),
  },
  gone('the node’s container is stopped', 'stop', '-t', '1'),
  gone('the node’s container is killed', 'kill'),
  {
    name: 'the node’s container is held for 5 s (docker pause)',
    moment: ROLL,
    endings: ['inconclusive'],
    async strike(run) {
      await execa('docker', ['pause', await node(run)]);
      await sleep(5000);
      await execa('docker', ['unpause', await node(run)]);
    },
  },
  gone('the node’s container is restarted', 'restart', '-t', '1'),
  gone('the cluster is deleted by somebody else (kind delete cluster)', 'rm', '-f', '-v'),
];
