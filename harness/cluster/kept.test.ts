import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CannotRun } from '../errors.ts';
import { lockCluster, provideNodes } from './kept.ts';
import { tryLock } from './lock.ts';
import { forgetRun, keptClusterOf, noteKeptCluster, runLockPath, unreleasedRuns } from './state.ts';

beforeEach(() => void vi.stubEnv('XDG_STATE_HOME', mkdtempSync(join(tmpdir(), 'rollproof-'))));
afterEach(() => void vi.unstubAllEnvs());

test('a cluster with nodes enough will do; with fewer it says how to get one', () => {
  const desk = { name: 'desk', nodes: ['desk-control-plane', 'desk-worker', 'desk-worker2'] };
  expect(() => provideNodes(desk, 1)).not.toThrow();
  expect(() => provideNodes(desk, 3)).not.toThrow();
  expect(() => provideNodes(desk, 4)).toThrow(CannotRun);
  expect(() => provideNodes(desk, 4)).toThrow('ask for 4 nodes, and of the cluster desk 3 run');
});

test('one run at a time works on a cluster that stays, also after one that let go of it', () => {
  const first = lockCluster('desk');
  expect(() => lockCluster('desk')).toThrow('another run works on the cluster desk');
  expect(() => lockCluster('other').release()).not.toThrow();
  first.release();
  expect(() => lockCluster('desk').release()).not.toThrow();
});

test('of a run that was not released it is known which cluster it worked on, and of one that was, nothing', () => {
  const run = '20260101-000000-abcd';
  tryLock(runLockPath(run))?.release();
  expect(keptClusterOf(run)).toBeUndefined();
  noteKeptCluster(run, 'desk');
  expect([unreleasedRuns(), keptClusterOf(run)]).toEqual([[run], 'desk']);
  forgetRun(run);
  expect([unreleasedRuns(), keptClusterOf(run)]).toEqual([[], undefined]);
});
