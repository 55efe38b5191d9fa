import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inObjects, scenariosOf } from '../history/select.ts';
import type { History } from '../history/types.ts';
import { reportPage } from '../report/page/page.ts';
import { judge } from './judge.ts';
import { readHistory, streamHistory } from './run-folder.ts';
import { caseNames, HISTORIES } from './testing/recorded-cases.ts';

const page = (history: History) => {
  const { scenarios, verdict } = judge(history);
  const run = { schema: 1, rollproof: '0', run: 'r', startedAt: history.header.epoch, verdict, cluster: null } as const;
  return reportPage({ report: { ...run, scenarios }, histories: scenariosOf(history) });
};

describe('read a part at a time, requests in columns, a history comes to the same', () => {
  test.for(caseNames())('%s', async (name) => {
    const [whole, streamed] = [readHistory(join(HISTORIES, name)), await streamHistory(join(HISTORIES, name))];
    const thrown = (history: History) => {
      try {
        return judge(history);
      } catch (error) {
        return String(error);
      }
    };
    expect(thrown(streamed)).toEqual(thrown(whole));
    expect(JSON.stringify(streamed)).toBe(JSON.stringify(whole));
  });

  test.for(['real-article-app', 'real-blue-green', 'good-roll-all-lanes'])('also in report.html: %s', async (name) => {
    const folder = join(HISTORIES, name);
    expect(await page(await streamHistory(folder))).toBe(await page(readHistory(folder)));
  });
});

test('of a file that grows, its header and what comes after so many bytes', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'rollproof-')), 'history.jsonl');
  const header = '{"type":"history","schema":1,"rollproof":"0","run":"r","epoch":"2026-01-01T00:00:00.000Z"}\n';
  const line = (scenario: string) => `{"type":"marker","id":"1","t":1,"scenario":"${scenario}","marker":"settled"}\n`;
  writeFileSync(path, `${header}${line('größer')}${line('two')}`);
  const scenarios = async (from: number) => (await streamHistory(path, from)).observations.map((one) => one.scenario);
  expect(await scenarios(Buffer.byteLength(`${header}${line('größer')}`))).toEqual(['two']);
  expect(await scenarios(Buffer.byteLength(header))).toEqual(['größer', 'two']);
});

test('as objects, it is what a file that is read as a whole is', async () => {
  const folder = join(HISTORIES, 'real-article-app');
  const [one] = scenariosOf(await streamHistory(folder));
  const [whole] = scenariosOf(readHistory(folder));
  const { requests, observations, started, ...rest } = inObjects(one!);
  expect(requests).toEqual(whole!.requests);
  expect(observations).toEqual(whole!.observations);
  expect(observations).toContain(requests[0]);
  expect(started).toEqual(whole!.started);
  expect(rest.markers).toEqual(whole!.markers);
  expect(rest.lanes).toEqual(whole!.lanes);
  expect(rest.actions).toEqual(whole!.actions);
});

test('requests are in columns', async () => {
  const { observations } = await streamHistory(join(HISTORIES, 'real-article-app'));
  const requests = observations.filter(({ type }) => type === 'request');
  expect(requests.length).toBeGreaterThan(100);
  expect(requests.filter((one) => Object.hasOwn(one, 'status'))).toEqual([]);
});

test('what is no history, or none that can be read, is said', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rollproof-'));
  await expect(streamHistory(folder)).rejects.toThrow(`${folder} holds no history.jsonl.gz`);
  const file = join(folder, 'history.jsonl');
  writeFileSync(file, '{"type":"else"}\n');
  await expect(streamHistory(file)).rejects.toThrow(`${file} cannot be read: not a rollproof history`);
  const zipped = join(folder, 'history.jsonl.gz');
  writeFileSync(zipped, 'no gzip at all');
  await expect(streamHistory(folder)).rejects.toThrow(`${zipped} cannot be read`);
});

test('a byte that is another is found, and what comes before it is read', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rollproof-'));
  const bytes = readFileSync(join(HISTORIES, 'real-article-app/history.jsonl.gz'));
  const whole = readHistory(join(HISTORIES, 'real-article-app')).observations.length;
  bytes[bytes.length - 6]! ^= 1;
  writeFileSync(join(folder, 'history.jsonl.gz'), bytes);
  const { altered, observations } = await streamHistory(folder);
  expect(altered).toMatch(/^the history file is damaged \(incorrect/);
  expect(observations.length).toBe(whole);
});
