import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../package-root.ts';
import { launchChromium } from '../report/testing/chromium.ts';
import { PICTURE, PICTURE_OF, PICTURED } from './pictured.ts';

/**
 * `npm run picture`: takes the README's picture of a report from the checked-in example, and notes which one it shows, so
 * that a test can tell when it has become another.
 */
const page = join(packageRoot, PICTURE_OF);
const browser = await launchChromium();
try {
  const tab = await browser.newPage({ viewport: { width: 1200, height: 1000 }, deviceScaleFactor: 2 });
  await tab.goto(`${pathToFileURL(page).href}#${PICTURED}`);
  const scenario = tab.locator(`#${PICTURED}`);
  await scenario.locator('[data-drawn=yes]').waitFor();
  await scenario.locator('.chart').focus();
  await tab.keyboard.press('n');
  const [top, record] = await Promise.all([scenario.boundingBox(), scenario.locator('.record').boundingBox()]);
  if (top === null || record === null) throw new Error('the scenario is not to be seen');
  const height = record.y + record.height - top.y + 12;
  await tab.setViewportSize({ width: 1200, height: Math.ceil(height) + 100 });
  await scenario.scrollIntoViewIfNeeded();
  await tab.evaluate(`document.getElementById('${PICTURED}').scrollIntoView()`);
  const box = (await scenario.boundingBox())!;
  await tab.screenshot({ path: join(packageRoot, PICTURE), clip: { x: box.x, y: box.y, width: box.width, height } });
} finally {
  await browser.close();
}
writeFileSync(join(packageRoot, `${PICTURE}.of`), `${createHash('sha256').update(readFileSync(page)).digest('hex')}\n`);
