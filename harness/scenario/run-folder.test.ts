import { mkdirSync, mkdtempSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRunFolder, runsIn, writtenReport } from './run-folder.ts';

test('nobody else can look into a run folder; what is above it is as it was', () => {
  const parent = join(mkdtempSync(join(tmpdir(), 'rollproof-')), 'reports');
  const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);
  expect(mode(createRunFolder(parent, 'r1'))).toBe('700');
  expect(mode(parent)).not.toBe('700');
  mkdirSync(join(parent, 'r2'), { mode: 0o755 });
  expect(mode(createRunFolder(parent, 'r2'))).toBe('700');
});

test('the runs in a folder, each once; a folder without any is no place to look', () => {
  const parent = mkdtempSync(join(tmpdir(), 'rollproof-'));
  expect(() => runsIn(parent)).toThrow(/is neither a run folder nor a folder of runs/);
  for (const run of ['b', 'a', 'other']) mkdirSync(join(parent, run));
  for (const run of ['b', 'a']) writeFileSync(join(parent, run, 'verdict.json'), '{"run":');
  symlinkSync('b', join(parent, 'latest'));
  expect(runsIn(parent)).toEqual([join(parent, 'a'), join(parent, 'b')]);
  expect(() => writtenReport(join(parent, 'a'))).toThrow(/verdict\.json cannot be read/);
});
