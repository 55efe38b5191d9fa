import { describe, expect, test } from 'vitest';
import { goodRoll, type HistoryBuilder, s, threeUp } from '../history/testing/build.ts';
import type { SelfSample } from '../history/types.ts';
import { runChecks } from './run.ts';
import { self } from './self.ts';

/** The judged span goes from 10 to 33. */
const roll = (...samples: [number, Partial<SelfSample>][]) => sampled(goodRoll(), ...samples);
const sampled = (builder: HistoryBuilder, ...samples: [number, Partial<SelfSample>][]) =>
  samples.reduce(
    (so, [at, fields]) => so.add({ type: 'self', t: s(at), loopDelayMs: 3, cpuBusy: 0.4, ...fields }),
    builder,
  );
const fault = (builder: HistoryBuilder, from: number, to: number, source: string) =>
  builder.add({ type: 'fault', t: s(to), source, from: s(from), to: s(to), detail: 'it stood still' });
const idOf = (builder: HistoryBuilder) => builder.observations.at(-1)!.id;

test('a machine that was fit says by how much', () => {
  const builder = roll([12, { clockStepMs: -3, watchLagMs: 4 }], [13, { loopDelayMs: 120, watchLagMs: 9 }]);
  expect(self(builder.request(20, { lane: 'control' }).history())).toMatchObject({
    verdict: 'pass',
    examined: 3,
    witnesses: [],
    detail:
      'event loop late by 120 ms at most, watches by 9 ms, wall clock off by 3 ms, processor 40% busy, at most 0% of it taken by the host, control lane lost 0 of 1, its probe failed 0 times',
  });
});

test('what was not measured is not said to be good', () =>
  expect(self(roll([12, {}]).history()).detail).toContain('how late watches were was not measured'));

test.each<[string, Partial<SelfSample>, RegExp]>([
  ['a harness that was held up', { loopDelayMs: 2_001 }, /^the harness was held up for 2001 ms; needed: .*--rate$/],
  ['a watch that lags', { watchLagMs: 2_001 }, /^watches lagged behind by up to 2001 ms; needed: .*--rate$/],
  ['a clock that is set forwards', { clockStepMs: 101 }, /^the wall clock was set: .* up to 101 ms; needed: .*clock/],
  ['a clock that is set back', { clockStepMs: -3_600_000 }, /up to 3600000 ms/],
])('%s cannot judge, and says what could', (_, fields, detail) => {
  const builder = roll([12, {}], [13, fields]);
  const found = self(builder.history());
  expect(found).toMatchObject({ verdict: 'inconclusive', witnesses: [idOf(builder)] });
  expect(found.detail).toMatch(detail);
});

test.each<[string, Partial<SelfSample>]>([
  ['a late event loop', { loopDelayMs: 2_000 }],
  ['a lag', { watchLagMs: 2_000 }],
  ['a step', { clockStepMs: 100 }],
])('%s up to the limit can', (_, fields) => expect(self(roll([13, fields]).history()).verdict).toBe('pass'));

describe('a clock', () => {
  test('that was set before the trigger is still off after it', () =>
    expect(self(roll([7, { clockStepMs: 150 }], [13, {}]).history()).verdict).toBe('inconclusive'));
  test('that was set back before the trigger is not', () =>
    expect(self(roll([7, { clockStepMs: 150 }], [8, { clockStepMs: -150 }], [13, {}]).history()).verdict).toBe('pass'));
  test('that is set in small steps', () =>
    expect(self(roll([12, { clockStepMs: 60 }], [13, { clockStepMs: 60 }]).history()).verdict).toBe('inconclusive'));
  test('that is set after the tail does no harm', () =>
    expect(self(roll([12, {}], [33.5, { clockStepMs: 5_000 }]).history()).verdict).toBe('pass'));
});

test('several reasons are all told, what is needed once', () => {
  const { detail } = self(roll([12, { loopDelayMs: 2_500, watchLagMs: 3_000 }]).history());
  expect(detail).toMatch(/held up for 2500 ms; watches lagged behind by up to 3000 ms; needed: [^;]*$/);
});

test('a harness that did not watch itself cannot judge', () => {
  const found = self(goodRoll().request(20, { lane: 'control' }).history());
  expect(found).toMatchObject({ verdict: 'inconclusive', detail: expect.stringContaining('did not watch itself') });
});

test('a late sample before the trigger is of no account', () =>
  expect(self(roll([9, { loopDelayMs: 5_000 }], [13, {}]).history()).verdict).toBe('pass'));

describe('a recorded fault', () => {
  const found = (from: number, to: number) => self(fault(roll([12, {}]), from, to, 'machine').history());
  test('within the span makes it inconclusive, by name', () => {
    expect(found(9, 11)).toMatchObject({ verdict: 'inconclusive' });
    expect(found(9, 11).detail).toContain('machine: it stood still; needed: a run without that fault');
  });
  test('outside of it does not', () => expect(found(5, 9).verdict).toBe('pass'));
  test('of the harness is not told twice', () => {
    const builder = fault(roll([13, { loopDelayMs: 3_000 }]), 10, 14, 'harness');
    expect(self(builder.history()).detail).toMatch(/^the harness was held up for 3000 ms; needed/);
  });
});

test('a fault that ends where the judged span begins, or begins where it ends, is none of it', () => {
  const found = (from: number, to: number) => self(fault(roll([12, {}]), from, to, 'machine').history()).verdict;
  expect([found(8, 10), found(33, 40), found(8, 10.001), found(32.999, 40)]).toEqual([
    'pass',
    'pass',
    'inconclusive',
    'inconclusive',
  ]);
});

test('several faults are all told; the harness’s own where its samples do not', () => {
  const builder = fault(fault(roll([13, {}]), 11, 14, 'harness'), 15, 16, 'machine');
  expect(self(builder.history()).detail).toMatch(
    /^harness: it stood still, machine: it stood still; needed: a run without that fault$/,
  );
  const late = fault(fault(roll([13, { loopDelayMs: 3_000 }]), 11, 14, 'harness'), 15, 16, 'machine');
  expect(self(late.history()).detail).toMatch(
    /^the harness was held up for 3000 ms; machine: it stood still; needed: .*; a run without that fault$/,
  );
});

test('samples may come in any order', () => {
  const steps = [
    [13, { clockStepMs: -90 }],
    [11, { clockStepMs: 90 }],
    [14, { clockStepMs: 90 }],
    [12, { clockStepMs: -90 }],
  ] as [number, Partial<SelfSample>][];
  expect(self(roll(...steps).history()).verdict).toBe('pass');
});

describe('the control lane', () => {
  /** Of 20 a second, in 23 s. */
  const controlled = (of: number, builder = roll([12, {}])) => {
    for (let n = 0; n < of; n++) builder.request(11 + n / 10, { lane: 'control' });
    const [started] = builder.observations;
    if (started?.type !== 'scenario') throw new Error('no scenario');
    started.load.lanes.push({ name: 'control', method: 'GET', connection: 'new', rate: 20 });
    return builder;
  };

  test('has to carry a tenth of what was planned', () => {
    expect(self(controlled(46).history()).verdict).toBe('pass');
    expect(self(controlled(45).history())).toMatchObject({
      verdict: 'inconclusive',
      detail: 'only 45 requests went to the service that is never rolled; needed: a whole history',
    });
  });

  test('what it lost outside of the judged span is of no account, what it lost within is', () => {
    const lost = (at: number) => {
      const builder = controlled(50).request(at, { lane: 'control', status: 0, errorCode: 1212 });
      return { found: self(builder.history()), id: idOf(builder) };
    };
    expect(lost(9.9).found.verdict).toBe('pass');
    expect(lost(33).found.verdict).toBe('pass');
    const { found, id } = lost(32.9);
    expect(found).toMatchObject({ verdict: 'inconclusive', witnesses: [id] });
    expect(found.detail).toMatch(/^1 of 51 requests to the service that is never rolled were lost too; needed: /);
  });
});

describe('a judged span that is long', () => {
  const long = (...at: number[]) =>
    sampled(threeUp(), ...at.map((t): [number, object] => [t, {}]))
      .mark(70, 'tail-end')
      .history();
  test('needs a sample each half a minute', () => {
    expect(self(long(30, 60)).verdict).toBe('pass');
    expect(self(long(30)).detail).toContain('did not watch itself');
  });
});

describe('what a held-up harness says of the service', () => {
  const verdict = (builder: HistoryBuilder, name: string) =>
    runChecks(builder.history()).find((one) => one.name === name)?.verdict;

  test('is nothing where it watched', () => {
    const dip = () => sampled(threeUp(), [15, {}]).pod(12, 'a1', { ready: false }).pod(13, 'a1').mark(20, 'tail-end');
    expect(verdict(dip(), 'ready-floor')).toBe('fail');
    expect(verdict(fault(dip(), 11, 14, 'harness'), 'ready-floor')).toBe('inconclusive');
  });

  test('a dropped request is one all the same: the load runs by itself', () => {
    const drop = () => sampled(threeUp(), [15, {}]).request(12, { status: 0, errorCode: 1220 }).mark(20, 'tail-end');
    expect(verdict(fault(drop(), 11, 14, 'harness'), 'no-drops')).toBe('fail');
    expect(verdict(fault(drop(), 11, 14, 'machine'), 'no-drops')).toBe('inconclusive');
  });
});
