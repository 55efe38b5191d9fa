import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scenariosOf } from '../../history/select.ts';
import { goodRoll, HistoryBuilder, s, threeUp } from '../../history/testing/build.ts';
import type { History, Observation } from '../../history/types.ts';
import { judgeAll } from '../../scenario/judge.ts';
import { readCase } from '../../scenario/testing/recorded-cases.ts';
import { openPage } from '../testing/browser.ts';
import { launchChromium } from '../testing/chromium.ts';
import { runReport } from '../testing/verdicts.ts';
import { comparisonPage, type JudgedRun, reportPage, runsPage } from './page.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

function judgedOf(...all: History[]): JudgedRun {
  const histories = all.flatMap(scenariosOf);
  const { scenarios, verdict } = judgeAll(histories);
  return { report: runReport(verdict, scenarios), histories };
}

const pageOf = (...histories: History[]): Promise<string> => reportPage(judgedOf(...histories));

/** Milliseconds since the trigger, as the chart says that it shows them. */
async function shown(page: Page): Promise<{ from: number; to: number }> {
  const chart = page.locator('.chart').first();
  return { from: Number(await chart.getAttribute('data-from')), to: Number(await chart.getAttribute('data-to')) };
}

/** How far down in the chart the pointer is told of a drop of this lane. */
async function dropMark(page: Page, { y, height }: { y: number; height: number }, x: number, lane: string) {
  for (let down = height - 70; down > 250; down -= 4) {
    await page.mouse.move(x, y + down);
    const told = await page.locator('.tip').textContent();
    if (told?.startsWith(`lane ${lane},`) && told.includes('a drop is here')) return down;
  }
  throw new Error(`no drop of lane ${lane} was found under the pointer`);
}

async function problems(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<axe.AxeResults>("axe.run(document, { resultTypes: ['violations'] })");
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join(' | ')}`,
    );
}

describe('a roll of the article’s app on a real cluster', () => {
  const real = () => pageOf(readCase('real-article-app').history);

  test('the verdict in one sentence, then the fix, then the evidence; nothing is asked for, nothing complains', async () => {
    const { page, noise } = await openPage(browser, await real());
    await expect(page.locator('h1').textContent()).resolves.toMatch(
      /fail as expected Dropped \d+ of [\d,]+ requests during waves [\d, –]+ of 6: the pods live on after SIGTERM, but accept nothing/,
    );
    const tops = await Promise.all(
      ['h1', '.fix', '.chart', 'table'].map(async (one) => (await page.locator(one).first().boundingBox())!.y),
    );
    expect(tops).toEqual(tops.toSorted((a, b) => a - b));
    expect(noise).toEqual([]);
  });

  test('n goes to the first drop, a click on its mark opens the same record: which, where, when, why', async () => {
    const { page } = await openPage(browser, await real());
    const chart = page.locator('.chart');
    const record = page.locator('.record');
    await chart.focus();
    await page.keyboard.press('n');
    const first = await record.textContent();
    expect(first).toMatch(/(Dropped|Stalled) request, 1 of \d+ lost/);
    while (!(await record.textContent())!.includes('Dropped')) await page.keyboard.press('n');
    const words = (await record.textContent())!;
    expect(words).toMatch(/cause: [a-z-]+ \((certain|likely|unattributed)/);
    expect(words).toMatch(/in wave \d \(\d,\d\)/);
    expect(words).toMatch(/the pod was deleted/);
    const lane = /, lane (.*?)began/.exec(words)![1]!;
    const box = (await chart.boundingBox())!;
    const x =
      box.x + Number.parseFloat((await page.locator('.cursor').getAttribute('style'))!.replace(/^.*left: /, ''));
    await page.keyboard.press('n');
    expect(await record.textContent()).not.toBe(words);
    await page.mouse.click(x, box.y + (await dropMark(page, box, x, lane)));
    expect(await record.textContent()).toBe(words);
  });

  test('keys zoom, move and show all again', async () => {
    const { page } = await openPage(browser, await real());
    await page.locator('.chart').focus();
    await page.keyboard.press('0');
    const all = await shown(page);
    for (let i = 0; i < 4; i++) await page.keyboard.press('+');
    const near = await shown(page);
    expect(near.to - near.from).toBeLessThan((all.to - all.from) / 5);
    await page.keyboard.press('ArrowRight');
    expect((await shown(page)).from).toBeGreaterThan(near.from);
    await page.keyboard.press('0');
    expect(await shown(page)).toEqual(all);
  });

  test('the pointer tells what is under it', async () => {
    const { page } = await openPage(browser, await real());
    const box = (await page.locator('.chart').boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + 160);
    await expect(page.locator('.tip').textContent()).resolves.toMatch(/revision \d.*(ready|terminating|not there)/);
  });

  test.each([
    ['light', { dark: false }],
    ['dark', { dark: true }],
    ['a phone', { width: 390, height: 800 }],
  ])('%s: no serious problem for people who see, hear or move differently', async (_, options) => {
    const { page, noise } = await openPage(browser, await real(), options);
    await page.locator('.chart').focus();
    await page.keyboard.press('n');
    expect(await problems(page)).toEqual([]);
    const wide = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
    expect(wide).toBeLessThanOrEqual(0);
    expect(noise).toEqual([]);
  });

  test('dark is dark', async () => {
    const { page } = await openPage(browser, await real(), { dark: true });
    const color = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    expect(color).toBe('rgb(15, 19, 24)');
  });
});

test('a hundred pods have a row each', async () => {
  const builder = new HistoryBuilder();
  builder.deployment(1, { replicas: 100 }).replicaSet(1, 'web-a', 1, 100);
  for (let i = 0; i < 100; i++) builder.pod(1, `web-a-${i}`);
  builder.mark(5, 'load-ready').request(6).mark(10, 'trigger').replicaSet(11, 'web-b', 2, 100);
  for (let i = 0; i < 100; i++) {
    builder.pod(11 + i / 10, `web-b-${i}`, { owner: 'web-b' });
    builder.pod(12 + i / 10, `web-a-${i}`, { terminating: true }).gone(16 + i / 10, `web-a-${i}`);
  }
  for (let i = 0; i < 500; i++) builder.request(10 + i / 25);
  const html = await pageOf(builder.mark(32, 'tail-end').mark(33, 'load-stopped').whole());
  const { page, noise } = await openPage(browser, html);
  const { height } = (await page.locator('.chart').boundingBox())!;
  expect(height).toBeGreaterThan(200 * 7);
  expect(height).toBeLessThan(200 * 12);
  await page.mouse.move(700, 400);
  expect(noise).toEqual([]);
});

test('a suite has a row a scenario; a link unfolds one, and its timeline is drawn then', async () => {
  const named = (name: string, history: History): History => ({
    ...history,
    observations: history.observations.map((one) => ({ ...one, scenario: name }) as Observation),
  });
  const html = await pageOf(
    named('first', goodRoll().whole()),
    named('second', goodRoll().request(14, { status: 500, request: 'new-bad' }).whole()),
  );
  const { page } = await openPage(browser, html);
  await expect(page.locator('.overview tbody tr').count()).resolves.toBe(2);
  expect(await page.locator('#s2').getAttribute('open')).toBeNull();
  await page.locator('.overview a', { hasText: 'second' }).click();
  await page.locator('#s2 [data-drawn=yes]').waitFor();
  expect(await problems(page)).toEqual([]);
});

test('two runs: what changed in one sentence, and both timelines', async () => {
  const [before, after] = ['real-article-app', 'real-fixed-app'].map((name) => judgedOf(readCase(name).history));
  const { page, noise } = await openPage(browser, await comparisonPage(before!, after!));
  await expect(page.locator('h1').textContent()).resolves.toMatch(
    /^Better: dropped \d+ of [\d,]+ before, 0 of [\d,]+ after/,
  );
  await page.locator('[data-drawn=yes]').nth(1).waitFor();
  await expect(page.locator('.chart').count()).resolves.toBe(2);
  expect(await problems(page)).toEqual([]);
  expect(noise).toEqual([]);
});

test.each([
  ['light', {}],
  ['dark', { dark: true }],
  ['a phone', { width: 390 }],
])('many runs, %s: a cell each, which says in words what its sign and colour say', async (_, options) => {
  const night = (name: string, day: number): JudgedRun['report'] => {
    const { report } = judgedOf(readCase(name).history);
    const scenarios = report.scenarios.map((one) => ({ ...one, name: 'a roll' }));
    return { ...report, scenarios, run: `2026010${day}-000000-abcd`, startedAt: `2026-01-0${day}T00:00:00.000Z` };
  };
  const html = await runsPage([
    night('real-fixed-app', 1),
    night('real-article-app', 2),
    night('requests-not-started', 3),
  ]);
  const { page, noise } = await openPage(browser, html, { ...options, drawn: false });
  const cells = await page.locator('.trend tbody td .hidden').allTextContents();
  expect(cells.map((words) => words.split(',')[0])).toEqual(['pass', 'fail', 'inconclusive']);
  expect(await problems(page)).toEqual([]);
  expect(noise).toEqual([]);
});

test('whatever a cluster says is shown as text', async () => {
  const evil = `<script>alert(1)</script><img src=x onerror=alert(2)>"'\`--><!--\u001b[2J\u202e</textarea></style>`;
  const builder = threeUp(new HistoryBuilder());
  builder.replicaSet(11, 'web-b', 2, 1, { image: evil });
  builder.pod(12, `b1${evil}`, { owner: 'web-b' });
  builder.event(13, `a1${evil}`, evil, `${evil}${'x'.repeat(1_000_000)}`);
  builder.object(13, 'Deployment', 'web', { spec: { replicas: 3, [evil]: evil, paused: evil } });
  builder.request(14, { status: 0, errorCode: 1212, error: evil, request: evil, pod: `b1${evil}`, version: evil });
  builder.add({ type: 'action', t: s(14), action: evil, detail: evil, ok: false });
  builder.add({ type: 'gap', t: s(15), source: evil, from: s(14), to: s(15), reason: evil });
  builder.add({ type: 'test', t: s(16), message: evil });
  const { page, noise } = await openPage(browser, await pageOf(builder.mark(20, 'tail-end').whole()));
  await page.locator('.chart').focus();
  await page.keyboard.press('n');
  await page.locator('.events summary').click();
  const box = (await page.locator('.chart').boundingBox())!;
  for (let y = 20; y < box.height; y += 25) await page.mouse.move(box.x + box.width / 2, box.y + y);
  expect(noise).toEqual([]);
  await expect(page.locator('script').count()).resolves.toBe(2);
  await expect(page.locator('img').count()).resolves.toBe(0);
  await expect(page.locator('.record').textContent()).resolves.toContain('<script>alert(1)</script>');
});
