import { Command } from 'commander';
import { writeVerdict } from '../report/verdict-json.ts';
import { reportFrugally } from '../scenario/apart.ts';
import { exitCodeOf } from './exit-code.ts';
import { printOutcome } from './outcome.ts';

/** `rollproof judge RUN`: judges a saved run again, offline, and exits as its verdict. */
export function judgeCommand(): Command {
  return new Command('judge')
    .description('judge a saved run again, offline')
    .argument('<run>', 'a run folder, such as reports/latest')
    .option('--json', 'verdict.json alone on stdout')
    .option('--write', "write the run folder's verdict.json anew")
    .action(async (run: string, options: { json?: boolean; write?: boolean }) => {
      const report = await reportFrugally(run);
      if (options.write) writeVerdict(run, report);
      if (options.json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
      else printOutcome(report, run);
      process.exitCode = exitCodeOf(report.verdict);
    });
}
