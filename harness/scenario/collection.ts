import { existsSync, globSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { distance } from 'fastest-levenshtein';
import {
  BaseSequencer,
  createVitest,
  type TestCase,
  type TestModule,
  type TestSpecification,
  type Vitest,
} from 'vitest/node';
import { CannotRun } from '../errors.ts';
import { packageRoot } from '../package-root.ts';
import { channelOf, type RunContext, type RunMessage, type ScenarioMessage } from './context.ts';
import type { FuzzSettings } from './fuzz/settings.ts';
import { shardOf } from './groups.ts';
import { whileRead } from './output.ts';
import { SELF_TEST, shownPath } from './self-test/file.ts';
import type { VerifySettings } from './verify/settings.ts';
import { wordsOfError } from './words-of-error.ts';

export interface DeclaredScenario {
  name: string;
  /** Relative to `root`. */
  file: string;
  /** Nodes that it asks for, where it does. */
  nodes?: number;
}

/** The scenarios under a folder, found without running any. */
export interface ScenarioCollection {
  readonly selected: DeclaredScenario[];
  /** What their files' paths are relative to: the parent of the folder. */
  readonly root: string;
  /** Runs some of the selected ones, one after the other, in the order of `selected`. */
  run(
    context: RunContext,
    names: string[],
    listen: (message: ScenarioMessage) => void,
    signal: AbortSignal,
  ): Promise<BrokenScenario[]>;
  close(): Promise<void>;
}

/** A scenario that ended in an error instead of a verdict. */
export interface BrokenScenario {
  name: string;
  message: string;
}

/** Relative to the folder of the scenarios. */
const FILES = '**/*.scenario.ts';

/**
 * The folder of the scenarios: what was asked for, else `scenarios` where the command was called, else the package's own.
 *
 * @throws CannotRun where the folder that was asked for, or any of those, has no scenario file.
 */
export function scenariosFolder(asked?: string, cwd: string = process.cwd(), own: string = packageRoot): string {
  const holds = (folder: string) => existsSync(folder) && globSync(FILES, { cwd: folder }).length > 0;
  if (asked !== undefined) {
    const folder = resolve(cwd, asked);
    if (holds(folder)) return folder;
    throw new CannotRun(`${folder} holds no scenario`, { remedy: 'scenarios are in files *.scenario.ts' });
  }
  const usual = [join(cwd, 'scenarios'), join(own, 'scenarios')];
  const found = usual.find(holds);
  if (found !== undefined) return found;
  throw new CannotRun(`there is no scenario in ${usual[0]}`, {
    remedy: 'scenarios are in files *.scenario.ts; `rollproof verify` reads a rollproof.yaml',
  });
}

export interface CollectionOptions {
  shard?: string;
  repeat?: number;
  fuzz?: FuzzSettings | null;
  verify?: VerifySettings | null;
  /** With the service that is known to be bad, in each shard. */
  selfTest?: boolean;
}

/**
 * Finds the scenario files (`*.scenario.ts`) in a folder and selects those whose name or file contains one of the
 * filters, without regard to case; all of them where there is no filter. Of these, `shard` ("1/4") takes a part.
 *
 * @throws CannotRun where a filter matches nothing, naming the nearest, or where a file does not load.
 */
export async function collectScenarios(
  folder: string,
  filters: string[],
  { shard, repeat = 1, fuzz = null, verify = null, selfTest = false }: CollectionOptions = {},
): Promise<ScenarioCollection> {
  const restoreSignals = keepSignals();
  const root = dirname(folder);
  const vitest = await createVitest(
    'test',
    {
      root,
      dir: folder,
      config: false,
      watch: false,
      include: [
        FILES,
        ...(COMPILED && folder.startsWith(import.meta.dirname) ? ['**/*.scenario.js'] : []),
        ...(selfTest ? [SELF_TEST] : []),
      ],
      // One process, one thread: the channel to it is a BroadcastChannel, and scenarios never run side by side.
      pool: 'threads',
      maxWorkers: 1,
      fileParallelism: false,
      sequence: { sequencer: ByName },
      isolate: false,
      reporters: [{}],
      passWithNoTests: true,
      // A test that drives a rollout takes minutes; one that hangs ends in words.
      testTimeout: 15 * 60_000,
    },
    {
      ssr: { resolve: { conditions: CONDITIONS, externalConditions: CONDITIONS } },
      // The command's own library, also where the folder is in no package that has it.
      resolve: { conditions: CONDITIONS, alias: [{ find: /^rollproof$/, replacement: LIBRARY }] },
    },
    // Vitest waits until its output is written, also where nobody reads it any more.
    { stdout: whileRead(process.stdout), stderr: whileRead(process.stderr) },
  );
  restoreSignals();
  vitest.provide('repeat', repeat);
  vitest.provide('fuzz', fuzz);
  vitest.provide('verify', verify);
  try {
    const { testModules, unhandledErrors } = await vitest.collect([], { staticParse: false });
    const broken = testModules.find((module) => module.errors().length > 0);
    if (broken !== undefined) {
      throw new CannotRun(`${relative(root, broken.moduleId)} does not load: ${broken.errors()[0]!.message}`);
    }
    if (unhandledErrors.length > 0)
      throw new CannotRun(`the scenarios do not load: ${wordsOfError(unhandledErrors[0])}`);
    const cases = testModules
      .toSorted((a, b) => a.moduleId.localeCompare(b.moduleId))
      .flatMap((module) => [...module.children.allTests()]);
    const [own, others] = [cases.filter(isSelfTest), cases.filter((one) => !isSelfTest(one))];
    const chosen = choose(others, root, filters);
    return collection(vitest, root, [...(shard === undefined ? chosen : shardOf(chosen, shard)), ...own]);
  } catch (error) {
    await vitest.close();
    throw error;
  }
}

/** The library as this file belongs to it: sources, or what was compiled. */
const COMPILED = import.meta.url.endsWith('.js');
const LIBRARY = join(import.meta.dirname, '..', COMPILED ? 'index.js' : 'index.ts');
const isSelfTest = ({ module }: TestCase) => module.moduleId === SELF_TEST;
const CONDITIONS = [...(COMPILED ? [] : ['rollproof-source']), 'module', 'node'];

/**
 * Files in the order of their names, not of how long they took last time: a run reads the same each time. The self-test
 * comes last, after what was asked for.
 */
class ByName extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const last = ({ moduleId }: TestSpecification) => Number(moduleId === SELF_TEST);
    return files.toSorted((a, b) => last(a) - last(b) || a.moduleId.localeCompare(b.moduleId));
  }
}

/** Vitest's own handlers end the process a millisecond after Ctrl-C: there would be no time to stop the load. */
function keepSignals(): () => void {
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const before = signals.map((signal) => process.listeners(signal));
  return () => {
    for (const [index, signal] of signals.entries()) {
      for (const listener of process.listeners(signal)) {
        if (!before[index]!.includes(listener)) process.off(signal, listener);
      }
    }
  };
}

function choose(cases: TestCase[], root: string, filters: string[]): TestCase[] {
  const duplicate = cases.find((one, index) => cases.findIndex(({ name }) => name === one.name) !== index);
  if (duplicate !== undefined)
    throw new CannotRun(`two scenarios are named "${duplicate.name}"`, { remedy: 'rename one' });
  const text = (one: TestCase) => `${relative(root, one.module.moduleId)} ${one.fullName}`.toLowerCase();
  for (const filter of filters) {
    if (cases.some((one) => text(one).includes(filter.toLowerCase()))) continue;
    throw new CannotRun(`no scenario matches "${filter}"`, {
      remedy: nearest(
        filter,
        cases.map(({ name }) => name),
      ),
    });
  }
  if (filters.length === 0) return cases;
  return cases.filter((one) => filters.some((filter) => text(one).includes(filter.toLowerCase())));
}

/** So many names are shown; of more, those that share most with what was asked for. */
const SHOWN = 5;

function nearest(filter: string, names: string[]): string {
  if (names.length <= SHOWN) return `there are: ${names.map((name) => `"${name}"`).join(', ')}`;
  const wanted = wordsOf(filter);
  const shared = (name: string) =>
    wordsOf(name).filter((one) => wanted.some((word) => distance(word, one) <= word.length / 3)).length;
  const near = names.map((name) => ({ name, common: shared(name) })).filter(({ common }) => common > 0);
  near.sort((a, b) => b.common - a.common);
  const shown = near.slice(0, SHOWN).map(({ name }) => `"${name}"`);
  const all = `rollproof run --list names all ${names.length}`;
  return shown.length === 0 ? all : `nearest: ${shown.join(', ')}; ${all}`;
}

const wordsOf = (text: string): string[] => text.toLowerCase().match(/\w{3,}/g) ?? [];

function collection(vitest: Vitest, root: string, cases: TestCase[]): ScenarioCollection {
  return {
    root,
    selected: cases.map((one) => ({
      name: one.name,
      file: shownPath(root, one.module.moduleId),
      ...one.meta().rollproof,
    })),
    async run(context, names, listen, signal) {
      const wanted = cases.filter(({ name }) => names.includes(name));
      const channel = new BroadcastChannel(channelOf(context.run));
      const finished = new Set<string>();
      channel.onmessage = (event) => {
        const message = (event as { data: ScenarioMessage }).data;
        if (ENDED.has(message.type)) finished.add(message.scenario);
        // It was not there yet to be told.
        if (message.type === 'started' && signal.aborted) tellToStop();
        if (message.type === 'aborted') cancel();
        listen(message);
      };
      const tellToStop = () => channel.postMessage({ type: 'abort' } satisfies RunMessage);
      const cancel = () => void vitest.cancelCurrentRun('keyboard-input');
      let late: NodeJS.Timeout | undefined;
      // Vitest would end it at once: it has a load to stop first, and evidence to keep.
      const abort = () => {
        tellToStop();
        late = setTimeout(cancel, WIND_DOWN_MS);
      };
      signal.addEventListener('abort', abort, { once: true });
      try {
        vitest.provide('rollproof', context);
        vitest.setGlobalTestNamePattern(new RegExp(`^(${wanted.map((one) => literally(one.fullName)).join('|')})$`));
        const files = new Set(wanted.map((one) => one.module.moduleId));
        const specifications = [...files].flatMap((file) => vitest.getModuleSpecifications(file));
        const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications, false);
        await new Promise((resolve) => setTimeout(resolve, 50)); // the last messages are on their way
        return broken(root, { cases: wanted, modules: testModules, finished, unhandled: unhandledErrors });
      } finally {
        clearTimeout(late);
        signal.removeEventListener('abort', abort);
        channel.close();
      }
    },
    close: () => vitest.close(),
  };
}

/** What a scenario says last. */
const ENDED: ReadonlySet<ScenarioMessage['type']> = new Set(['finished', 'cannot-run', 'aborted']);

/** Longest that one may take to end in order once the run is stopped; then it is given up. */
const WIND_DOWN_MS = 20_000;

const literally = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

interface Ran {
  cases: TestCase[];
  modules: TestModule[];
  finished: Set<string>;
  unhandled: unknown[];
}

function broken(root: string, { cases, modules, finished, unhandled }: Ran): BrokenScenario[] {
  const ran = modules.flatMap((module) => [...module.children.allTests()]);
  const resultOf = (name: string) => ran.find((one) => one.name === name)?.result();
  return cases
    .filter(({ name }) => !finished.has(name) && resultOf(name)?.state !== 'skipped')
    .map(({ name, module }) => {
      const inFile = modules.find(({ moduleId }) => moduleId === module.moduleId)?.errors() ?? [];
      const [error] = [...(resultOf(name)?.errors ?? []), ...inFile];
      if (resultOf(name)?.state === 'passed') return { name, message: 'it drove nothing, so nothing was examined' };
      return {
        name,
        message: wordsOfError(error ?? unhandled[0], {
          path: module.moduleId,
          shown: shownPath(root, module.moduleId),
        }),
      };
    });
}
