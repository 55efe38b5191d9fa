import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { comparisonPage, runsPage } from '../report/page/page.ts';
import { isRunFolder, runsIn, writtenReport } from '../scenario/run-folder.ts';
import { judgeRun, writeReports } from '../scenario/saved-run.ts';

/** `rollproof report`: reports of what is saved, offline. */
export function reportCommand(): Command {
  return new Command('report')
    .description('render the reports of a saved run again; of two runs, side by side; of a folder of runs, their trend')
    .argument('<run>', 'a run folder, such as reports/latest, or a folder of runs')
    .argument('[run2]', 'another run folder, to be compared with the first')
    .option('--open', 'open the page in the browser')
    .action(async (run: string, run2: string | undefined, options: { open?: boolean }) => {
      const page = await render(run, run2);
      process.stdout.write(`${page}\n`);
      if (options.open) open(page);
    });
}

/** @returns the path of the page */
async function render(run: string, run2: string | undefined): Promise<string> {
  if (run2 !== undefined) {
    const [before, after] = [await judgeRun(run), await judgeRun(run2)];
    return write(run2, `compared-with-${before.report.run}.html`, await comparisonPage(before, after));
  }
  if (isRunFolder(run)) {
    await writeReports(run, await judgeRun(run));
    return join(run, 'report.html');
  }
  return write(run, 'trend.html', await runsPage(runsIn(run).map(writtenReport)));
}

function write(folder: string, name: string, page: string): string {
  const path = join(folder, name);
  writeFileSync(path, page);
  return path;
}

/** Where no browser can be started the path is on stdout all the same. */
function open(page: string): void {
  const [command, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  const child = spawn(command!, [...args, page], { stdio: 'ignore', detached: true });
  child.on('error', () => process.stderr.write(`rollproof: no browser could be started; open ${page} by hand\n`));
  child.unref();
}

const OPENERS: Partial<Record<NodeJS.Platform, string[]>> = { darwin: ['open'], win32: ['explorer'] };
