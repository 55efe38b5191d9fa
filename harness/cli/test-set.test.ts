import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../package-root.ts';
import { TEST_SET } from './test-set.ts';

/** About three minutes each on a small machine, of 35 in all. */
const MOST = 12;

test('npm test runs a dozen scenarios at most, and each filter selects some', () => {
  const declared = TEST_SET.map((filter) => {
    const files = globSync('scenarios/**/*.scenario.ts', { cwd: packageRoot }).filter((file) => file.includes(filter));
    return files.flatMap((file) => readFileSync(join(packageRoot, file), 'utf8').match(/^scenario\(/gm) ?? []).length;
  });
  for (const [index, count] of declared.entries()) expect(count, TEST_SET[index]).toBeGreaterThan(0);
  expect(declared.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(MOST);
});
