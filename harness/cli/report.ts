import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { Command } from 'commander';
import { judgeRun, writeReports } from '../scenario/session.ts';

/** `rollproof report RUN`: judges a saved run again and renders its reports anew, offline. */
export function reportCommand(): Command {
  return new Command('report')
    .description('render the reports of a saved run again, offline')
    .argument('<run>', 'a run folder, such as reports/latest')
    .option('--open', 'open report.html in the browser')
    .action(async (run: string, options: { open?: boolean }) => {
      const { report, histories } = judgeRun(run);
      await writeReports(run, report, histories);
      const page = join(run, 'report.html');
      process.stdout.write(`${page}\n`);
      if (options.open) open(page);
    });
}

/** Where no browser can be started the path is on stdout all the same. */
function open(page: string): void {
  const [command, ...args] =
    process.platform === 'darwin' ? ['open'] : process.platform === 'win32' ? ['explorer'] : ['xdg-open'];
  const child = spawn(command!, [...args, page], { stdio: 'ignore', detached: true });
  child.on('error', () => process.stderr.write(`rollproof: no browser could be started; open ${page} by hand\n`));
  child.unref();
}
