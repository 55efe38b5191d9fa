import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../package-root.ts';
import { PICTURE, PICTURE_OF } from './pictured.ts';

const read = (path: string) => readFileSync(join(packageRoot, path));

test('the picture in the README is of the report that is checked in (npm run picture)', () => {
  expect(read('README.md').toString()).toContain(`(${PICTURE})`);
  expect(read(`${PICTURE}.of`).toString().trim()).toBe(createHash('sha256').update(read(PICTURE_OF)).digest('hex'));
  // A picture, and not an empty one.
  expect(read(PICTURE).subarray(1, 4).toString()).toBe('PNG');
  expect(read(PICTURE).length).toBeGreaterThan(50_000);
});
