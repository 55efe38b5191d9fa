import { cpSync, existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { roleManifest, rulesFor } from '../cluster/rights.ts';
import { packageRoot } from '../package-root.ts';
import { parseConfig } from '../scenario/verify/read-config.ts';
import { commands } from './commands.ts';
import { reference } from './reference.ts';

const named = new Map<string, Command>((await commands()).map((command) => [command.name(), command]));

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

test('docs/cli.md says what the commands say (npm run reference writes it)', async () => {
  expect(readFileSync(join(packageRoot, 'docs/cli.md'), 'utf8')).toBe(await reference());
});

describe('links', () => {
  const links = files
    .filter((file) => file.endsWith('.md'))
    .flatMap((file) => {
      const text = readFileSync(join(packageRoot, file), 'utf8');
      return [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, to]) => ({ file, to: to! }));
    });

  test('lead to something', () => {
    const lost = links.filter(({ file, to }) => !existsSync(join(packageRoot, dirname(file), to)));
    expect(lost).toEqual([]);
    expect(links.length).toBeGreaterThan(100);
  });
});

/** Blocks of a page that are a command and what it prints: `$ npx rollproof …`. */
function sessions(file: string): { command: string; output: string }[] {
  const text = readFileSync(join(packageRoot, file), 'utf8');
  return [...text.matchAll(/```console\n\$ npx rollproof (.*)\n([\s\S]*?)```/g)].map(
    ([, command = '', output = '']) => ({
      command,
      output,
    }),
  );
}

test('what the tutorial shows is what is printed', { timeout: 60_000 }, async () => {
  const shown = sessions('docs/tutorial.md');
  expect(shown).toHaveLength(1);
  const home = mkdtempSync(join(tmpdir(), 'rollproof-tutorial-'));
  cpSync(join(packageRoot, 'fixtures/services/node/naive'), join(home, 'k8s'), { recursive: true });
  const main = join(packageRoot, 'harness/cli/main.ts');
  for (const { command, output } of shown) {
    const args = ['--conditions=rollproof-source', main, ...command.split(' ')];
    const { stdout } = await execa(process.execPath, args, { cwd: home, env: { NO_COLOR: '1' }, stdin: 'ignore' });
    expect(`${stdout}\n`).toBe(output);
  }
  expect(existsSync(join(home, 'rollproof.yaml'))).toBe(true);
  rmSync(home, { recursive: true });
});

/** Blocks of a page in one language. */
const blocks = (file: string, language: string): string[] =>
  [
    ...readFileSync(join(packageRoot, file), 'utf8').matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, 'g')),
  ].map(([, text = '']) => text);

test.each(blocks('docs/verify.md', 'yaml'))('a rollproof.yaml that is shown is one: %s', (text) => {
  expect(parseConfig(text, 'docs/verify.md').transitions?.length).toBeGreaterThan(0);
});

test('the Role that is shown is the one that doctor prints', () => {
  const [shown = ''] = blocks('docs/existing-cluster.md', 'yaml');
  expect(shown).toMatch(/\n {2}# …\n$/);
  const whole = roleManifest(rulesFor('in-place', 'shop'), 'shop');
  expect(whole.startsWith(shown.replace(/ {2}# …\n$/, ''))).toBe(true);
});

test('the TypeScript that is shown fits the types', { timeout: 120_000 }, async () => {
  const folder = join(packageRoot, 'node_modules/.cache/rollproof/docs');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const exported = Object.keys(await import('../index.ts'));
  const shown = files.filter((file) => file.endsWith('.md')).flatMap((file) => blocks(file, 'ts'));
  expect(shown.length).toBeGreaterThanOrEqual(5);
  // What an earlier block of the page has made.
  const made = ['shop: ServiceUnderTest', 'steady: LoadSettings', 'upgrade: Transition'];
  for (const [index, block] of shown.entries()) {
    const imported = block.match(/import \{([^}]*)\} from 'rollproof'/)?.[1] ?? '';
    const used = exported.filter((name) => new RegExp(`\\b${name}\\(`).test(block) && !imported.includes(name));
    const missing = made.filter((one) => !block.includes(`const ${one.split(':')[0]} `));
    const text = [
      "import type { LoadSettings, ServiceUnderTest, Transition } from 'rollproof';",
      ...(used.length > 0 ? [`import { ${used.join(', ')} } from 'rollproof';`] : []),
      ...missing.map((one) => `declare const ${one};`),
      block,
    ].join('\n');
    writeFileSync(join(folder, `block-${index}.ts`), text);
  }
  const compilerOptions = { noUnusedLocals: false };
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: join(packageRoot, 'tsconfig.json'),
      compilerOptions,
      include: ['*.ts', join(packageRoot, 'harness/checks/canary/cephes.d.ts')],
      exclude: [],
    }),
  );
  const tsc = join(packageRoot, 'node_modules/typescript/bin/tsc');
  const { stdout } = await execa(process.execPath, [tsc, '-p', folder], { reject: false });
  expect(stdout).toBe('');
});
