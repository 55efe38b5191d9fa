import { describe, expect, test } from 'vitest';
import { HistoryBuilder } from '../../history/testing/build.ts';
import { peakIs, quantity } from './peak.ts';
import { taken } from './testing/taken.ts';

interface Options {
  deployment?: string;
  requests?: Record<string, string>;
  /** Of another container; of none that says nothing. */
  sidecar?: { requests?: Record<string, string> };
  terminating?: boolean;
  ended?: boolean;
}

function pod(builder: HistoryBuilder, at: number, name: string, options: Options = {}): HistoryBuilder {
  const { deployment = 'web', requests = { cpu: '10m', memory: '32Mi' }, terminating = false, ended = false } = options;
  const owner = { kind: 'ReplicaSet', name: `${deployment}-a`, uid: `${deployment}-a`, controller: true };
  return builder.object(at, 'Pod', name, {
    metadata: { ownerReferences: [owner], ...(terminating ? { deletionTimestamp: '2026-01-01T00:01:00Z' } : {}) },
    spec: {
      containers: [{ resources: { requests } }, ...(options.sidecar ? [{ resources: options.sidecar }, {}] : [])],
    },
    ...(ended ? { status: { phase: 'Failed' } } : {}),
  });
}

/** Blue has two pods before the trigger at 10. */
function blue(options: Options = {}): HistoryBuilder {
  const builder = new HistoryBuilder({ others: ['green'] }).deployment(1).replicaSet(1, 'web-a', 1, 2);
  return pod(pod(builder, 1, 'b1', options), 1, 'b2', options).mark(10, 'trigger', 'blue-green');
}

const green = (builder: HistoryBuilder, at: number, name: string, options: Options = {}) =>
  pod(builder, at, name, { ...options, deployment: 'green' });

const withGreen = (builder: HistoryBuilder) => builder.replicaSet(11, 'green-a', 1, 2, { deployment: 'green' });

const take = (builder: HistoryBuilder) => taken(peakIs, builder.mark(30, 'tail-end').history(), { times: 2 });

describe('twice as many', () => {
  test('while both are up', () => {
    const builder = green(green(withGreen(blue()), 12, 'g1'), 13, 'g2')
      .gone(20, 'b1')
      .gone(20, 'b2');
    const { holds, figures, witnesses } = take(builder);
    expect({ holds, figures }).toEqual({
      holds: true,
      figures:
        '2 pods before, 4 pods at the peak; 20m CPU before, 40m CPU at the peak; 64 MiB before, 128 MiB at the peak',
    });
    expect(builder.observations.filter(({ id }) => witnesses.includes(id)).map(({ t }) => t)).toEqual([13e9]);
  });

  test('not, where one goes before the other comes', () => {
    const builder = green(withGreen(blue()), 12, 'g1').gone(13, 'b1');
    expect(take(green(builder, 14, 'g2').gone(15, 'b2'))).toMatchObject({
      holds: false,
      figures:
        '2 pods before, 3 pods at the peak; 20m CPU before, 30m CPU at the peak; 64 MiB before, 96 MiB at the peak',
    });
  });

  test('not, where a pod that still terminates makes them more', () => {
    const builder = pod(blue(), 11, 'b1', { terminating: true });
    pod(builder, 11, 'b3');
    expect(take(green(green(withGreen(builder), 12, 'g1'), 13, 'g2'))).toMatchObject({ holds: false });
  });

  test('not, where the new pods request more', () => {
    const more = { requests: { cpu: '20m', memory: '32Mi' } };
    const builder = green(green(withGreen(blue()), 12, 'g1', more), 13, 'g2', more);
    expect(take(builder)).toMatchObject({ holds: false, figures: expect.stringContaining('60m CPU at the peak') });
  });

  test('of all containers together, of which some request nothing', () => {
    const more = { sidecar: { requests: { cpu: '5m' } } };
    const builder = green(green(withGreen(blue(more)), 12, 'g1', more), 13, 'g2', { sidecar: {} });
    expect(take(builder)).toMatchObject({
      holds: false,
      figures:
        '2 pods before, 4 pods at the peak; 30m CPU before, 55m CPU at the peak; 64 MiB before, 128 MiB at the peak',
    });
  });

  test('a pod that has ended holds nothing; one that comes after the end does not count', () => {
    const builder = pod(blue(), 11, 'b0', { ended: true });
    green(green(withGreen(builder), 12, 'g1'), 13, 'g2').mark(25, 'tail-end');
    expect(take(green(builder, 25, 'g3')).holds).toBe(true);
  });

  test('what there was before is what was there last before it', () => {
    const builder = new HistoryBuilder({ others: ['green'] }).deployment(1).replicaSet(1, 'web-a', 1, 2);
    pod(pod(pod(builder, 1, 'b0'), 1, 'b1'), 1, 'b2')
      .gone(5, 'b0')
      .mark(10, 'trigger', 'blue-green');
    green(withGreen(builder), 10, 'g1');
    expect(take(green(builder, 13, 'g2'))).toMatchObject({
      holds: true,
      figures: expect.stringMatching(/^2 pods before, 4/),
    });
  });

  test('no more than before: there is no instant to show', () => {
    const builder = withGreen(blue()).gone(12, 'b1');
    expect(take(green(builder, 13, 'g1'))).toMatchObject({ holds: false, witnesses: [] });
  });

  test('of pods alone, where nothing is requested', () => {
    const none = { requests: {} };
    const builder = green(green(withGreen(blue(none)), 12, 'g1', none), 13, 'g2', none);
    expect(take(builder)).toMatchObject({ holds: true, figures: '2 pods before, 4 pods at the peak' });
  });

  test('is not known where no pod was seen before', () => {
    const builder = new HistoryBuilder({ others: ['green'] }).deployment(1).mark(10, 'trigger', 'blue-green');
    expect(take(green(withGreen(builder), 12, 'g1')).holds).toBeUndefined();
    expect(take(new HistoryBuilder())).toMatchObject({ holds: undefined, examined: 0 });
    const nothingDone = pod(new HistoryBuilder().deployment(1).replicaSet(1, 'web-a', 1, 1), 1, 'b1');
    expect(take(nothingDone).figures).toBe('the pods were not seen');
    const empty = new HistoryBuilder({ others: ['green'] }).deployment(1).replicaSet(1, 'web-a', 1, 0);
    empty.mark(10, 'trigger', 'blue-green');
    expect(take(green(withGreen(empty), 12, 'g1')).figures).toBe('there was no pod before it');
    const seenBefore = pod(new HistoryBuilder().deployment(1).replicaSet(1, 'web-a', 1, 1), 1, 'b1');
    expect(take(seenBefore.mark(10, 'trigger', 'blue-green')).figures).toBe('the pods were not seen');
  });
});

test.each([
  ['10m', 0.01],
  ['0.5', 0.5],
  ['2', 2],
  ['32Mi', 33_554_432],
  ['128M', 128e6],
  ['1e3', 1000],
  ['2E+10', 2e10],
  ['25e-1', 2.5],
  ['-5', -5],
  ['+5', 5],
  ['about 5', Number.NaN],
  ['5 or so', Number.NaN],
  ['1Gi', 2 ** 30],
  ['much', Number.NaN],
])('%s is %d', (text, number) => {
  expect(quantity(text)).toBe(number);
});
