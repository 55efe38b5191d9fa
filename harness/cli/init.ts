import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { Command } from 'commander';
import { CannotRun } from '../errors.ts';
import { initialConfig } from '../scenario/verify/init.ts';
import { objectsIn } from '../scenario/verify/manifests.ts';
import { lazyKubectl, riskLines } from './verify.ts';

interface InitOptions {
  output: string;
  deployment?: string;
  service?: string;
  force?: boolean;
}

/** Where people keep manifests. */
const USUAL = ['k8s', 'kubernetes', 'manifests', 'deploy'];

/** `rollproof init`: a commented rollproof.yaml for the manifests that are there. */
export function initCommand(): Command {
  return new Command('init')
    .description('write a commented rollproof.yaml for the manifests that are there')
    .argument('[manifests...]', `files, folders, kustomizations (default: one of ${USUAL.join(', ')})`)
    .option('-o, --output <file>', 'where to', 'rollproof.yaml')
    .option('--deployment <name>', 'the Deployment that is rolled, where there are several')
    .option('--service <name>', 'the Service in front of it, where there are several')
    .option('--force', 'in place of a file that is there')
    .action(async (manifests: string[], options: InitOptions) => {
      const { output } = options;
      if (existsSync(output) && options.force !== true)
        throw new CannotRun(`${output} is there already`, { remedy: '--force writes over it, -o names another' });
      const paths = manifests.length > 0 ? manifests : usual();
      const objects = await objectsIn(
        paths.map((path) => resolve(path)),
        lazyKubectl(true),
      );
      const beside = paths.map((path) => relative(dirname(resolve(output)), resolve(path)) || '.');
      const { text, risks } = initialConfig(
        objects,
        beside,
        options,
        existsSync(join(dirname(resolve(output)), 'Dockerfile')),
      );
      writeFileSync(output, text);
      process.stdout.write(`${output}: look at what is marked TODO, then: rollproof verify\n${riskLines(risks)}`);
    });
}

function usual(): string[] {
  const found = USUAL.filter((name) => existsSync(name));
  if (found.length > 0) return found.slice(0, 1);
  throw new CannotRun('no manifests are named', {
    remedy: `there is no folder ${USUAL.join(', ')} here: rollproof init FOLDER`,
  });
}
