import { describe, expect, test } from 'vitest';
import { HistoryBuilder, s } from '../history/testing/build.ts';
import { done } from './done.ts';
import { endpoints } from './endpoints.ts';
import { monotone, readyFloor, surgeCeiling } from './rollout.ts';
import { waves } from './waves.ts';

const pairs = (builder: HistoryBuilder) =>
  waves(builder.history()).map(({ old, new: fresh, selector }) => `${old},${fresh}${selector && ` ${selector}`}`);

const CANARY = { name: 'web-canary' };
/** As the driver keeps it. */
const WORSE = JSON.stringify({
  step: [2, 1],
  from: s(12),
  to: s(14),
  criteria: { requests: 1, significance: 0.001, slowerMs: 10 },
  promote: false,
});

/** Three stable pods and a canary of none, behind one Service; the trigger at 10 promises three at least, four at most. */
function shift(): HistoryBuilder {
  const builder = new HistoryBuilder({ others: ['web-canary'] });
  builder.service(1, { app: 'web' }).deployment(1).replicaSet(1, 'web-a', 1, 3);
  builder.deployment(1, { ...CANARY, replicas: 0 });
  builder.replicaSet(1, 'canary-a', 1, 0, { deployment: 'web-canary', image: 'v2' });
  for (const name of ['a1', 'a2', 'a3']) builder.pod(1, name);
  return builder
    .slice(1, ['a1', 'a2', 'a3'])
    .mark(5, 'load-ready')
    .request(6)
    .mark(10, 'trigger', 'canary', { to: 'web-canary', limits: { floor: 3, ceiling: 4 } });
}

const canary = (builder: HistoryBuilder, at: number, replicas: number, available = replicas) => {
  const status = { replicas, total: replicas, updated: replicas, available };
  return builder
    .deployment(at, { ...CANARY, ...status, generation: replicas + 1 })
    .replicaSet(at + 0.1, 'canary-a', 1, replicas, { deployment: 'web-canary', image: 'v2' });
};

const stable = (builder: HistoryBuilder, at: number, replicas: number) =>
  builder.deployment(at, { replicas, generation: 5 - replicas }).replicaSet(at + 0.1, 'web-a', 1, replicas);

/** Step by step to three of the canary: each time one of it comes first, then one of stable goes. */
function promoted(builder = shift()): HistoryBuilder {
  for (const [i, at] of [11, 15, 19].entries()) {
    const [fresh, old] = [`c${i + 1}`, `a${i + 1}`];
    canary(builder, at, i + 1, i).pod(at + 0.2, fresh, { owner: 'canary-a', ready: false });
    builder.pod(at + 1, fresh, { owner: 'canary-a' });
    canary(builder, at + 1.1, i + 1).slice(at + 1.2, ['a1', 'a2', 'a3', 'c1', 'c2', 'c3'].slice(i, i + 4));
    stable(builder, at + 2, 2 - i).pod(at + 2.2, old, { terminating: true });
    builder.slice(at + 2.3, ['a1', 'a2', 'a3', 'c1', 'c2', 'c3'].slice(i + 1, i + 4)).request(at + 3);
  }
  for (const [i, name] of ['a1', 'a2', 'a3'].entries()) builder.gone(25 + i, name);
  return builder.mark(29, 'settled').request(30, { pod: 'c1' }).mark(33, 'tail-end').lane(34).mark(34, 'load-stopped');
}

describe('a canary, shifted step by step', () => {
  test('passes, and its waves are its pairs (stable, canary)', () => {
    const history = promoted().history();
    for (const check of [readyFloor, surgeCeiling, monotone, endpoints, done])
      expect(check(history)).toMatchObject({ verdict: 'pass' });
    expect(pairs(promoted())).toEqual([
      '3,1 app=web',
      '2,1 app=web',
      '2,2 app=web',
      '1,2 app=web',
      '1,3 app=web',
      '0,3 app=web',
    ]);
  });

  test('stable taken away first breaks the one floor over both', () => {
    const builder = shift();
    stable(builder, 11, 2).pod(11.2, 'a1', { terminating: true });
    expect(readyFloor(promoted(builder).history())).toMatchObject({ verdict: 'fail' });
  });

  test('all of the canary at once is above the ceiling', () => {
    expect(surgeCeiling(promoted(canary(shift(), 10.5, 3)).history())).toMatchObject({ verdict: 'fail' });
  });

  test('a canary that shrinks within its own shift is a step back', () => {
    expect(monotone(promoted(canary(canary(shift(), 10.3, 2), 10.6, 1)).history())).toMatchObject({ verdict: 'fail' });
  });

  test('is not done while a pod of stable is there, nor when stable still answers', () => {
    const left = promoted();
    left.observations.splice(
      left.observations.findIndex((one) => one.type === 'object' && one.verb === 'deleted' && one.name === 'a3'),
      1,
    );
    expect(done(left.history())).toMatchObject({
      verdict: 'fail',
      detail: expect.stringContaining('1 pods still terminating'),
    });
    const wrong = promoted().request(30.5, { pod: 'a2' });
    expect(done(wrong.history())).toMatchObject({ verdict: 'fail', detail: expect.stringContaining('the old pod a2') });
  });

  /** After its first step. */
  function aborted(): HistoryBuilder {
    const builder = canary(shift(), 11, 1).pod(12, 'c1', { owner: 'canary-a' });
    builder.mark(15, 'trigger', 'canary-abort', { to: 'web', limits: { floor: 3, ceiling: 4 }, detail: 'back: why' });
    canary(builder, 16, 0).pod(16.2, 'c1', { owner: 'canary-a', terminating: true }).gone(20, 'c1', 'canary-a');
    return builder
      .mark(21, 'settled')
      .request(22, { pod: 'a1' })
      .mark(25, 'tail-end')
      .lane(26)
      .mark(26, 'load-stopped');
  }

  test('one that was given up because it did not get ready, or was found worse, is not done: the new version serves nobody', () => {
    const late = { action: 'canary-step', detail: 'stable 2, canary 1', ok: false };
    const worse = { action: 'canary-analysis', detail: '', ok: true, output: WORSE };
    for (const because of [late, worse]) {
      const builder = aborted().add({ type: 'action', t: s(10.5), end: s(15), ...because });
      expect(done(builder.history())).toMatchObject({
        verdict: 'fail',
        detail: 'the canary was given up, back: why',
        witnesses: [builder.observations.find((one) => one.type === 'marker' && one.transition === 'canary-abort')?.id],
      });
      // Where somebody says that it will be, that is what it came for.
      const claims = [{ text: 'it is given up', measure: 'aborts', with: {}, holds: true }];
      const { started, ...rest } = builder.history();
      expect(done({ ...rest, started: { ...started!, claims } })).toMatchObject({ verdict: 'pass' });
    }
  });

  test('whose end did not come in its time is not done, whatever else of it looks as it should', () => {
    const builder = promoted();
    const settled = builder.observations.findIndex((one) => one.type === 'marker' && one.marker === 'settled');
    builder.observations.splice(settled, 1);
    const detail = 'waited 180 s for new connections to go to one side only; last state: 3 of 3 ready';
    builder.add({ type: 'action', t: s(29), action: 'wait', detail, ok: false });
    expect(done(builder.history())).toMatchObject({ verdict: 'fail', detail });
    expect(done(builder.mark(30, 'settled').history())).toMatchObject({ verdict: 'pass' });
  });

  test('an abort is a transition of its own, back to stable', () => {
    const history = aborted().history();
    for (const check of [readyFloor, surgeCeiling, monotone, done])
      expect(check(history)).toMatchObject({ verdict: 'pass' });
    expect(waves(history).map(({ transition, old, new: fresh }) => [transition, old, fresh])).toEqual([
      [0, 3, 1],
      [1, 0, 3],
    ]);
  });
});

describe('blue-green', () => {
  /** Green is made and comes up, the selector switches at 15, blue goes at 18. */
  function switched(switchedAt = 15): HistoryBuilder {
    const builder = new HistoryBuilder({ others: ['web-green'] });
    builder.service(1, { color: 'blue' }).deployment(1).replicaSet(1, 'web-a', 1, 3);
    for (const name of ['a1', 'a2', 'a3']) builder.pod(1, name);
    builder.slice(1, ['a1', 'a2', 'a3']).mark(5, 'load-ready').request(6);
    builder.mark(10, 'trigger', 'blue-green', { to: 'web-green', limits: { floor: 3, ceiling: 6 } });
    builder.deployment(11, { name: 'web-green', updated: 0, available: 0 });
    builder.replicaSet(11.1, 'green-a', 1, 3, { deployment: 'web-green', image: 'v2' });
    for (const name of ['g1', 'g2', 'g3']) builder.pod(13, name, { owner: 'green-a' });
    builder.deployment(13.5, { name: 'web-green' });
    builder.service(switchedAt, { color: 'green' }).slice(switchedAt + 0.1, switchedAt < 13 ? [] : ['g1', 'g2', 'g3']);
    builder.request(16).replicaSet(18, 'web-a', 1, 0);
    if (switchedAt < 13) builder.slice(18, ['g1', 'g2', 'g3']);
    for (const name of ['a1', 'a2', 'a3']) builder.pod(18.2, name, { terminating: true }).gone(25, name);
    return builder
      .mark(29, 'settled')
      .request(30, { pod: 'g1' })
      .mark(33, 'tail-end')
      .lane(34)
      .mark(34, 'load-stopped');
  }

  test('passes; its waves tell the selector apart', () => {
    for (const check of [readyFloor, surgeCeiling, monotone, endpoints, done])
      expect(check(switched().history())).toMatchObject({ verdict: 'pass' });
    expect(pairs(switched())).toEqual(['3,3 color=blue', '3,3 color=green', '0,3 color=green']);
  });

  test('switched before green is ready: no endpoints', () => {
    expect(endpoints(switched(11.5).history())).toMatchObject({ verdict: 'fail' });
  });
});
