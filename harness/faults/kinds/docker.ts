import { execa } from 'execa';
import { dockerStartedByUs, reachDocker, restartDocker } from '../../cluster/docker-daemon.ts';
import type { Fault } from '../fault.ts';
import { type RunningHarness, sleep } from '../run-under-fault.ts';

const ROLL = { after: 'trigger', within: 10 } as const;
const node = async (run: RunningHarness) => `${await run.cluster()}-control-plane`;

/** What happens to Docker and to the containers that are nodes. */
export const DOCKER: Fault[] = [
  {
    name: 'the Docker daemon is restarted',
    moment: ROLL,
    endings: ['inconclusive', 'no verdict'],
    // Containers of somebody else end with it.
    impossible: async () => (dockerStartedByUs() ? undefined : 'the Docker daemon is not one that rollproof started'),
    async strike() {
      await restartDocker();
      if ((await reachDocker()) === undefined) throw new Error('Docker did not come back');
    },
  },
  {
    name: 'the node’s container is stopped',
    moment: ROLL,
    endings: ['inconclusive', 'no verdict'],
    strike: async (run) => void (await execa('docker', ['stop', '-t', '1', await node(run)])),
  },
  {
    name: 'the node’s container is killed',
    moment: ROLL,
    endings: ['inconclusive', 'no verdict'],
    strike: async (run) => void (await execa('docker', ['kill', await node(run)])),
  },
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
  {
    name: 'the node’s container is restarted',
    moment: ROLL,
    endings: ['inconclusive', 'no verdict'],
    strike: async (run) => void (await execa('docker', ['restart', '-t', '1', await node(run)])),
  },
  {
    name: 'the cluster is deleted by somebody else (kind delete cluster)',
    moment: ROLL,
    endings: ['inconclusive', 'no verdict'],
    strike: async (run) => void (await execa('docker', ['rm', '-f', '-v', await node(run)])),
  },
];
