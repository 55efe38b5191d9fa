import { styleText } from 'node:util';
import { Command, Option } from 'commander';
import { type Mode, missingRights, roleManifest, rulesFor } from '../cluster/rights.ts';
import { setUpSteps } from '../cluster/setup.ts';
import { undoChanges } from '../cluster/undo.ts';
import { callContext } from './verify-context.ts';

/** `rollproof doctor`: the same list as set-up, as a check. Exit 0, or 3 where something is missing. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('what is there, what is missing, and what to do about it')
    .option('--undo', 'take back what set-up installed or changed on this machine')
    .option('--json', 'as JSON')
    .option('--context <name>', 'what rights a run on this cluster of the kubeconfig needs, and which are missing')
    .option('--namespace <name>', 'with --context: in this namespace, in place of one of the run’s own')
    .addOption(
      new Option('--for <purpose>', 'with --context: what is to be run')
        .choices(['made', 'in-place', 'observe'])
        .default('made'),
    )
    .action(async (options: DoctorOptions) => {
      if (options.context !== undefined) return rights(options.context, options);
      if (options.undo) return undo();
      await check(options.json === true);
    });
}

interface DoctorOptions {
  undo?: boolean;
  json?: boolean;
  context?: string;
  namespace?: string;
  for: Mode;
}

/** Prints what is missing, then a Role that has all that is needed. Exit 0, or 3 where something is missing. */
async function rights(context: string, { namespace, for: purpose }: DoctorOptions): Promise<void> {
  const { cluster } = await callContext(context);
  const rules = rulesFor(purpose, namespace);
  const missing = await missingRights(cluster.api, rules, namespace);
  const mark = missing.length === 0 ? styleText('green', '✔') : styleText('red', '✘');
  const where = namespace === undefined ? 'in a namespace of its own' : `in the namespace ${namespace}`;
  process.stdout.write(
    `${mark} a run on ${context} ${where}: ${missing.length === 0 ? 'all rights are there' : `no right to ${missing.join(', ')}`}\n`,
  );
  process.stdout.write(`\n${roleManifest(rules, namespace)}`);
  process.exitCode = missing.length === 0 ? 0 : 3;
}

async function check(json: boolean): Promise<void> {
  const states = [];
  for (const step of setUpSteps({ ask: undefined, say: () => {} }).steps) {
    const state = await step.check();
    states.push({ id: step.id, ...state });
    if (json) continue;
    const mark = state.ok ? styleText('green', '✔') : styleText('red', '✘');
    process.stdout.write(`${mark} ${step.title.padEnd(12)} ${state.detail}\n`);
    if (!state.ok && state.remedy !== undefined) process.stdout.write(`${' '.repeat(15)}${state.remedy}\n`);
  }
  if (json) process.stdout.write(`${JSON.stringify(states, null, 2)}\n`);
  process.exitCode = states.every(({ ok }) => ok) ? 0 : 3;
}

async function undo(): Promise<void> {
  const undone = await undoChanges();
  for (const line of undone) process.stdout.write(`${line}\n`);
  if (undone.length === 0) process.stdout.write('set-up has changed nothing on this machine\n');
}
