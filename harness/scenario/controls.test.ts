import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CAUSES } from '../diagnosis/catalogue.ts';
import { packageRoot } from '../package-root.ts';

/** Causes that no scenario can bring about at will, and why. Each has a recorded history. */
const NO_CONTROL = {
  'headless-dns': 'a headless Service is refused before anything is rolled: it has no address of its own to call',
  'stale-flow': 'it comes about by chance, in some rolls of services with another defect',
  unattributed: 'it is what is left where the evidence does not say',
};

test('each cause has a service with that defect, or a reason why not', () => {
  const files = globSync('scenarios/defects/*.scenario.ts', { cwd: packageRoot });
  const text = files.map((file) => readFileSync(join(packageRoot, file), 'utf8')).join('\n');
  const caught = new Set([...text.matchAll(/cause: '([a-z-]+)'/g)].map(([, cause]) => cause));
  expect([...caught, ...Object.keys(NO_CONTROL)].sort()).toEqual([...CAUSES].sort());
});
