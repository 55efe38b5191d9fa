import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lock, tryLock } from './lock.ts';

const path = () => join(mkdtempSync(join(tmpdir(), 'rollproof-lock-')), 'a.lock');

test('only one holder at a time, and free again after release', () => {
  const file = path();
  const held = tryLock(file);
  expect(held).toBeDefined();
  expect(tryLock(file)).toBeUndefined();
  held?.release();
  held?.release();
  expect(tryLock(file)).toBeDefined();
});

test('a process that is killed gives its lock back', async () => {
  const file = path();
  const script = `import { tryLock } from ${JSON.stringify(new URL('./lock.ts', import.meta.url).pathname)};
    globalThis.held = tryLock(${JSON.stringify(file)}); console.log('held'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  expect(tryLock(file)).toBeUndefined();
  let waited = false;
  const waiting = lock(file, () => (waited = true));
  child.kill('SIGKILL');
  (await waiting).release();
  expect(waited).toBe(true);
});
