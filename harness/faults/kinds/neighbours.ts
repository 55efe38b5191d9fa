import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { setUp } from '../../cli/setup-view.ts';
import { createKindCluster, kindClusters } from '../../cluster/kind.ts';
import { packageRoot } from '../../package-root.ts';
import { namespaceFor } from '../../scenario/provision.ts';
import type { Fault } from '../fault.ts';
import { calling, poll, sleep } from '../run-under-fault.ts';

const TAKEN = 'rollproof-fault-taken';

/** Others on the same machine. */
export const NEIGHBOURS: Fault[] = [
  {
    name: 'another run on the same machine',
    moment: { after: 'load', within: 5 },
    endings: ['verdict', 'inconclusive', 'no verdict'],
    async strike() {
      const out = mkdtempSync(join(tmpdir(), 'rollproof-fault-second-'));
      const second = await execa(process.execPath, calling('sound', out), {
        reject: false,
        cwd: packageRoot,
        stdin: 'ignore',
      });
      rmSync(out, { recursive: true, force: true });
      if (second.exitCode === 1 || second.exitCode === undefined)
        throw new Error(`the other run failed: ${second.stdout}`);
    },
  },
  {
    name: 'a cluster of that name is somebody else’s (--cluster)',
    moment: { after: 'start', within: 1 },
    endings: ['refused'],
    says: new RegExp(TAKEN),
    async prepare() {
      const { kind, kubectl, nodeImage, cgroupVersion } = await setUp({ quiet: true });
      const folder = mkdtempSync(join(tmpdir(), 'rollproof-fault-taken-'));
      const config = join(packageRoot, 'kind-config.yaml');
      const options = { name: TAKEN, config, folder, kind, kubectl, nodeImage: nodeImage.ref, cgroupVersion };
      const taken = await createKindCluster(options);
      return {
        args: ['--cluster', TAKEN],
        async [Symbol.asyncDispose]() {
          const there = (await kindClusters()).includes(TAKEN);
          await taken.delete();
          if (!there) throw new Error('somebody else’s cluster is gone');
        },
      };
    },
    strike: () => sleep(0),
  },
  {
    name: 'somebody has a namespace of the name that the run is about to take',
    moment: { after: 'start', within: 0.1 },
    endings: ['no verdict'],
    says: /is there already, and it is not this run's/,
    async strike(run) {
      const name = namespaceFor(await run.run(), run.service);
      await poll(
        () =>
          run
            .node('kubectl', '--kubeconfig=/etc/kubernetes/admin.conf', 'create', 'namespace', name)
            .catch(() => undefined),
        `the namespace ${name}`,
      );
    },
  },
];
