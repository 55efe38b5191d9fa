import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { verdictReference } from '../report/verdict-reference.ts';
import { commands } from './commands.ts';

/** docs/cli.md: every command with its options, as the program itself has them. */
export async function reference(): Promise<string> {
  return `# Commands

<!-- Written by npm run reference, from the commands themselves. -->

\`rollproof COMMAND --help\` says the same. In a clone of this repository it is \`npm run rollproof -- COMMAND\`; where the
package is installed, \`npx rollproof COMMAND\`.

| exit code | |
| ---: | --- |
| 0 | everything came out as expected |
| 1 | something did not |
| 2 | inconclusive: evidence is missing, or the machine was not fit to judge |
| 3 | it could not be run: one line on stderr says what is wrong with which field, file or tool, and nothing is left behind |
| 130 | it was stopped (Ctrl-C; a second one ends it at once, and the next run takes away what it left) |
${(await commands()).map(section).join('')}`;
}

function section(command: Command): string {
  const parts = command.commands.length > 0 ? command.commands : [command];
  const prefix = command.commands.length > 0 ? `${command.name()} ` : '';
  return parts.map((one) => `\n## rollproof ${prefix}${one.name()}\n\n${body(one, prefix)}`).join('');
}

function body(command: Command, prefix: string): string {
  const usage = [
    prefix + command.name(),
    command.options.length > 0 ? '[options]' : '',
    ...command.registeredArguments.map(argument),
  ];
  const about = command.registeredArguments.map((one) => [argument(one), withUsual(one)]);
  const options = command.options
    .filter(({ hidden }) => !hidden)
    .map(({ flags, argChoices, ...one }) => [
      flags,
      withUsual({ ...one, description: [one.description, ...(argChoices ? [argChoices.join(', ')] : [])].join(': ') }),
    ]);
  const rows = [...about, ...options].map(([left = '', right = '']) => `| \`${left}\` | ${cell(right)} |\n`);
  const table = rows.length === 0 ? '' : `\n| | |\n| --- | --- |\n${rows.join('')}`;
  return `\`rollproof ${usage.filter(Boolean).join(' ')}\`: ${command.description()}.\n${table}`;
}

function withUsual({ description, defaultValue }: { description: string; defaultValue?: unknown }): string {
  if (defaultValue === undefined || /\(default:/.test(description)) return description;
  return `${description} (default: ${told(defaultValue)})`;
}

const argument = (one: Command['registeredArguments'][number]): string => {
  const text = `${one.name()}${one.variadic ? '...' : ''}`;
  return one.required ? `<${text}>` : `[${text}]`;
};

/** A path of the machine that it was written on says nothing. */
const told = (value: unknown): string => (String(value).includes('/') ? "rollproof's own" : String(value));

const cell = (text: string): string => text.replace(/[|<>]/g, (one) => ({ '|': '\\|', '<': '&lt;' })[one] ?? '&gt;');

const [, script, folder] = process.argv;
if (import.meta.filename === script && folder !== undefined) {
  writeFileSync(join(folder, 'cli.md'), await reference());
  writeFileSync(join(folder, 'verdict.md'), verdictReference());
}
