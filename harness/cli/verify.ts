import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { styleText } from 'node:util';
import { Command } from 'commander';
import { execa } from 'execa';
import type { Mode } from '../cluster/rights.ts';
import type { Toolchain } from '../cluster/setup.ts';
import { CannotRun } from '../errors.ts';
import type { KubeObject } from '../history/types.ts';
import { collectScenarios } from '../scenario/collection.ts';
import { type Kubectl, sourceName } from '../scenario/render.ts';
import { type ConfigFlags, configFromFlags } from '../scenario/verify/from-flags.ts';
import { checkImages, checkOwn, checkReversible, checkTakenAway, liveObjects } from '../scenario/verify/live.ts';
import { preflight, type Risk } from '../scenario/verify/preflight.ts';
import { readConfig } from '../scenario/verify/read-config.ts';
import type { Config } from '../scenario/verify/schema.ts';
import { wholeNumber } from './numbers.ts';
import { type RunOptions, runCollected, withRunOptions } from './run.ts';
import { setUp } from './setup-view.ts';
import {
  type ContextOptions,
  callContext,
  checkRights,
  consent,
  modeOf,
  onContext,
  refuseKindFlags,
} from './verify-context.ts';

interface VerifyOptions extends RunOptions, ConfigFlags, ContextOptions {
  config?: string;
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
    .option('--namespace <name>', 'where it goes to, or is')
    .optionsGroup('On a cluster that is there already:')
    .option('--context <name>', 'of the kubeconfig')
    .option('--in-place', 'roll the Deployment that lives there, and bring it back to its revision in the end')
    .option('--leave', 'with --in-place: leave it as it is in the end')
    .option('--observe', 'somebody else drives the rollout: only watch, and load')
    .option('--observe-seconds <n>', 'longest that its begin is waited for (default: 600)', wholeNumber)
    .option('--yes', 'do not ask before touching what is there')
    .optionsGroup('Options:')
    .action(verify);
  return withRunOptions(command);
}

async function verify(options: VerifyOptions): Promise<void> {
  const quiet = options.quiet === true || options.json === true;
  const mode = modeOf(options);
  if (options.context !== undefined) return verifyThere(options, options.context, mode, quiet);
  // Before anything is set up: a slip in it is found in a second.
  const kubectl = lazyKubectl(quiet);
  const { config, folder } = await configOf(options, mode, kubectl);
  const { resolved, risks } = await preflight(config, folder, kubectl);
  if (!quiet || options.static) process.stdout.write(riskLines(risks));
  if (options.static) return;
  const { repeat, selfTest = false } = options;
  const collection = await collectScenarios(FOLDER, [], { repeat, selfTest, verify: resolved });
  await runCollected(collection, options);
}

/** On a cluster that is somebody's. */
async function verifyThere(options: VerifyOptions, context: string, mode: Mode, quiet: boolean): Promise<void> {
  refuseKindFlags(options);
  const called = await callContext(context);
  const { cluster } = called;
  const live = async (there: string) => {
    // Whoever may not look is told what is missing, not what the apiserver said.
    await checkRights(called, mode, there);
    return liveObjects(cluster, there);
  };
  const { config, folder, objects } = await configOf(options, mode, cluster, mode === 'made' ? undefined : live);
  const { namespace, deployment } = config.service;
  if (mode === 'in-place') checkReversible(config);
  else checkOwn(config);
  checkImages(config, context);
  if (mode === 'made') await checkRights(called, mode, namespace);
  const after = mode === 'observe' ? 'untouched' : options.leave ? 'leave' : 'restore';
  const observing = mode === 'observe' ? { observeSeconds: options.observeSeconds ?? OBSERVE_SECONDS } : {};
  const there = objects === undefined ? undefined : { objects, live: { after, ...observing } as const };
  const { resolved, risks } = await preflight(config, folder, cluster, there);
  if (mode === 'made') await checkTakenAway(cluster, config, folder);
  if (!quiet) process.stdout.write(riskLines(risks));
  const load = `load ${deployment} in ${namespace} with k6`;
  if (mode === 'in-place')
    await consent(`roll the live Deployment ${deployment} in ${namespace} of ${context}, and ${load}`, options);
  else if (mode === 'observe') await consent(`${load}, on ${context}`, options);
  else if (namespace !== undefined)
    await consent(
      `apply ${config.service.manifests?.map(sourceName)} to the namespace ${namespace} of ${context}`,
      options,
    );
  const collection = await collectScenarios(FOLDER, [], { repeat: options.repeat, verify: resolved });
  await runCollected(collection, options, () => onContext(called, namespace));
}

const OBSERVE_SECONDS = 600;

const ONLY_FLAGS = ['namespace', 'deployment', 'service', 'image', 'rollback', 'path', 'post'] as const;

interface Proven {
  config: Config;
  /** What its paths are relative to. */
  folder: string;
  /** What is there, where nothing is made of manifests. */
  objects?: KubeObject[];
}

/**
 * What is to be proven, from a file or from flags.
 *
 * @param live gives what is there in a namespace, where nothing is made of manifests
 */
async function configOf(
  options: VerifyOptions,
  mode: Mode,
  kubectl: Kubectl,
  live?: (namespace: string) => Promise<KubeObject[]>,
): Promise<Proven> {
  const { manifests, config: file, namespace } = options;
  const byFlags = manifests !== undefined || (live !== undefined && namespace !== undefined);
  if (byFlags) {
    if (file !== undefined) {
      const flag = manifests !== undefined ? '-f' : '--namespace';
      throw new CannotRun(`-c and ${flag}: what is to be proven is said by a file or by flags`, {
        remedy: flag === '-f' ? 'leave one of them out' : 'service.namespace in the file says where it lives',
      });
    }
    const objects = live === undefined ? undefined : await live(namespace!);
    const config = await configFromFlags(options, kubectl, objects);
    if (manifests === undefined && existsSync(USUAL))
      process.stderr.write(`rollproof: --namespace: it goes by flags; ${USUAL} is not read\n`);
    return { config, folder: process.cwd(), ...(objects === undefined ? {} : { objects }) };
  }
  const given = ONLY_FLAGS.find((flag) => options[flag] !== undefined);
  if (given !== undefined)
    throw new CannotRun(`--${given} is for a run without a file`, {
      remedy: live === undefined ? 'name the manifests with -f' : 'say where it lives with --namespace',
    });
  const config = readConfig(file ?? USUAL, mode);
  const objects = live === undefined ? undefined : await live(config.service.namespace!);
  return { config, folder: dirname(resolve(file ?? USUAL)), ...(objects === undefined ? {} : { objects }) };
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
