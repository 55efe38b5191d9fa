import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { scenariosOf } from '../history/select.ts';
import { reportPage } from '../report/page/page.ts';
import { launchChromium } from '../report/testing/chromium.ts';
import { judgeAll } from '../scenario/judge.ts';
import { roll } from './large-roll.ts';
import { median } from './median.ts';

/**
 * `npm run bench -- page`: what report.html costs, of a small run and of one of 100 pods and 1,000,000 requests, side by
 * side: size, time to make it, and the browser's times until something is seen and until the timeline is drawn.
 */
export async function pageBench([times = '7']: string[]): Promise<string> {
  const small = await made('3 pods, 3,000 requests', 3, 3_000);
  const large = await made('100 pods, 1,000,000 requests', 100, 1_000_000);
  const browser = await launchChromium();
  const folder = mkdtempSync(join(tmpdir(), 'rollproof-bench-'));
  try {
    for (let i = 0; i < Number(times); i++)
      for (const one of [small, large]) one.opened.push(await opened(browser, one.html, folder));
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
  const rows = [small, large].map((one) => ({
    run: one.words,
    drops: one.drops,
    megabytes: Number((Buffer.byteLength(one.html) / 1e6).toFixed(2)),
    judgedMs: Math.round(one.judgedMs),
    renderedMs: Math.round(one.renderedMs),
    firstPaintMs: Math.round(median(one.opened.map(({ paintMs }) => paintMs))),
    drawnMs: Math.round(median(one.opened.map(({ drawnMs }) => drawnMs))),
  }));
  const ratio = (pick: (row: (typeof rows)[number]) => number) => (pick(rows[1]!) / pick(rows[0]!)).toFixed(2);
  return [
    JSON.stringify(rows, null, 2),
    `first paint: ${ratio((row) => row.firstPaintMs)} times; drawn: ${ratio((row) => row.drawnMs)} times (medians of ${times}, alternating)`,
  ].join('\n');
}

interface Made {
  words: string;
  html: string;
  drops: number;
  judgedMs: number;
  renderedMs: number;
  opened: { paintMs: number; drawnMs: number }[];
}

async function made(words: string, pods: number, requests: number): Promise<Made> {
  const histories = scenariosOf(roll(pods, requests));
  const begun = performance.now();
  const { scenarios, verdict } = judgeAll(histories);
  const judged = performance.now();
  const report = {
    schema: 1,
    rollproof: 'bench',
    run: 'bench',
    startedAt: '2026-01-01T00:00:00.000Z',
    verdict,
    cluster: null,
    scenarios,
  } as const;
  const html = await reportPage({ report, histories });
  const drops = scenarios[0]!.lanes.reduce((sum, { dropped }) => sum + dropped, 0);
  return {
    words,
    html,
    drops,
    judgedMs: judged - begun,
    renderedMs: performance.now() - judged,
    opened: [],
  };
}

async function opened(browser: Browser, html: string, folder: string): Promise<{ paintMs: number; drawnMs: number }> {
  const file = join(folder, 'report.html');
  writeFileSync(file, html);
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(pathToFileURL(file).href);
  await page.locator('[data-drawn=yes]').first().waitFor();
  const drawnMs = await page.evaluate<number>("performance.getEntriesByName('rollproof-drawn')[0].startTime");
  const paintMs = await page.evaluate<number>("performance.getEntriesByName('first-contentful-paint')[0].startTime");
  await page.close();
  return { paintMs, drawnMs };
}
