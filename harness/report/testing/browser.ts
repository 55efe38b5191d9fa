import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { onTestFinished } from 'vitest';

export interface OpenedPage {
  page: Page;
  /** What it said on the console, errors that nobody caught, and every address that it asked for but its own. */
  noise: string[];
}

export interface ViewOptions {
  dark?: boolean;
  width?: number;
  height?: number;
  /** Waits until the first timeline is drawn. Default: yes. */
  drawn?: boolean;
}

/** Opens a document from disk, as its reader does. */
export async function openPage(browser: Browser, html: string, options: ViewOptions = {}): Promise<OpenedPage> {
  const folder = mkdtempSync(join(tmpdir(), 'rollproof-page-'));
  const file = join(folder, 'report.html');
  writeFileSync(file, html);
  const { width = 1280, height = 900, dark = false } = options;
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: dark ? 'dark' : 'light' });
  onTestFinished(async () => {
    await context.close();
    rmSync(folder, { recursive: true });
  });
  const page = await context.newPage();
  const noise: string[] = [];
  page.on('console', (message) => noise.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => noise.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    noise.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (request.url() !== pathToFileURL(file).href && !/^(data|blob):/.test(request.url()))
      noise.push(`request: ${request.url()}`);
  });
  await page.goto(pathToFileURL(file).href);
  if (options.drawn !== false) await page.locator('[data-drawn=yes]').first().waitFor();
  return { page, noise };
}
