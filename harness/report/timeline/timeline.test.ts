import { describe, expect, test } from 'vitest';
import { goodRoll, HistoryBuilder, s, threeUp } from '../../history/testing/build.ts';
import { MOST_TOLD } from './drops.ts';
import { timelineOf } from './timeline.ts';

const REFUSED = { status: 0, errorCode: 1212, error: 'dial tcp 10.96.0.7:80: connection refused' };

describe('a roll of three pods that goes as it should', () => {
  const timeline = timelineOf(goodRoll().history());

  test('time is told from the trigger: it begins before the load and ends with it', () => {
    expect(timeline.zero).toBe('2026-01-01T00:00:10.000Z');
    expect([timeline.from, timeline.to]).toEqual([-7_000, 24_000]);
  });

  test('a bar for each pod, the replaced ones first, each in the colour of what it runs', () => {
    expect(timeline.versions).toEqual(['revision 1: image-of-web-a', 'revision 2: image-of-web-b']);
    expect(timeline.pods.map(({ name, version }) => [name, version])).toEqual([
      ['a1', 0],
      ['a2', 0],
      ['a3', 0],
      ['b1', 1],
      ['b2', 1],
      ['b3', 1],
    ]);
  });

  test('what a pod was, from when to when; and when it was in the slice', () => {
    const [a1] = timeline.pods;
    expect(a1!.segments).toEqual([
      { state: 'ready', from: -7_000, to: 3_200 },
      { state: 'terminating', from: 3_200, to: 16_000 },
    ]);
    expect(a1!.marks).toEqual([{ kind: 'deleted', t: 3_200, text: 'deleted' }]);
    expect(a1!.endpoint).toEqual([[-7_000, 3_400]]);
  });

  test('waves are numbered, and lie side by side', () => {
    expect(timeline.waves.map(({ number, label }) => `${number} ${label}`)).toEqual([
      '1 (3,1)',
      '2 (2,1)',
      '3 (2,2)',
      '4 (1,2)',
      '5 (1,3)',
      '6 (0,3)',
    ]);
    for (const [index, wave] of timeline.waves.slice(1).entries()) expect(wave.from).toBe(timeline.waves[index]!.to);
  });

  test('available pods, floor, ceiling and endpoints at every instant at which one of them changes', () => {
    expect(timeline.steps[0]).toEqual([0, 3, 3, 3, 4, 3]);
    expect(timeline.steps.every(([, , available, floor]) => available >= floor)).toBe(true);
  });
});

test('no request is left out of the density, and a lane that was planned is there without one', () => {
  const builder = new HistoryBuilder({ lanes: ['new', 'kept'] });
  threeUp(builder);
  for (let i = 0; i < 500; i++) builder.request(11 + i / 50, i % 100 === 7 ? REFUSED : {});
  const { density, drops } = timelineOf(builder.mark(22, 'tail-end').mark(23, 'load-stopped').history());
  const sum = (counts: number[]) => counts.reduce((a, b) => a + b, 0);
  const [fresh, kept] = density.lanes;
  expect([sum(fresh!.good), sum(fresh!.dropped), sum(fresh!.stalled)]).toEqual([496, 5, 0]);
  expect(drops).toHaveLength(5);
  expect(kept).toMatchObject({ name: 'kept' });
  expect(sum(kept!.good)).toBe(0);
});

test('a drop says where, when, in which wave and why; what many share is said once', () => {
  const builder = goodRoll();
  for (const at of [13.3, 13.35]) builder.request(at, { ...REFUSED, request: `new-${at}` });
  const { drops, texts } = timelineOf(builder.history());
  expect(drops).toMatchObject([
    { request: 'new-13.3', lane: 'new', t: 3_300, wave: 3, pod: -1 },
    { request: 'new-13.35', t: 3_350 },
  ]);
  expect(drops.map(({ how }) => texts[how])).toEqual(['connection refused', 'connection refused']);
  expect(drops[0]!.told).toMatch(/^lane new, sent at 3\.300 s, lost at 3\.302 s no connection came about/);
  expect(new Set(texts).size).toBe(texts.length);
});

test('an answer far beyond the baseline is a stall, with its pod', () => {
  const history = goodRoll().request(14, { seconds: 5, pod: 'a2', request: 'new-slow' }).history();
  const { stalls, pods } = timelineOf(history);
  expect(stalls).toMatchObject([{ request: 'new-slow', t: 4_000, tookMs: 5_000, wave: 3 }]);
  expect(pods[stalls[0]!.pod]!.name).toBe('a2');
});

test('however many drops there are, each keeps its record; beyond some thousands only the words are left out', () => {
  const builder = threeUp();
  const count = MOST_TOLD + 50;
  for (let i = 0; i < count; i++) builder.request(11 + i / 1_000, REFUSED);
  const { drops } = timelineOf(builder.mark(22, 'tail-end').history());
  expect(drops).toHaveLength(count);
  expect(drops.filter(({ told }) => told !== '')).toHaveLength(MOST_TOLD);
});

test('instants of a dying pod are marks: SIGTERM, SIGKILL, exit; a container that ended by itself too', () => {
  const builder = threeUp().pod(12, 'a1', { terminating: true });
  const container = { type: 'container', pod: 'a1', container: 'app', containerId: 'c' } as const;
  builder.add({ ...container, t: s(12.1), event: 'sigterm' });
  builder.add({ ...container, t: s(42), event: 'sigkill' });
  builder.add({ ...container, t: s(42.1), event: 'exit', exitCode: 137 });
  builder.add({ ...container, pod: 'a2', t: s(15), event: 'exit', exitCode: 1 });
  const { pods } = timelineOf(builder.gone(43, 'a1').mark(50, 'load-stopped').history());
  expect(pods[0]!.marks.map(({ kind, t, text }) => [kind, t, text])).toEqual([
    ['deleted', 2_000, 'deleted'],
    ['sigterm', 2_100, 'SIGTERM'],
    ['sigkill', 32_000, 'SIGKILL'],
    ['exit', 32_100, 'exits with exit code 137'],
  ]);
  expect(pods[0]!.segments.map(({ state }) => state)).toEqual(['ready', 'terminating', 'ended']);
  expect(pods[1]!.marks).toEqual([{ kind: 'crash', t: 5_000, text: 'its container ended with exit code 1' }]);
});

test('stretches that prove nothing are shown as such', () => {
  const { holes } = timelineOf(goodRoll().gap(14, 15, 'Pod').history());
  expect(holes).toEqual([{ from: 4_000, to: 5_000, what: 'watch:Pod was blind: relisted' }]);
});

test('a run that was cut off before anything was rolled has a timeline all the same', () => {
  const history = new HistoryBuilder().deployment(1).pod(2, 'a1', { ready: false }).history(true);
  expect(timelineOf(history)).toMatchObject({ waves: [], drops: [], steps: [], transitions: [] });
});
