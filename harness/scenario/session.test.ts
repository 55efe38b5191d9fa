import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { StartedCluster } from '../cluster/kind.ts';
import { encodeLine } from '../history/codec.ts';
import { packageRoot } from '../package-root.ts';
import { junit } from '../report/junit.ts';
import { summary } from '../report/summary.ts';
import type { ClusterSource } from './cluster-source.ts';
import { readHistory } from './run-folder.ts';
import { reportOf } from './saved-run.ts';
import { startSession } from './session.ts';

const { header, observations } = readHistory(join(packageRoot, 'fixtures/histories/good-roll'));
const ran = observations[0]!.scenario;

/** The report of a run that set out to do these scenarios, and came to the first. */
function reportFor(selected?: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'rollproof-'));
  const lines = [{ ...header, ...(selected === undefined ? {} : { selected }) }, ...observations];
  writeFileSync(join(folder, 'history.jsonl'), lines.map(encodeLine).join(''));
  return reportOf(folder);
}

test('a run that came to all of its scenarios passes', async () => {
  expect(await reportFor([ran])).toMatchObject({ verdict: 'pass' });
  expect(await reportFor([ran])).not.toHaveProperty('notRun');
});

test('what a run did not come to is named, and keeps it from passing', async () => {
  const report = await reportFor([ran, 'one <more>', 'another']);
  expect(report).toMatchObject({ verdict: 'inconclusive', notRun: ['one <more>', 'another'] });
  expect(report.scenarios).toHaveLength(1);
});

test('JUnit has it as skipped, the summary as not run', async () => {
  const report = await reportFor([ran, 'one <more>']);
  expect(junit(report)).toMatch(/<testsuites [^>]*tests="2" failures="0" errors="0">/);
  expect(junit(report)).toContain('name="one &lt;more&gt;"><skipped message="the run did not come to it"/></testcase>');
  expect(summary(report)).toContain('| one \\<more\\> | not run |');
});

test('a history that does not say what was set out to be done is judged by what is in it', async () => {
  expect(await reportFor()).toMatchObject({ verdict: 'pass' });
});

test('the logs of each cluster of a run are kept, though all have the name of the run', async () => {
  vi.stubEnv('XDG_STATE_HOME', mkdtempSync(join(tmpdir(), 'rollproof-state-')));
  const out = mkdtempSync(join(tmpdir(), 'rollproof-reports-'));
  const kept: string[] = [];
  const source: ClusterSource = {
    async bringUp(run, count) {
      const name = `rollproof-${run}`;
      const nodes = Array.from({ length: count }, (_, index) => `${name}-${index}`);
      const cluster = { name, nodes, exportLogs: async (into: string) => void kept.push(into) };
      const place = { cluster: { name, folder: '' }, tools: { kind: '', kubectl: '' }, k6Image: '' };
      const facts = {
        provider: 'kind',
        version: 'v1',
        nodes: count,
        nodeImage: 'built',
        proxyMode: 'iptables',
      } as const;
      return { cluster: cluster as unknown as StartedCluster, facts, words: '', place };
    },
    async release() {},
    async takeDown() {},
    undoing: () => '',
    dispose() {},
  };
  const common = { source, out, root: out, selected: [], keep: false, proveFix: false, exportLogs: true, warn() {} };
  const session = await startSession({ ...common, signal: new AbortController().signal });
  for (const nodes of [1, 3]) {
    await session.bringUp(nodes, () => {});
    await session.takeDown();
  }
  await session.release();
  const name = `rollproof-${session.run}`;
  expect(kept.map((path) => path.slice(session.folder.length))).toEqual([
    `/diagnostics/${name}-1-node`,
    `/diagnostics/${name}-3-nodes`,
  ]);
});
