import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { historyFrom } from './run-folder.ts';

test('a part of a history is its header and what comes after so many bytes', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'rollproof-')), 'history.jsonl');
  const before = '{"type":"history"}\n{"scenario":"größer"}\n';
  writeFileSync(path, `${before}{"scenario":"two"}\n`);
  expect(historyFrom(path, Buffer.byteLength(before))).toBe('{"type":"history"}\n{"scenario":"two"}\n');
  expect(historyFrom(path, Buffer.byteLength('{"type":"history"}\n'))).toBe(`${before}{"scenario":"two"}\n`);
});
