import { appendFileSync } from 'node:fs';
import { headline } from '../report/headline.ts';
import { printable } from '../report/printable.ts';
import { summary } from '../report/summary.ts';
import { outcomeOf, unexpected } from '../report/unexpected.ts';
import type { RunReport } from '../report/verdict.ts';

/** How the log of a CI system is structured. Outside of one, nothing is written. */
export interface CiLog {
  /** Opens a part of the log that is folded. */
  open(title: string): string;
  close(): string;
  /** Lines that the system shows beside the job. */
  annotations(report: RunReport): string;
}

type Env = Readonly<Record<string, string | undefined>>;

export function ciLog(env: Env = process.env, now: () => number = Date.now): CiLog {
  if (env.GITHUB_ACTIONS === 'true') return github;
  if (env.GITLAB_CI === 'true') return gitlab(now);
  return { open: () => '', close: () => '', annotations: () => '' };
}

const github: CiLog = {
  open: (title) => `::group::${escapeData(printable(title))}\n`,
  close: () => '::endgroup::\n',
  annotations({ scenarios, notRun = [] }) {
    const wrong = scenarios.filter(({ asExpected }) => !asExpected);
    return [
      ...wrong.map((one) => {
        const level = outcomeOf(one) === 'fail' ? 'error' : 'warning';
        return `::${level} title=${escapeProperty(printable(one.name))}::${escapeData(`${unexpected(one)}. ${headline(one)}`)}\n`;
      }),
      ...(notRun.length > 0 ? [`::warning title=rollproof::${notRun.length} scenarios were not run\n`] : []),
    ].join('');
  },
};

/** GitHub's workflow commands end at a line's end; in properties also at these. */
const escapeData = (text: string) => text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
const escapeProperty = (text: string) => escapeData(text).replace(/:/g, '%3A').replace(/,/g, '%2C');

/** Of all logs of this process together: a job's sections need different names. */
let sections = 0;

/** Sections have a name and the second at which they began. */
function gitlab(now: () => number): CiLog {
  let section = '';
  const mark = (what: string) => `\x1b[0Ksection_${what}\r\x1b[0K`;
  const seconds = () => Math.floor(now() / 1000);
  return {
    open(title) {
      sections += 1;
      section = `rollproof_${sections}`;
      return `${mark(`start:${seconds()}:${section}[collapsed=true]`)}${printable(title)}\n`;
    },
    close: () => `${mark(`end:${seconds()}:${section}`)}\n`,
    annotations: () => '',
  };
}

/** GitHub takes no more of a step's summary. */
const MOST_SUMMARY = 1 << 20;

/** Puts summary.md on the job's page, where the CI system gives a file for that. */
export function publishSummary(report: RunReport, env: Env = process.env): void {
  const file = env.GITHUB_STEP_SUMMARY;
  if (file === undefined || file === '') return;
  const text = summary(report);
  const whole = Buffer.byteLength(text) < MOST_SUMMARY;
  // Without its sections it has a line a scenario.
  const short = `${text.slice(0, Math.min(text.indexOf('\n## '), MOST_SUMMARY / 4))}\n\nThe rest is in summary.md: it is longer than this page may be.\n`;
  appendFileSync(file, `${whole ? text : short}\n`);
}
