import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CAUSES } from '../../diagnosis/catalogue.ts';
import { packageRoot } from '../../package-root.ts';
import { definitionOf } from './definition-of.ts';
import { preflight } from './preflight.ts';
import { readConfig } from './read-config.ts';

/** The examples of services of one's own: what can be known of them without a cluster. */
const folders = globSync('fixtures/services/*/rollproof.yaml', { cwd: packageRoot })
  .map((file) => join(packageRoot, dirname(file)))
  .sort();
/** A naive variant is one file, which its kustomization names. */
const kubectl = { kubectl: async ([, folder = '']: string[]) => readFileSync(join(folder, 'shop.yaml'), 'utf8') };

test('there are some in Python, in Node, in Go, and one with a database', () => {
  expect(folders.map((folder) => folder.split('/').at(-1))).toEqual([
    'go',
    'gunicorn',
    'node',
    'postgres',
    'uvicorn',
    'waitress',
  ]);
});

describe.each(folders.map((folder) => [folder.split('/').at(-1)!, folder]))('%s', (_, folder) => {
  test('the naive variant has a cause that it is expected to be caught for', async () => {
    const { resolved, risks } = await preflight(readConfig(join(folder, 'naive.yaml')), folder, kubectl);
    const { expect: expectation, when } = definitionOf(resolved);
    const cause = typeof expectation === 'string' ? undefined : expectation.cause;
    expect(CAUSES).toContain(cause);
    expect(when.kind).toBe('rolling');
    expect(risks.length).toBeGreaterThan(0);
  });

  test('the correct one is a patch on it, and is expected to pass', () => {
    const config = readConfig(join(folder, 'rollproof.yaml'));
    expect(config.expect).toBe('pass');
    expect(readdirSync(join(folder, 'correct')).sort()).toEqual(['ending.yaml', 'kustomization.yaml']);
    for (const source of Object.values(config.service.images ?? {}))
      if (typeof source === 'object' && 'build' in source)
        expect(existsSync(join(folder, source.build, 'Dockerfile'))).toBe(true);
  });
});
