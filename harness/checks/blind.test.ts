import { describe, expect, test } from 'vitest';
import { goodRoll, HistoryBuilder, s, threeUp } from '../history/testing/build.ts';
import { type Blind, blindSpans, seen } from './blind.ts';
import type { Count } from './moments.ts';
import { runChecks } from './run.ts';

const verdicts = (builder: HistoryBuilder) =>
  Object.fromEntries(
    runChecks(builder.add({ type: 'self', t: s(20), loopDelayMs: 3, cpuBusy: 0.4 }).history()).map((one) => [
      one.name,
      one,
    ]),
  );

describe('a gap within the span', () => {
  test.each([
    ['Pod', ['ready-floor']],
    ['ReplicaSet', ['ready-floor', 'surge-ceiling', 'monotone']],
    ['Deployment', ['ready-floor', 'surge-ceiling', 'monotone', 'endpoints']],
    ['EndpointSlice', ['endpoints']],
    ['Event', []],
  ] as const)('of the watch of %ss leaves these open: %j', (kind, names) => {
    const found = verdicts(goodRoll().gap(14, 16, kind));
    const open = Object.values(found).filter(({ verdict, name }) => verdict !== 'pass' && name !== 'coverage');
    expect(open.map(({ name }) => name).sort()).toEqual([...names].sort());
    for (const one of open) expect(one).toMatchObject({ verdict: 'inconclusive', witnesses: [] });
    for (const one of open) expect(one.detail).toContain('its watches were blind for 2000 ms');
  });

  test('before the trigger or after the tail touches nothing', () => {
    const found = verdicts(goodRoll().gap(4, 9, 'Pod').gap(33.5, 34, 'ReplicaSet'));
    for (const one of Object.values(found)) expect(one.verdict, one.name).toBe('pass');
  });
});

describe('ready-floor', () => {
  test('a dip outside the gap stays proven', () => {
    const builder = goodRoll().pod(24, 'b1', { owner: 'web-b', ready: false }).pod(24.5, 'b1', { owner: 'web-b' });
    expect(verdicts(builder.gap(14, 16, 'Pod'))['ready-floor']).toMatchObject({ verdict: 'fail', witnesses: ['x-39'] });
  });

  /** While one list's objects are written down one by one, the state is of no instant. */
  const relisted = (builder: HistoryBuilder) =>
    builder.gone(16, 'a1').gone(16, 'a2').pod(16.01, 'a4', { verb: 'listed' }).pod(16.02, 'a5', { verb: 'listed' });

  test('what a relist goes through is no dip', () => {
    const builder = relisted(threeUp()).gap(14, 16.1, 'Pod').mark(30, 'tail-end');
    expect(verdicts(builder)['ready-floor']).toMatchObject({ verdict: 'inconclusive', witnesses: [] });
  });

  test('what is there when it is through, is one', () => {
    const builder = relisted(threeUp()).gone(16.03, 'a3').gap(14, 16.1, 'Pod').mark(30, 'tail-end');
    expect(verdicts(builder)['ready-floor']).toMatchObject({ verdict: 'fail', witnesses: ['x-14'] });
    expect(verdicts(builder)['ready-floor']?.detail).toContain('dip to 2 at 16.100 s to the end: it was there when');
  });

  test('unless another gap goes on, and the watches never see again', () => {
    const builder = relisted(threeUp()).gone(16.03, 'a3').gap(14, 16.1, 'Pod').gap(16, 31, 'ReplicaSet');
    expect(verdicts(builder.mark(30, 'tail-end'))['ready-floor']?.verdict).toBe('inconclusive');
  });
});

describe('monotone', () => {
  const around = (generation: number) =>
    threeUp()
      .replicaSet(11, 'web-b', 2, 2)
      .deployment(15, { generation })
      .replicaSet(16, 'web-b', 2, 1, { verb: 'listed' })
      .gap(12, 16.1, 'ReplicaSet')
      .mark(30, 'tail-end');
  test('a step back lies somewhere in the gap if it is one from before to after it', () =>
    expect(verdicts(around(1)).monotone?.verdict).toBe('fail'));
  test('if another generation began in it, nothing is proven', () =>
    expect(verdicts(around(2)).monotone?.verdict).toBe('inconclusive'));
});

describe('endpoints', () => {
  const short = (gap: [number, number]) =>
    threeUp()
      .slice(12, ['a1', 'a2'])
      .slice(18, ['a1', 'a2', 'a3'])
      .gap(...gap, 'EndpointSlice')
      .mark(30, 'tail-end');
  test('a shortfall may have been made up for in a gap: it does not last over it', () => {
    expect(verdicts(short([14, 15])).endpoints).toMatchObject({ verdict: 'inconclusive', witnesses: [] });
    expect(verdicts(short([14, 15])).endpoints?.detail).toContain('longest shortfall 3000 ms');
  });
  test('one that outlasts the limit outside it is proven', () => {
    expect(verdicts(short([17.5, 17.9])).endpoints).toMatchObject({ verdict: 'fail' });
    expect(verdicts(short([12.1, 12.2])).endpoints).toMatchObject({ verdict: 'fail' });
  });
});

describe('a watch that died without a word', () => {
  test('of pods: what the Deployment counts and it never showed leaves open how many were ready', () => {
    const builder = goodRoll();
    const pods = builder.observations.filter((one) => one.type === 'object' && one.kind === 'Pod' && one.t > s(10));
    for (const one of pods) builder.observations.splice(builder.observations.indexOf(one), 1);
    const found = verdicts(builder);
    expect([found['ready-floor']?.verdict, found.done?.verdict]).toEqual(['inconclusive', 'inconclusive']);
    expect(found.done?.detail).toBe('the Deployment has 3 new pods by its status, of which the watch of Pods shows 0');
  });
});

describe('done', () => {
  test('a run that was cut short says nothing of the end, good or bad', () => {
    const cut = threeUp().replicaSet(11, 'web-b', 2, 1).deployment(12, { generation: 2, updated: 1, total: 4 });
    expect(verdicts(cut).done).toMatchObject({ verdict: 'inconclusive', witnesses: [] });
    expect(verdicts(cut).done?.detail).toBe('the Deployment is not rolled out; the run was cut short before its end');
    expect(verdicts(cut.mark(30, 'tail-end')).done?.verdict).toBe('fail');
  });
  test('where no request was sent after the end nobody is known to answer; where some were, nobody does', () => {
    const builder = goodRoll();
    const [started] = builder.observations;
    if (started?.type === 'scenario') started.workload.versions = { old: '1', new: '2' };
    const sent = builder.observations.findIndex((one) => one.type === 'request' && one.t === s(30));
    expect(verdicts(builder).done).toMatchObject({ verdict: 'fail', witnesses: [builder.observations[sent]?.id] });
    builder.observations.splice(sent, 1);
    expect(verdicts(builder).done).toMatchObject({
      verdict: 'inconclusive',
      detail: 'no request was sent after the end',
    });
  });
  test('a gap that never ended leaves open how it ended', () => {
    expect(verdicts(goodRoll().gap(31, 40, 'Pod')).done?.verdict).toBe('inconclusive');
    const unfinished = threeUp().replicaSet(11, 'web-b', 2, 1).gap(12, 31, 'Deployment').mark(30, 'tail-end');
    expect(verdicts(unfinished).done?.verdict).toBe('inconclusive');
  });
  test('an old pod that answers after the end is proof all the same', () => {
    const builder = goodRoll().request(31, { pod: 'a1' }).gap(31, 40, 'Pod');
    expect(verdicts(builder).done).toMatchObject({ verdict: 'fail', witnesses: ['x-39'] });
    expect(verdicts(builder).done?.detail).toContain('1 of 1 answers after the end came from the old pod a1');
  });
});

describe('spans in which nothing was seen', () => {
  /** The judged span goes from 10 to 30. */
  const spans = (...gaps: [number, number][]) =>
    blindSpans(gaps.reduce((so, [from, to]) => so.gap(from, to, 'Pod'), threeUp().mark(30, 'tail-end')).history(), [
      'Pod',
    ]).map(({ from, to }) => [from / 1e9, to / 1e9]);
  test('are those of the judged span, in order; one that only touches it is none', () =>
    expect(spans([12, 20], [5, 10], [30, 31], [11, 13], [29, 31], [5, 10.5])).toEqual([
      [5, 10.5],
      [11, 13],
      [12, 20],
      [29, 31],
    ]));
  test('without a transition there are none', () =>
    expect(blindSpans(new HistoryBuilder().gap(1, 2, 'Pod').history(), ['Pod'])).toEqual([]));
});

describe('counts that were seen', () => {
  const counted = (t: number) => ({ t, id: `at ${t}`, at: 'event' }) as Count;
  const left = (times: number[], blind: [number, number][], end = 30) =>
    seen(
      times.map(counted),
      blind.map(([from, to]): Blind => ({ from, to })),
      end,
    ).map(({ t, id, at }) => `${t} ${at}, ${id}`);

  test('the one at which sight went is; when it came back, the state of that instant is', () =>
    expect(left([10, 14, 15, 16, 20], [[14, 16]])).toEqual([
      '10 event, at 10',
      '14 event, at 14',
      '16 sight, at 16',
      '20 event, at 20',
    ]));
  test('sight that came back at the end of the judged span shows nothing of it', () =>
    expect(left([10, 29, 30], [[14, 30]])).toEqual(['10 event, at 10']));
  test('nor does it where nothing had been counted yet', () => {
    expect(left([20], [[14, 16]])).toEqual(['20 event, at 20']);
  });
  test('gaps that meet or overlap are one', () =>
    expect(
      left(
        [10, 15, 21, 26],
        [
          [11, 14],
          [12, 16],
          [13, 20],
          [20, 25],
        ],
      ),
    ).toEqual(['10 event, at 10', '25 sight, at 21', '26 event, at 26']));
});
