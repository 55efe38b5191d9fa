import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../package-root.ts';
import { TEST_SET } from './test-set.ts';

/** About three minutes each on a small machine, of 35 in all. */
const MOST = 12;

/** "scenarios/article/02-….scenario.ts the article's app …": what a filter is looked for in. */
const declared = globSync('scenarios/**/*.scenario.ts', { cwd: packageRoot }).flatMap((file) => {
  const text = readFileSync(join(packageRoot, file), 'utf8');
  return [...text.matchAll(/^scenario\(\s*(['"])(.*)\1,/gm)].map(([, , name]) => `${file} ${name}`);
});

test('npm test runs a dozen scenarios at most, and each filter selects some', () => {
  const selected = (filter: string) => declared.filter((one) => one.toLowerCase().includes(filter.toLowerCase()));
  for (const filter of TEST_SET) expect(selected(filter), filter).not.toEqual([]);
  expect(new Set(TEST_SET.flatMap(selected)).size).toBeLessThanOrEqual(MOST);
  expect(declared.length).toBeGreaterThan(MOST);
});
