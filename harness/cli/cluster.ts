import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { lockCluster } from '../cluster/kept.ts';
import { createKindCluster, deleteKindCluster, kindClusters } from '../cluster/kind.ts';
import { readKindConfig } from '../cluster/kind-config.ts';
import { clusterFolder } from '../cluster/state.ts';
import { CannotRun } from '../errors.ts';
import { packageRoot } from '../package-root.ts';
import { wholeNumber } from './numbers.ts';
import { setUp } from './setup-view.ts';
import { stopOnSignals } from './stop.ts';

const DEFAULT_NAME = 'rollproof-dev';

/** `rollproof cluster up|down|status`: a cluster by itself, for a look or for reproducing something. */
export function clusterCommand(): Command {
  const command = new Command('cluster').description('a kind cluster by itself, for local reproduction');
  command
    .command('up')
    .description('create it')
    .argument('[name]', 'its name', DEFAULT_NAME)
    .option('--nodes <n>', 'how many nodes it has (default: as many as --kind-config says)', wholeNumber)
    .option('--kind-config <file>', 'what it is made of', join(packageRoot, 'kind-config.yaml'))
    .action(up);
  command.command('down').description('delete it').argument('[name]', 'its name', DEFAULT_NAME).action(down);
  command.command('status').description("rollproof's clusters on this machine").action(status);
  return command;
}

async function up(name: string, { kindConfig, nodes }: { kindConfig: string; nodes?: number }): Promise<void> {
  readKindConfig(kindConfig);
  const { kind, kubectl, nodeImage, cgroupVersion } = await setUp({ quiet: false });
  using _lock = lockCluster(name);
  if ((await kindClusters()).includes(name)) {
    throw new CannotRun(`the cluster ${name} is there already`, { remedy: `rollproof cluster down ${name}` });
  }
  const stop = stopOnSignals('what was made of the cluster goes');
  try {
    const cluster = await createKindCluster({
      name,
      folder: clusterFolder(name),
      config: kindConfig,
      ...(nodes === undefined ? {} : { nodes }),
      kind,
      kubectl,
      nodeImage: nodeImage.ref,
      cgroupVersion,
      signal: stop.signal,
    });
    const config = `export KUBECONFIG=${cluster.kubeconfig}`;
    process.stdout.write(`${name} is up\n  ${config}\n  rollproof run --cluster ${name}\n`);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    process.exitCode = 130;
  } finally {
    stop.dispose();
  }
}

async function down(name: string): Promise<void> {
  if (!(await kindClusters()).includes(name))
    throw new CannotRun(`there is no cluster ${name}`, { remedy: 'rollproof cluster status' });
  const { kind } = await setUp({ quiet: true });
  using _lock = lockCluster(name);
  await deleteKindCluster(kind, name, clusterFolder(name));
  process.stdout.write(`${name} is gone\n`);
}

async function status(): Promise<void> {
  const names = (await kindClusters()).filter((name) => existsSync(clusterFolder(name)));
  if (names.length === 0) process.stdout.write('no cluster of rollproof is up\n');
  for (const name of names)
    process.stdout.write(`${name}  export KUBECONFIG=${join(clusterFolder(name), 'kubeconfig')}\n`);
}
