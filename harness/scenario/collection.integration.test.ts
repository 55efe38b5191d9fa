import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../package-root.ts';

test('scenarios of a folder in no package: their nodes, parts of a file one after the other, bail', {
  timeout: 120_000,
}, () => {
  const script = join(packageRoot, 'harness/scenario/testing/collect.ts');
  const file = 'mine/a.scenario.ts';
  const text = execFileSync(process.execPath, ['--conditions=rollproof-source', script], { encoding: 'utf8' });
  expect(JSON.parse(text)).toEqual({
    inHome: true,
    // In each shard, once, whatever was asked for.
    selfTested: [file, 'self-test.scenario.ts'],
    selected: [
      { name: 'one', file },
      { name: 'on three nodes', file, nodes: 3 },
      { name: 'two', file },
    ],
    some: { begun: ['one', 'two'], broken: [] },
    others: { begun: ['on three nodes'], broken: [] },
    // None of them came out as expected: those that are left are not begun, and are not called broken.
    bailOne: { begun: ['one'], broken: [] },
    bailTwo: { begun: ['one', 'on three nodes'], broken: [] },
  });
});
