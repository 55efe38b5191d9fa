import { styleText } from 'node:util';
import { Command } from 'commander';
import { setUpSteps } from '../cluster/setup.ts';
import { undoChanges } from '../cluster/undo.ts';

/** `rollproof doctor`: the same list as set-up, as a check. Exit 0, or 3 where something is missing. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('what is there, what is missing, and what to do about it')
    .option('--undo', 'take back what set-up installed or changed on this machine')
    .option('--json', 'as JSON')
    .action(async (options: { undo?: boolean; json?: boolean }) => {
      if (options.undo) return undo();
      await check(options.json === true);
    });
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
