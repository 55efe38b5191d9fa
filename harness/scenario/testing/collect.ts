import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collectScenarios } from '../collection.ts';
import type { RunContext, ScenarioMessage } from '../context.ts';

/**
 * Collects scenarios of a folder that is in no package, and runs some where there is no cluster: each that is begun ends
 * at once. Prints what came of it as JSON. A process of its own: Vitest does not start within one of its workers.
 */
const FILE = `
import { restart, sampleService, scenario } from 'rollproof';
const common = { given: sampleService('fixed', 'correct'), when: restart(), expect: 'pass' as const };
scenario('one', common);
scenario('on three nodes', { ...common, on: { nodes: 3 } });
scenario('two', common);
`;

const home = mkdtempSync(join(tmpdir(), 'rollproof-'));
const folder = join(home, 'mine');
mkdirSync(folder);
writeFileSync(join(folder, 'a.scenario.ts'), FILE);
// Of a run that has begun.
writeFileSync(join(home, 'history.jsonl'), '');
const all = await collectScenarios(folder, []);
const { selected } = all;

async function run(names: string[], bail?: number): Promise<{ begun: string[]; broken: string[] }> {
  const context = {
    run: 'collection-test',
    folder: home,
    epoch: new Date().toISOString(),
    root: home,
    cluster: { name: `nowhere-${names.length}-${bail}`, folder: home },
    tools: { kind: 'kind', kubectl: 'kubectl' },
    labels: {},
    ...(bail === undefined ? {} : { bail }),
  } as unknown as RunContext;
  const said: ScenarioMessage[] = [];
  const broken = await all.run(context, names, (message) => void said.push(message), new AbortController().signal);
  const begun = said.filter(({ type }) => type === 'started').map(({ scenario }) => scenario);
  return { begun, broken: broken.map(({ name }) => name) };
}

const files = async (options: object) => {
  const collection = await collectScenarios(folder, ['two'], options);
  await collection.close();
  return collection.selected.map(({ file }) => file);
};

const results = {
  inHome: all.root === home,
  selfTested: await files({ selfTest: true, repeat: 2, shard: '2/2' }),
  selected,
  some: await run(['one', 'two']),
  others: await run(['on three nodes']),
  bailOne: await run(['one', 'on three nodes', 'two'], 1),
  bailTwo: await run(['one', 'on three nodes', 'two'], 2),
};
await all.close();
rmSync(home, { recursive: true });
// The scenarios that failed, as there is no cluster, are Vitest's business: this script did what it had to.
process.exitCode = 0;
process.stdout.write(JSON.stringify(results));
