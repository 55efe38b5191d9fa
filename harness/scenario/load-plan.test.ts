import { describe, expect, test } from 'vitest';
import { CannotRun } from '../errors.ts';
import type { LanePlan } from '../history/types.ts';
import { type LoadSettings, planLoad } from './load-plan.ts';

const laneOf = (settings: LoadSettings, name: LanePlan['name'], rate?: number) =>
  planLoad(settings, rate).lanes.find((lane) => lane.name === name);

test('three lanes and control, unless others are asked for by name', () => {
  expect(planLoad().lanes.map(({ name }) => name)).toEqual(['new', 'kept', 'kept-post', 'control']);
  expect(planLoad({ lanes: ['stream'] }).lanes.map(({ name }) => name)).toEqual(['stream', 'control']);
});

test('the control lane calls its own service, whatever the path of the others', () => {
  expect(planLoad({ path: '/shop' })).toMatchObject({ path: '/shop', lanes: [{}, {}, {}, { path: '/api/data' }] });
});

describe('a lane that is held for seconds', () => {
  test('has its own path, time-out and fewest requests', () => {
    expect(laneOf({ lanes: ['slow'] }, 'slow')).toEqual({
      name: 'slow',
      method: 'GET',
      connection: 'new',
      rate: 0.5,
      path: '/api/slow?seconds=2',
      timeoutMs: 17_000,
      minRequests: 3,
    });
    expect(laneOf({ lanes: ['stream'], timeoutMs: 5000 }, 'stream')).toEqual({
      name: 'stream',
      method: 'GET',
      connection: 'new',
      rate: 0.25,
      path: '/api/stream?seconds=8',
      timeoutMs: 13_000,
      minRequests: 2,
    });
  });

  test('as it is asked for', () => {
    const settings: LoadSettings = { lanes: ['slow', 'stream'], slow: { path: '/report' }, stream: { seconds: 60 } };
    expect(laneOf(settings, 'slow')).toMatchObject({ path: '/report', timeoutMs: 17_000 });
    expect(laneOf(settings, 'stream')).toMatchObject({ path: '/api/stream?seconds=60', timeoutMs: 75_000 });
    expect(laneOf({ lanes: ['slow'], slow: { rate: 0.05 } }, 'slow')).toMatchObject({ rate: 0.05, minRequests: 1 });
  });

  test('keeps its rate when the others are given one', () => {
    expect(laneOf({ lanes: ['new', 'stream'], rate: 100 }, 'stream', 200)).toMatchObject({ rate: 0.25 });
    expect(laneOf({ lanes: ['new', 'stream'], rate: 100 }, 'new', 200)).toMatchObject({ rate: 200 });
  });

  test('never takes more than three of the four threads of one pod of the sample services', () => {
    const held = planLoad({ lanes: ['slow', 'stream'] }).lanes.filter(({ name }) => name !== 'control');
    const seconds = ({ path }: LanePlan) => Number(path?.split('=')[1]);
    expect(held.reduce((sum, lane) => sum + lane.rate * seconds(lane), 0)).toBeLessThanOrEqual(3);
  });

  test.each<[LoadSettings, RegExp]>([
    [{ lanes: ['slow'], slow: { rate: 0 } }, /slow\.rate is 0/],
    [{ lanes: ['stream'], stream: { seconds: -1 } }, /stream\.seconds is -1/],
    [{ lanes: ['stream'], stream: { seconds: 60, rate: 20 } }, /lane stream.*1505 requests in flight/],
    [{ lanes: ['new'], slow: { seconds: 3 } }, /slow.*the lane slow is not asked for/],
  ])('what cannot be driven is refused in words: %o', (settings, words) => {
    expect(() => planLoad(settings)).toThrow(CannotRun);
    expect(() => planLoad(settings)).toThrow(words);
  });
});

test('a script of one’s own has a lane of its own', () => {
  const names = (settings: LoadSettings) => planLoad(settings).lanes.map(({ name }) => name);
  expect(names({ script: 'load.js' })).toEqual(['own', 'control']);
  expect(names({ script: 'load.js', lanes: ['new', 'own'] })).toEqual(['new', 'own', 'control']);
  expect(() => planLoad({ lanes: ['own'] })).toThrow('the lane own is asked for, and no script');
  expect(() => planLoad({ script: 'load.js', lanes: ['new'] })).toThrow(
    'there is a script, but the lane own is not asked for',
  );
});
