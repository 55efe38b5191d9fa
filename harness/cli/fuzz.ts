import { randomInt } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { CannotRun } from '../errors.ts';
import { generate } from '../scenario/fuzz/generate.ts';
import { CORRECT, fuzzedService } from '../scenario/fuzz/service.ts';
import { ACCOUNT_FILE, type FuzzSettings } from '../scenario/fuzz/settings.ts';
import { tellSteps } from '../scenario/fuzz/tell.ts';
import { wholeNumber } from './numbers.ts';

/** Options of `rollproof run --fuzz`. */
export interface FuzzOptions {
  fuzz?: boolean;
  seed?: number;
  seeds?: number;
  steps?: number;
  service?: string;
  shrink?: number;
  quiet?: boolean;
  json?: boolean;
}

/** Where the scenarios of `--fuzz` are. */
export const FUZZ_FOLDER = join(import.meta.dirname, '../scenario/fuzz');

const SEEDS = 2 ** 31;
const STEPS = 20;
/** Enough for one step of twenty, about 10, and for three that only fail together. */
const MOST_RUNS = 16;

export function withFuzz(command: Command): Command {
  return command
    .option('--fuzz', 'random changes to a sample service, instead of the scenarios')
    .option('--seed <n>', 'with --fuzz: where its randomness comes from (default: another each time)', seed)
    .option('--steps <n>', `with --fuzz: changes in a sequence (default: ${STEPS})`, wholeNumber)
    .option('--seeds <n>', 'with --fuzz: so many sequences, from seeds one after the other', wholeNumber)
    .option('--shrink <n>', `with --fuzz: most runs to shorten one that fails (default: ${MOST_RUNS})`, runs)
    .addOption(new Option('--service <folder>', 'with --fuzz: another one of fixtures/manifests').hideHelp());
}

/**
 * What `--fuzz` and its options ask for; undefined without `--fuzz`. The seed is said at once: whatever happens, the
 * sequence can be had again.
 *
 * @throws CannotRun where an option has no meaning without `--fuzz`, or there is no such service.
 */
export function fuzzOf(options: FuzzOptions): FuzzSettings | undefined {
  if (options.fuzz !== true) {
    for (const name of ['seed', 'steps', 'seeds', 'shrink', 'service'] as const) {
      if (options[name] !== undefined)
        throw new CannotRun(`--${name} is an option of --fuzz`, { remedy: 'add --fuzz' });
    }
    return undefined;
  }
  const { seed = randomInt(SEEDS), seeds = 1, steps = STEPS, service = CORRECT, shrink = MOST_RUNS } = options;
  const { from } = fuzzedService(service);
  const all = Array.from({ length: seeds }, (_, index) => (seed + index) % SEEDS);
  const told = seeds === 1 ? `:\n${tellSteps(generate(seed, steps, from))}` : '';
  const which = seeds === 1 ? `seed ${seed}` : `seeds ${all[0]} to ${all.at(-1)}`;
  const say = options.json || options.quiet ? process.stderr : process.stdout;
  say.write(`Fuzz of ${service}, ${which}, ${steps} steps${told}\n`);
  return { seeds: all, steps, service, most: shrink };
}

/** What failing sequences were shrunk to, where any failed. */
export function accountIn(folder: string): string {
  const file = join(folder, ACCOUNT_FILE);
  return existsSync(file) ? `\n${readFileSync(file, 'utf8')}` : '';
}

const seed = (text: string): number => within(text, SEEDS - 1);
const runs = (text: string): number => within(text, 1000);

function within(text: string, most: number): number {
  const value = Number(text);
  if (text !== '' && Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw new InvalidArgumentError(`it has to be a whole number from 0 to ${most}.`);
}
