import { dirname, join, resolve } from 'node:path';
import { styleText } from 'node:util';
import { Command } from 'commander';
import { execa } from 'execa';
import type { Toolchain } from '../cluster/setup.ts';
import { CannotRun } from '../errors.ts';
import { collectScenarios } from '../scenario/collection.ts';
import type { Kubectl } from '../scenario/render.ts';
import { type ConfigFlags, configFromFlags } from '../scenario/verify/from-flags.ts';
import { preflight, type Risk } from '../scenario/verify/preflight.ts';
import { readConfig } from '../scenario/verify/read-config.ts';
import type { Config } from '../scenario/verify/schema.ts';
import { type RunOptions, runCollected, withRunOptions } from './run.ts';
import { setUp } from './setup-view.ts';

interface VerifyOptions extends RunOptions, Omit<ConfigFlags, 'manifests'> {
  config?: string;
  manifests?: string[];
  static?: boolean;
}

const USUAL = 'rollproof.yaml';

/** Where the scenario of `verify` is. */
const FOLDER = join(import.meta.dirname, '../scenario/verify');

/** `rollproof verify`: one's own service, from one YAML file. */
export function verifyCommand(): Command {
  const command = new Command('verify')
    .description('prove that updates of your own service drop nothing: from one YAML file, on a kind cluster')
    .option('-c, --config <file>', `what to prove (default: ${USUAL})`)
    .option('--static', 'look at the manifests only, and say what they risk')
    .optionsGroup('Without a file, for the simple case:')
    .option('-f, --manifests <path>', 'files, folders, kustomizations; more than once', collected)
    .option('--deployment <name>', 'what is rolled, where there are several')
    .option('--service <name>', 'what is called, where there are several')
    .option(
      '--image <[container=]image>',
      'what it is updated to; more than once: in turn; without: a restart',
      collected,
    )
    .option('--rollback', 'and back in the end')
    .option('--path <path>', 'what is asked for')
    .option('--post <body>', 'POSTs with this body too')
    .optionsGroup('Options:')
    .action(verify);
  return withRunOptions(command);
}

async function verify(options: VerifyOptions): Promise<void> {
  const quiet = options.quiet === true || options.json === true;
  // Before anything is set up: a slip in it is found in a second.
  const kubectl = lazyKubectl(quiet);
  const { config, folder } = await configOf(options, kubectl);
  const { resolved, risks } = await preflight(config, folder, kubectl);
  if (!quiet || options.static) process.stdout.write(riskLines(risks));
  if (options.static) return;
  const collection = await collectScenarios(FOLDER, [], { repeat: options.repeat, verify: resolved });
  await runCollected(collection, options);
}

const ONLY_FLAGS = ['deployment', 'service', 'image', 'rollback', 'path', 'post'] as const;

/** What is to be proven, from a file or from flags, and what its paths are relative to. */
async function configOf(options: VerifyOptions, kubectl: Kubectl): Promise<{ config: Config; folder: string }> {
  const { manifests, config: file } = options;
  if (manifests !== undefined) {
    if (file !== undefined) throw new CannotRun('-c and -f: what is to be proven is said by a file or by flags');
    return { config: await configFromFlags({ ...options, manifests }, kubectl), folder: process.cwd() };
  }
  const given = ONLY_FLAGS.find((flag) => options[flag] !== undefined);
  if (given !== undefined)
    throw new CannotRun(`--${given} is for a run without a file`, { remedy: 'name the manifests with -f' });
  return { config: readConfig(file ?? USUAL), folder: dirname(resolve(file ?? USUAL)) };
}

const collected = (value: string, before: string[] = []): string[] => [...before, value];

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
