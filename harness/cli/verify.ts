import { dirname, join, resolve } from 'node:path';
import { styleText } from 'node:util';
import { Command } from 'commander';
import { execa } from 'execa';
import type { Toolchain } from '../cluster/setup.ts';
import { collectScenarios } from '../scenario/collection.ts';
import type { Kubectl } from '../scenario/render.ts';
import { preflight, type Risk } from '../scenario/verify/preflight.ts';
import { readConfig } from '../scenario/verify/read-config.ts';
import { type RunOptions, runCollected, withRunOptions } from './run.ts';
import { setUp } from './setup-view.ts';

interface VerifyOptions extends RunOptions {
  config: string;
  static?: boolean;
}

/** Where the scenario of `verify` is. */
const FOLDER = join(import.meta.dirname, '../scenario/verify');

/** `rollproof verify`: one's own service, from one YAML file. */
export function verifyCommand(): Command {
  const command = new Command('verify')
    .description('prove that updates of your own service drop nothing: from one YAML file, on a kind cluster')
    .option('-c, --config <file>', 'what to prove', 'rollproof.yaml')
    .option('--static', 'look at the manifests only, and say what they risk')
    .action(verify);
  return withRunOptions(command);
}

async function verify(options: VerifyOptions): Promise<void> {
  const quiet = options.quiet === true || options.json === true;
  // Before anything is set up: a slip in it is found in a second.
  const config = readConfig(options.config);
  const kubectl = lazyKubectl(quiet);
  const { resolved, risks } = await preflight(config, dirname(resolve(options.config)), kubectl);
  if (!quiet || options.static) process.stdout.write(riskLines(risks));
  if (options.static) return;
  const collection = await collectScenarios(FOLDER, [], { repeat: options.repeat, verify: resolved });
  await runCollected(collection, options);
}

/** kubectl, of which the set-up is done only once it is needed: plain manifests need none. */
export function lazyKubectl(quiet: boolean): Kubectl {
  let ready: Promise<Toolchain> | undefined;
  return {
    async kubectl(args, { input } = {}) {
      ready ??= setUp({ quiet });
      const { kubectl } = await ready;
      return (await execa(kubectl, args, input === undefined ? { stdin: 'ignore' } : { input })).stdout;
    },
  };
}

/** Risks, not verdicts: what comes of them is what the run is for. */
export function riskLines(risks: Risk[]): string {
  if (risks.length === 0) return 'The manifests give nothing away.\n';
  const lines = risks.flatMap(({ cause, object, field, words, fix }) => [
    `  ${styleText('yellow', '!')} ${object}: ${field}`,
    `      ${words}${cause === undefined ? '' : ` (${cause})`}`,
    `      fix: ${fix}`,
  ]);
  return `Risks in the manifests (not verdicts: what comes of them is measured):\n${lines.join('\n')}\n`;
}
