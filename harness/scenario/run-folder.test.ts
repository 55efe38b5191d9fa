import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { historyFrom, runsIn, writtenReport } from './run-folder.ts';

test('a part of a history is its header and what comes after so many bytes', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'rollproof-')), 'history.jsonl');
  const before = '{"type":"history"}\n{"scenario":"größer"}\n';
  writeFileSync(path, `${before}{"scenario":"two"}\n`);
  expect(historyFrom(path, Buffer.byteLength(before))).toBe('{"type":"history"}\n{"scenario":"two"}\n');
  expect(historyFrom(path, Buffer.byteLength('{"type":"history"}\n'))).toBe(`${before}{"scenario":"two"}\n`);
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
