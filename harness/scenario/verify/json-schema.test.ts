import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { packageRoot } from '../../package-root.ts';
import { jsonSchema } from './json-schema.ts';
import { parseConfig } from './read-config.ts';

const published = readFileSync(join(packageRoot, 'docs/rollproof.schema.json'), 'utf8');
const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(readFileSync(join(packageRoot, 'docs/verify.md'), 'utf8')) ?? [];

test('what is published is what is checked (npm run schema writes it)', () => {
  expect(published).toBe(jsonSchema());
});

/** Read back by another way than it was made. */
const schema = z.fromJSONSchema(JSON.parse(published));
const accepts = (text: string) => schema.safeParse(parse(text)).success;

test('an editor accepts what rollproof accepts, and marks what it refuses', () => {
  expect(() => parseConfig(example, 'f')).not.toThrow();
  expect(accepts(example)).toBe(true);
  for (const [from, to] of [
    ['rate:', 'rat:'],
    ['rate: 60', 'rate: many'],
    ['deployment: web', ''],
    ['rollback: {}', 'rolback: {}'],
    ['expect: pass', 'expect: succeed'],
  ] as const) {
    expect(example).toContain(from);
    expect(accepts(example.replace(from, to)), to).toBe(false);
    expect(() => parseConfig(example.replace(from, to), 'f'), to).toThrow();
  }
});
