import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CannotRun } from '../errors.ts';
import { packageRoot } from '../package-root.ts';
import { scenariosFolder } from './collection.ts';

test('the folder: what was asked for, else scenarios/ here, else those of the package', () => {
  const home = mkdtempSync(join(tmpdir(), 'rollproof-'));
  const mine = join(home, 'mine');
  const here = join(home, 'scenarios');
  const own = join(packageRoot, 'scenarios');
  for (const folder of [mine, here]) mkdirSync(folder);
  expect(() => scenariosFolder('mine', home)).toThrow(CannotRun);
  writeFileSync(join(mine, 'a.scenario.ts'), '');
  expect(scenariosFolder('mine', home)).toBe(mine);
  expect(scenariosFolder(undefined, home)).toBe(own);
  mkdirSync(join(here, 'deep'));
  writeFileSync(join(here, 'deep/b.scenario.ts'), '');
  expect(scenariosFolder(undefined, home)).toBe(here);
  expect(scenariosFolder(undefined, packageRoot)).toBe(own);
  expect(() => scenariosFolder('nowhere', home)).toThrow('holds no scenario');
});

test('where there is none, not in the package either, it is said what else there is', () => {
  const home = mkdtempSync(join(tmpdir(), 'rollproof-'));
  const bare = mkdtempSync(join(tmpdir(), 'rollproof-'));
  expect(() => scenariosFolder(undefined, home, bare)).toThrow(`there is no scenario in ${join(home, 'scenarios')}`);
});
