import { installPackages } from '../cluster/packages.ts';
import { chromiumPath } from '../report/testing/chromium.ts';

/** Before the tests that need a browser: they are run, or the run fails; they are never skipped. */
export default async function setup(): Promise<void> {
  if (chromiumPath() !== undefined) return;
  const say = (text: string) => void process.stdout.write(`${text}\n`);
  await installPackages(['chromium'], 'the tests of report.html need a browser', { ask: undefined, say });
}
