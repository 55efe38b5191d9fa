#!/usr/bin/env node
import './stop-at-once.ts';
import { Command, CommanderError } from 'commander';
import { CannotRun, refusedByMachine } from '../errors.ts';
import { printableLines } from '../report/printable.ts';
import { VERSION } from '../version.ts';
import { commands } from './commands.ts';

/** Exit codes: 0 pass, 1 fail, 2 inconclusive, 3 could not run, 130 Ctrl-C. */
async function main(argv: string[]): Promise<void> {
  const program = new Command('rollproof')
    .description('Prove that a Kubernetes rollout drops nothing, or show the request it dropped and why.')
    .version(VERSION)
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  for (const command of await commands(argv[2])) program.addCommand(inherit(command));
  try {
    await program.parseAsync(argv);
  } catch (error) {
    process.exitCode = report(error, program);
  }
}

/** Sub-commands made elsewhere get the same way of ending. */
function inherit(command: Command): Command {
  command.exitOverride().configureOutput({ writeErr: () => {} });
  for (const child of command.commands) inherit(child);
  return command;
}

function report(error: unknown, program: Command): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    if (error.code === 'commander.help') process.stderr.write(program.helpInformation());
    else
      process.stderr.write(
        `rollproof: ${error.message.replace(/^error: /, '').replace(/\n/g, ' ')} (see rollproof --help)\n`,
      );
    return 3;
  }
  if (error instanceof CannotRun) {
    process.stderr.write(`rollproof: ${printableLines(error.words)}\n`);
    return error.exitCode;
  }
  const refused = refusedByMachine(error);
  if (refused !== undefined) {
    process.stderr.write(`rollproof: ${printableLines(refused)}\n`);
    return 3;
  }
  process.stderr.write(`rollproof: unexpected: ${error instanceof Error ? error.stack : String(error)}\n`);
  return 3;
}

// Whoever reads it (`| head`) may have seen enough, and a terminal may be closed.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
  });

await main(process.argv);
