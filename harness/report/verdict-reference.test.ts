import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../package-root.ts';
import { verdictReference } from './verdict-reference.ts';

const published = readFileSync(join(packageRoot, 'docs/verdict.md'), 'utf8');

test('what is published is what the types say (npm run reference writes it)', () => {
  expect(published).toBe(verdictReference());
});

/** Of what is written by name, such as labels of a patch, the names are not rollproof's. */
const FREE = new Set(['patch', 'images']);

function keysIn(value: unknown, keys = new Set<string>()): Set<string> {
  if (Array.isArray(value)) for (const one of value) keysIn(one, keys);
  else if (value !== null && typeof value === 'object')
    for (const [key, inner] of Object.entries(value)) {
      keys.add(key);
      if (!FREE.has(key)) keysIn(inner, keys);
    }
  return keys;
}

test('every field of a real verdict.json is in it', () => {
  const documented = new Set([...published.matchAll(/`(\w+)`/g)].map(([, name]) => name!));
  const inline = new Set([...published.matchAll(/(\w+): /g)].map(([, name]) => name!));
  const files = globSync('reports/example/verdict.json', { cwd: packageRoot });
  expect(files.map(dirname)).not.toEqual([]);
  const keys = files.flatMap((file) => [...keysIn(JSON.parse(readFileSync(join(packageRoot, file), 'utf8')))]);
  expect(keys.length).toBeGreaterThan(60);
  for (const key of keys) expect(documented.has(key) || inline.has(key), key).toBe(true);
});
