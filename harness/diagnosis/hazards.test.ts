import { describe, expect, test } from 'vitest';
import { HistoryBuilder, s, threeUp } from '../history/testing/build.ts';
import { hazards } from './hazards.ts';

interface End {
  exitCode: number;
  catches?: boolean;
}

/** a1 and a2 are deleted at 12; a1 ends as told, a2 in order. */
function ended({ exitCode, catches }: End, builder = threeUp()): HistoryBuilder {
  for (const [pod, code] of [
    ['a1', exitCode],
    ['a2', 0],
  ] as const) {
    const container = { pod, container: 'app', containerId: pod };
    if (catches !== undefined)
      builder.add({
        type: 'process',
        t: s(11),
        pod,
        container: 'app',
        command: 'python3 app.py',
        catchesSigterm: catches,
      });
    builder.pod(12, pod, { terminating: true });
    builder.add({ type: 'container', t: s(12.1), ...container, event: 'sigterm' });
    builder.add({ type: 'container', t: s(code === 0 ? 14 : 42), ...container, event: 'exit', exitCode: code });
    builder.gone(code === 0 ? 15 : 43, pod);
  }
  return builder;
}

const found = (builder: HistoryBuilder) => hazards(builder.mark(60, 'tail-end').history());

describe('killed at the end of its grace period, with nothing in hand', () => {
  test('its first process has no handler', () => {
    expect(found(ended({ exitCode: 137, catches: false }))).toEqual([
      {
        cause: 'sigterm-ignored',
        pods: 1,
        of: 2,
        words:
          '1 of 2 pods were killed (SIGKILL) after 30 s of grace: their first process, python3 app.py, has no handler for SIGTERM',
      },
    ]);
  });

  test('it has one, or nobody looked', () => {
    for (const catches of [true, undefined])
      expect(found(ended({ exitCode: 137, ...(catches === undefined ? {} : { catches }) }))).toMatchObject([
        {
          cause: 'grace-too-short',
          pods: 1,
          of: 2,
          words: '1 of 2 pods were killed (SIGKILL) after 30 s of grace: they had not ended by then',
        },
      ]);
  });

  test('before the transition, or without one, it is none of that', () => {
    const before = threeUp();
    const container = { pod: 'a1', container: 'app', containerId: 'a1' };
    before
      .pod(7, 'a1', { terminating: true })
      .add({ type: 'container', t: s(37), ...container, event: 'exit', exitCode: 137 });
    expect(found(before.gone(38, 'a1'))).toEqual([]);
    expect(hazards(new HistoryBuilder().history())).toEqual([]);
  });
});

test('of several containers, the first process of the one that serves counts, and is named', () => {
  const sidecar = (catchesSigterm: boolean) => (builder: HistoryBuilder) =>
    builder.add({ type: 'process', t: s(11), pod: 'a1', container: 'shipper', command: 'sh', catchesSigterm });
  const [deaf, hears] = [sidecar(false), sidecar(true)];
  expect(found(deaf(ended({ exitCode: 137, catches: true })))).toMatchObject([{ cause: 'grace-too-short' }]);
  expect(found(hears(ended({ exitCode: 137, catches: false })))).toMatchObject([
    { cause: 'sigterm-ignored', words: expect.stringContaining('their first process, python3 app.py, has no handler') },
  ]);
  // Nobody looked at the one that serves.
  expect(found(deaf(ended({ exitCode: 137 })))).toMatchObject([{ cause: 'grace-too-short' }]);
});

test('a hook that failed', () => {
  const builder = ended({ exitCode: 0 }).event(12.05, 'a1', 'FailedPreStopHook', 'exec: "sleep": not found');
  expect(found(builder)).toEqual([
    {
      cause: 'prestop-failed',
      pods: 1,
      of: 2,
      words: 'the preStop hook of 1 of 2 pods failed: nothing waited before SIGTERM',
    },
  ]);
  // At the end of the grace, with the container: it had waited.
  const late = ended({ exitCode: 0 }).event(20, 'a1', 'FailedPreStopHook', 'PreStopHook failed');
  expect(found(late)).toEqual([]);
});

test('pods that end in order are none, nor is one that never served', () => {
  expect(found(ended({ exitCode: 0, catches: false }))).toEqual([]);
  const other = new HistoryBuilder().pod(1, 'db', { owner: 'db' });
  threeUp(other).pod(12, 'db', { owner: 'db', terminating: true, exitCode: 137 });
  expect(found(other)).toEqual([]);
});
