import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { packageRoot } from '../package-root.ts';
import { clusterCommand } from './cluster.ts';
import { doctorCommand } from './doctor.ts';
import { initCommand } from './init.ts';
import { judgeCommand } from './judge.ts';
import { reportCommand } from './report.ts';
import { runCommand } from './run.ts';
import { verifyCommand } from './verify.ts';

const COMMANDS = [
  runCommand(),
  verifyCommand(),
  initCommand(),
  judgeCommand(),
  reportCommand(),
  clusterCommand(),
  doctorCommand(),
];
const named = new Map<string, Command>(COMMANDS.map((command) => [command.name(), command]));

const files = globSync(['README.md', 'docs/**/*.md', 'docs/ci/*'], { cwd: packageRoot });

/** Every call of rollproof in a file: its command, and the flags that it has there. */
function calls(file: string): { line: string; command: string; flags: string[] }[] {
  const text = readFileSync(join(packageRoot, file), 'utf8');
  return text.split('\n').flatMap((line) => {
    // In prose, `verify --static` may stand for it.
    const [, command = '', rest = ''] = /\brollproof (?:-- )?([a-z]+)\b([^`#;|)]*)/.exec(line) ?? [];
    if (!named.has(command)) return [];
    return [{ line, command, flags: rest.match(/(?<=\s)--?[a-z][a-z-]*/g) ?? [] }];
  });
}

const all = files.flatMap((file) => calls(file).map((call) => ({ file, ...call })));

test('the documents call every command', () => {
  expect(new Set(all.map(({ command }) => command))).toEqual(new Set(named.keys()));
  expect(all.length).toBeGreaterThan(40);
});

test.each(all)('$file: $line', ({ command, flags }) => {
  const { options, commands } = named.get(command)!;
  const known = [...options, ...commands.flatMap((child) => child.options)].flatMap(({ short, long }) => [short, long]);
  for (const flag of flags) expect(known, `${command} ${flag}`).toContain(flag);
});

describe('workflows to be copied', () => {
  test.each(globSync('docs/ci/*.yml', { cwd: packageRoot }))(
    '%s is YAML, and keeps the reports of what failed',
    (file) => {
      const text = readFileSync(join(packageRoot, file), 'utf8');
      expect(() => parse(text)).not.toThrow();
      expect(text).toMatch(/if: always\(\)|when: always/);
    },
  );
});
