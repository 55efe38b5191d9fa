import { createInterface } from 'node:readline/promises';
import { Listr } from 'listr2';
import { type SetUp, setUpSteps, type Toolchain } from '../cluster/setup.ts';

/** A long step without a terminal says what it is at this often: a CI log is not to be flooded, nor silent. */
const PLAIN_EVERY_MS = 30_000;

/** Gets the machine ready, as a visible list of steps. Where all is there, it takes a second. */
export async function setUp({ quiet }: { quiet: boolean }): Promise<Toolchain> {
  const terminal = process.stdout.isTTY === true && process.stdin.isTTY === true && !quiet;
  const notes: string[] = [];
  const say = (text: string) => {
    if (quiet) return;
    if (terminal) notes.push(text);
    else process.stdout.write(`    ${text}\n`);
  };
  const plan: SetUp = setUpSteps({ say, ask: terminal ? ask : undefined });
  if (quiet) for (const step of plan.steps) await step.run(() => {});
  else if (terminal) await onTerminal(plan);
  else await plain(plan);
  for (const note of notes) process.stdout.write(`    ${note}\n`);
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

async function ask(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^(y|yes|)$/i.test((await terminal.question(`${question} [Y/n] `)).trim());
  } finally {
    terminal.close();
  }
}
