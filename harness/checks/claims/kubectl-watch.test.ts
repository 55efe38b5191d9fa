import { describe, expect, test } from 'vitest';
import { HistoryBuilder, s } from '../../history/testing/build.ts';
import { watchIsTimely, watchShowsAll } from './kubectl-watch.ts';
import { taken } from './testing/taken.ts';

type State = [ready: boolean, state: object, restarts?: number];

const RUNS = { running: {} };
const BACKS_OFF = { waiting: { reason: 'CrashLoopBackOff' } };

/** What our watch saw. */
function saw(builder: HistoryBuilder, at: number, pod: string, [ready, state, restarts = 0]: State): HistoryBuilder {
  const containerStatuses = [{ ready, state, restartCount: restarts }];
  return builder.object(at, 'Pod', pod, {
    spec: { containers: [{}] },
    status: { phase: 'Running', containerStatuses },
  });
}

/** What kubectl printed. */
const showed = (builder: HistoryBuilder, at: number, output: string) =>
  builder.add({ type: 'action', t: s(at), end: s(at), action: 'watch-pods', detail: 'watch', ok: true, output });

/** Pod a is there when kubectl's watch begins, at 9; b comes at 11, is restarted at 14, and waits. */
function both({ lines, delay = 0.02, until = 30 }: { lines?: string[]; delay?: number; until?: number } = {}) {
  const builder = new HistoryBuilder();
  saw(saw(builder, 1, 'a', [false, RUNS]), 2, 'a', [true, RUNS]);
  showed(showed(builder, 9, 'NAME   READY   STATUS   RESTARTS   AGE'), 9, 'a   1/1   Running   0   8s').mark(
    10,
    'trigger',
  );
  saw(saw(builder, 11, 'b', [false, RUNS]), 12, 'b', [true, RUNS]);
  // What kubectl does not show is no change.
  saw(saw(builder, 13, 'b', [true, RUNS]), 14, 'b', [false, RUNS, 1]);
  saw(builder, 16, 'b', [false, BACKS_OFF, 1]);
  const printed = lines ?? [
    'b   0/1   Running   0   0s',
    'b   1/1   Running   0   1s',
    'b   0/1   Running   1 (0s ago)   3s',
    'b   0/1   CrashLoopBackOff   1 (2s ago)   5s',
  ];
  for (const [i, line] of printed.entries()) showed(builder, [11, 12, 14, 16][i]! + delay, line);
  return builder.mark(until, 'tail-end');
}

describe('shows all', () => {
  const take = (builder: HistoryBuilder) => taken(watchShowsAll, builder.history(), {});

  test('the same changes in the same order', () => {
    expect(take(both())).toMatchObject({
      holds: true,
      figures: '3 changes of 2 pods, each in the same order: 2 of READY, 1 of RESTARTS',
      examined: 3,
    });
  });

  test('not, where one is left out: what we saw is the witness', () => {
    const builder = both({
      lines: ['b   0/1   Running   0   0s', 'b   1/1   Running   0   1s', 'b   0/1   CrashLoopBackOff   1   5s'],
    });
    const { holds, figures, witnesses } = take(builder);
    expect({ holds, figures }).toEqual({
      holds: false,
      figures: '1 of 2 pods differ: of b we saw 0/1 Running 1 where it showed 0/1 CrashLoopBackOff 1',
    });
    expect(builder.observations.filter(({ id }) => witnesses.includes(id)).map(({ t }) => t)).toEqual([14e9]);
  });

  test('not, where it shows nothing more, or nothing of a pod', () => {
    expect(take(both({ lines: ['b   0/1   Running   0   0s'] }))).toMatchObject({
      holds: false,
      figures: '1 of 2 pods differ: of b we saw 1/1 Running 0 where it showed nothing',
    });
    expect(take(both({ lines: [] })).holds).toBe(false);
  });

  test('what comes after the end does not count', () => {
    const builder = both({
      lines: ['b   0/1   Running   0   0s', 'b   1/1   Running   0   1s', 'b   0/1   Running   1   3s'],
      until: 15,
    });
    expect(take(builder).holds).toBe(true);
  });

  test('pods of others, and what else was done, are none of it', () => {
    const builder = both();
    // Of the same name, in another namespace.
    saw(builder, 17, 'b', [true, RUNS, 7]);
    Object.assign(builder.observations.at(-1)!, { namespace: 'elsewhere' });
    builder.object(17, 'Deployment', 'b', { status: { phase: 'Running' } });
    builder.add({
      type: 'action',
      t: s(17),
      end: s(17),
      action: 'rollout-status',
      detail: '',
      ok: true,
      output: 'b   9/9   Running   0   1s',
    });
    expect(take(builder)).toMatchObject({ holds: true, examined: 3 });
  });

  test('a pod that was gone before kubectl looked, or that comes just as all ends, is none of it', () => {
    const builder = both();
    const before = saw(new HistoryBuilder(), 1, 'gone', [true, RUNS, 2]).observations.at(-1)!;
    builder.observations.splice(1, 0, before);
    saw(builder, 30, 'late', [true, RUNS]);
    expect(take(builder).figures).toMatch(/^3 changes of 2 pods/);
  });

  test('a pod that it lists and shows no more is compared, one that changes just as it looks is as it is then', () => {
    const builder = both();
    const changed = saw(new HistoryBuilder(), 9, 'a', [false, RUNS]).observations.at(-1)!;
    builder.observations.splice(3, 0, changed);
    expect(take(builder)).toMatchObject({
      holds: false,
      figures: '1 of 2 pods differ: of a we saw 0/1 Running 0 where it showed 1/1 Running 0',
    });
  });

  test('it begins with its first line that was read: one of a watch that printed nothing is none', () => {
    const silent = (at: number) => ({
      type: 'action' as const,
      t: s(at),
      end: s(at),
      action: 'watch-pods',
      detail: '',
      ok: true,
    });
    const builder = both();
    builder.observations.splice(1, 0, { id: 'silent', scenario: 'test', ...silent(0.5) } as never);
    expect(take(builder).holds).toBe(true);
    expect(take(new HistoryBuilder().add(silent(9)).mark(10, 'trigger')).figures).toContain('no `kubectl get pods');
    const headed = showed(new HistoryBuilder(), 9, 'NAME   READY   STATUS   RESTARTS   AGE').mark(10, 'trigger');
    expect(take(headed).figures).toContain('no `kubectl get pods');
  });

  test('is not known without a restart, without the watch, or where ours was blind', () => {
    expect(take(both({ until: 13.5 }))).toMatchObject({ holds: undefined, examined: 1 });
    expect(take(new HistoryBuilder().mark(10, 'trigger')).examined).toBe(0);
    expect(take(both().gap(14.5, 15, 'Pod')).holds).toBeUndefined();
  });
});

describe('is timely', () => {
  const take = (builder: HistoryBuilder) => taken(watchIsTimely, builder.history(), { ms: 1000 });

  test('as late as ours', () => {
    expect(take(both())).toMatchObject({
      holds: true,
      figures: '4 lines came 20 ms after our watch at the median, 20 ms at most',
    });
    expect(take(both({ delay: -0.01 }))).toMatchObject({
      holds: true,
      figures: expect.stringContaining('-10 ms at most'),
    });
  });

  test('not, where its lines come later', () => {
    expect(take(both({ delay: 1.5 }))).toMatchObject({
      holds: false,
      witnesses: expect.objectContaining({ length: 4 }),
    });
  });

  test('exactly as late as is allowed is in time', () => {
    expect(take(both({ delay: 1 })).holds).toBe(true);
    expect(take(both({ delay: 1.001 })).holds).toBe(false);
  });

  test('is not known where it showed none', () => {
    expect(take(both({ lines: [] })).examined).toBe(0);
    expect(take(new HistoryBuilder()).examined).toBe(0);
  });
});
