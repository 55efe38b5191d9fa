import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { goodRoll } from '../history/testing/build.ts';
import { around, writeDiagnostics } from './diagnostics.ts';
import { outcomesOf } from './outcome.ts';

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
const line = (second: number, text: string) => `${at(second)} stdout F ${text}`;

test('objects as they were last seen, gone ones too; events; the logs', () => {
  const run = mkdtempSync(join(tmpdir(), 'rollproof-'));
  const history = goodRoll().event(12, 'a1', 'Unhealthy', 'probe failed').request(14, { status: 500 }).whole();
  const [outcome] = outcomesOf(history);
  const log = { pod: 'a1', container: 'app', restart: 0, text: `${line(1, 'hello')}\n` };
  writeDiagnostics(run, 'ns-1', outcome!, [log]);
  const read = (name: string) => readFileSync(join(run, 'diagnostics/ns-1', name), 'utf8');
  expect(read('outcome.txt')).toContain('fail no-drops: dropped: new 1 of');
  expect(read('objects.yaml')).toMatch(/^# Pod a1, gone$/m);
  expect(read('objects.yaml')).toMatch(/^# Deployment web\nkind: Deployment$/m);
  expect(read('events.txt')).toBe('2026-01-01T00:00:12.000Z   a1: Unhealthy: probe failed\n');
  expect(read('logs/a1_app_0.log')).toBe(log.text);
});

test('a long log is cut down to what was written around the witnesses, or to its end where there are none', () => {
  const long = Array.from({ length: 60 }, (_, second) => line(second, 'x'.repeat(10_000))).join('\n');
  const kept = around(long, [Date.parse(at(30)), Date.parse(at(35))]).split('\n');
  expect(kept[0]).toMatch(/^… of \d+ characters/);
  expect(kept.slice(1, -1).map((one) => one.slice(17, 19))).toEqual(
    Array.from({ length: 26 }, (_, i) => String(20 + i)),
  );
  expect(around(long, [])).toHaveLength((256 << 10) + `… the last of ${long.length} characters:\n`.length);
});
