import { Listr } from 'listr2';
import { mayInstall, type SetUp, setUpSteps, type Toolchain } from '../cluster/setup.ts';
import { ask, hasTerminal } from './ask.ts';
import { ciLog } from './ci.ts';

/** A long step without a terminal says what it is at this often: a CI log is not to be flooded, nor silent. */
const PLAIN_EVERY_MS = 30_000;

/** Gets the machine ready, as a visible list of steps. Where all is there, it takes a second. */
export async function setUp({ quiet }: { quiet: boolean }): Promise<Toolchain> {
  const terminal = hasTerminal() && !quiet;
  const notes: string[] = [];
  const say = (text: string) => {
    if (quiet) return;
    if (terminal) notes.push(text);
    else process.stdout.write(`    ${text}\n`);
  };
  let consent: boolean | undefined;
  const plan: SetUp = setUpSteps({ say, ask: terminal ? async () => consent === true : undefined });
  if (terminal) consent = await askFirst(plan);
  const ci = ciLog();
  if (!quiet) process.stdout.write(ci.open('Set-up'));
  if (quiet) for (const step of plan.steps) await step.run(() => {});
  else if (terminal) await onTerminal(plan);
  else await plain(plan);
  for (const note of notes) process.stdout.write(`    ${note}\n`);
  if (!quiet) process.stdout.write(ci.close());
  return plan.toolchain();
}

async function onTerminal(plan: SetUp): Promise<void> {
  const tasks = plan.steps.map((step) => ({
    title: step.title,
    task: async (_: unknown, task: { title: string; output: string }) => {
      const started = performance.now();
      let text = '';
      const tick = setInterval(() => {
        if (text !== '') task.output = `${text} (${elapsed(started)})`;
      }, 500);
      try {
        const detail = await step.run((now) => {
          text = now;
        });
        task.title = `${step.title}: ${detail} (${elapsed(started)})`;
      } finally {
        clearInterval(tick);
      }
    },
  }));
  await new Listr(tasks, { registerSignalListeners: false, rendererOptions: { collapseErrors: false } }).run();
}

async function plain(plan: SetUp): Promise<void> {
  for (const step of plan.steps) {
    const started = performance.now();
    let printed = started;
    const detail = await step.run((text) => {
      if (performance.now() - printed < PLAIN_EVERY_MS) return;
      printed = performance.now();
      process.stdout.write(`    … ${text} (${elapsed(started)})\n`);
    });
    process.stdout.write(`✔ ${step.title}: ${detail} (${elapsed(started)})\n`);
  }
}

function elapsed(since: number): string {
  const seconds = (performance.now() - since) / 1000;
  return seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** Asked before the list is drawn: a question in the middle of it would be drawn over. */
async function askFirst(plan: SetUp): Promise<boolean> {
  const packages = process.getuid?.() === 0 && process.env.ROLLPROOF_INSTALL !== 'never' ? await mayInstall(plan) : [];
  return (
    packages.length === 0 || ask(`Set-up may have to install ${packages.join(' and ')} with apt-get. Go ahead?`, 'yes')
  );
}
