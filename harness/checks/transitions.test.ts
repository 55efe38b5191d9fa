import { describe, expect, test } from 'vitest';
import { goodRoll, HistoryBuilder, s, threeUp } from '../history/testing/build.ts';
import { done } from './done.ts';
import { monotone, readyFloor, surgeCeiling } from './rollout.ts';
import { runChecks } from './run.ts';
import { waves } from './waves.ts';

const pairs = (builder: HistoryBuilder, transition: number) =>
  waves(builder.history())
    .filter((wave) => wave.transition === transition)
    .map((wave) => `${wave.old},${wave.new}`)
    .join(' ');

const names = (builder: HistoryBuilder, verdict: string) =>
  runChecks(builder.add({ type: 'self', t: s(20), loopDelayMs: 3, cpuBusy: 0.4 }).history())
    .filter((finding) => finding.verdict === verdict)
    .map(({ name }) => name);

/** Up to (2,2) of a roll from web-a to web-b: a2, a3 and b1 are ready, b2 is not yet. */
function midRoll(builder = new HistoryBuilder(), deployment = {}): HistoryBuilder {
  threeUp(builder, deployment)
    .deployment(11, { generation: 2, observed: 1, ...deployment })
    .replicaSet(11.1, 'web-b', 2, 1)
    .deployment(11.2, { generation: 2, updated: 1, total: 4, ...deployment })
    .pod(11.3, 'b1', { owner: 'web-b', ready: false })
    .request(12)
    .pod(13, 'b1', { owner: 'web-b' });
  return builder
    .replicaSet(13.1, 'web-a', 1, 2)
    .pod(13.2, 'a1', { terminating: true })
    .replicaSet(13.3, 'web-b', 2, 2)
    .pod(13.4, 'b2', { owner: 'web-b', ready: false });
}

/** From (2,2), a second update to web-c, at 14: web-c begins at 0, because four are there already. */
function rollover(): HistoryBuilder {
  const builder = midRoll().request(13.9).mark(14, 'trigger', 'rollover').request(14.05);
  builder
    .deployment(14.1, { generation: 3, observed: 2, updated: 2, total: 4 })
    .replicaSet(14.2, 'web-c', 3, 0)
    .deployment(14.25, { generation: 3, updated: 0, total: 4 })
    // The controller takes the pods away that are not healthy first.
    .replicaSet(14.3, 'web-b', 2, 1)
    .pod(14.35, 'b2', { owner: 'web-b', ready: false, terminating: true })
    .replicaSet(14.4, 'web-c', 3, 1)
    .request(15);
  const old: [string, string, number, number][] = [
    ['a2', 'web-a', 1, 1],
    ['a3', 'web-a', 1, 0],
    ['b1', 'web-b', 2, 0],
  ];
  for (const [i, [pod, owner, revision, replicas]] of old.entries()) {
    const at = 17 + 3 * i;
    builder.pod(at, `c${i + 1}`, { owner: 'web-c' }).replicaSet(at + 0.1, owner, revision, replicas);
    builder.pod(at + 0.2, pod, { owner, terminating: true });
    if (i < 2) builder.replicaSet(at + 0.3, 'web-c', 3, i + 2);
    builder.slice(at + 0.4, ['a2', 'a3', 'b1', 'c1', 'c2', 'c3'].slice(i + 1, i + 4));
  }
  builder.deployment(24, { generation: 3 });
  for (const [i, pod] of ['a1', 'b2', 'a2', 'a3', 'b1'].entries()) builder.gone(25 + i, pod, `web-${pod[0]}`);
  return builder.mark(30, 'settled').request(31).mark(35, 'tail-end').lane(36).mark(36, 'load-stopped');
}

describe('a second update overtakes the first', () => {
  test('is no defect', () => expect(names(rollover(), 'pass')).toHaveLength(8));

  test('each of the two transitions has its waves; the old ReplicaSets are all but the newest', () => {
    expect(pairs(rollover(), 0)).toBe('3,1 2,1 2,2');
    expect(pairs(rollover(), 1)).toBe('3,0 3,1 2,1 2,2 1,2 1,3 0,3');
  });

  test('what is overtaken ends at the next trigger, and what overtakes it with the last old pod', () => {
    const all = waves(rollover().history());
    expect(all.filter(({ transition }) => transition === 0).at(-1)).toMatchObject({ to: s(14), requests: 1 });
    expect(all.at(-1)).toMatchObject({ to: s(29) });
  });

  test('a new ReplicaSet that falls once the controller has taken up its own update is one', () => {
    const builder = midRoll().replicaSet(13.6, 'web-b', 2, 1).mark(14, 'trigger', 'rollover');
    expect(monotone(builder.deployment(14.1, { generation: 3 }).mark(20, 'tail-end').history())).toMatchObject({
      verdict: 'fail',
      witnesses: ['x-20'],
    });
  });

  test('a dip in the first transition is a dip', () => {
    const builder = rollover();
    builder.pod(13.5, 'a2', { ready: false }).pod(13.6, 'a2');
    expect(readyFloor(builder.history()).detail).toMatch(/dip to 2 at 13\.500 s for 100 ms/);
  });
});

describe('rolling back in mid-roll', () => {
  /** A's ReplicaSet becomes the newest again. */
  const back = (spoil = (builder: HistoryBuilder) => builder) => {
    const builder = midRoll().mark(14, 'trigger', 'rollback');
    // The controller was about to act on the update when the rollback was written, and writes it after that.
    builder
      .deployment(14.1, { generation: 3, observed: 2, updated: 2, total: 4 })
      .pod(14.15, 'b2', { owner: 'web-b' })
      .replicaSet(14.2, 'web-a', 1, 1)
      .replicaSet(14.3, 'web-b', 2, 3);
    builder.replicaSet(14.4, 'web-a', 3, 1).deployment(14.5, { generation: 3, updated: 1, total: 4 });
    spoil(builder);
    builder.replicaSet(15, 'web-b', 2, 2).replicaSet(15.1, 'web-a', 3, 2);
    return builder.mark(20, 'tail-end');
  };
  test('what the controller wrote before it had seen the rollback is no step back', () => {
    expect(monotone(back().history())).toMatchObject({ verdict: 'pass', witnesses: [] });
  });
  test('what it writes afterwards is', () => {
    expect(monotone(back((builder) => builder.replicaSet(14.6, 'web-a', 3, 0)).history()).verdict).toBe('fail');
    expect(monotone(back((builder) => builder.replicaSet(14.6, 'web-b', 2, 4)).history()).verdict).toBe('fail');
  });
  test('new is what has the newest revision, however old it is', () => {
    expect(pairs(back(), 0)).toBe('3,1 2,1 2,2');
    expect(pairs(back(), 1)).toBe('2,1 3,1 2,1 2,2');
  });
});

test('a rollback after a roll is a transition of its own, and the old version answers at its end', () => {
  const builder = goodRoll();
  const [started] = builder.observations;
  if (started?.type === 'scenario') started.workload.versions = { old: '1', new: '2' };
  builder.observations.splice(builder.observations.findIndex((one) => one.type === 'marker' && one.t === s(29)));
  builder
    .mark(30, 'trigger', 'rollback')
    .deployment(30.1, { generation: 3, observed: 2 })
    .replicaSet(30.2, 'web-a', 3, 0);
  builder.replicaSet(30.3, 'web-a', 3, 1).deployment(30.4, { generation: 3, updated: 1, total: 4 });
  for (const i of [1, 2, 3]) {
    builder.pod(30 + 3 * i, `a${i}-anew`).replicaSet(30.1 + 3 * i, 'web-b', 2, 3 - i);
    builder.pod(30.2 + 3 * i, `b${i}`, { owner: 'web-b', terminating: true });
    if (i < 3) builder.replicaSet(30.3 + 3 * i, 'web-a', 3, i + 1);
  }
  builder.deployment(40, { generation: 3 });
  for (const i of [1, 2, 3]) builder.gone(40 + i, `b${i}`, 'web-b');
  builder.mark(44, 'settled').request(45, { version: '1' }).mark(50, 'tail-end');
  expect(pairs(builder, 0)).toBe('3,1 2,1 2,2 1,2 1,3 0,3');
  expect(pairs(builder, 1)).toBe('3,1 2,1 2,2 1,2 1,3 0,3');
  expect(done(builder.history())).toMatchObject({ verdict: 'pass', examined: 2 });
  builder.request(46, { version: '2' });
  expect(done(builder.history()).detail).toContain('1 of 2 answers after the end came from version 2');
});

test('where there are several versions, the one of the image that is rolled to in the end answers', () => {
  const builder = new HistoryBuilder();
  const [started] = builder.observations;
  if (started?.type === 'scenario') started.workload.versions = { old: '1', new: '3', all: ['1', '2', '3'] };
  goodRoll(builder);
  for (const one of builder.observations) {
    if (one.type !== 'object' || one.name !== 'web-b' || one.kind !== 'ReplicaSet') continue;
    Object.assign(one.object.spec as object, { template: { spec: { containers: [{ image: 'web:2' }] } } });
  }
  expect(done(builder.request(31, { version: '2' }).history())).toMatchObject({ verdict: 'pass' });
  expect(done(builder.request(32, { version: '3' }).history()).verdict).toBe('fail');
});

describe('R changes in mid-roll', () => {
  /** At (2,2) of 3, to 6 of which 7 may exist: the controller adds to both. */
  const scaled = (spoil = (builder: HistoryBuilder) => builder) => {
    const builder = midRoll().mark(14, 'trigger', 'scale');
    builder.deployment(14.1, { generation: 3, observed: 2, replicas: 6, updated: 2, total: 4, available: 3 });
    builder.replicaSet(14.2, 'web-a', 1, 4).replicaSet(14.3, 'web-b', 2, 3);
    builder.deployment(14.4, { generation: 3, replicas: 6, updated: 2, total: 4, available: 3 });
    spoil(builder);
    return builder.mark(20, 'tail-end');
  };
  test("the controller's answer, which comes in the new generation, is no step back", () => {
    expect(monotone(scaled().history())).toMatchObject({ verdict: 'pass', witnesses: [] });
  });
  test('a step back after it is one', () => {
    expect(monotone(scaled((builder) => builder.replicaSet(15, 'web-a', 1, 5)).history()).verdict).toBe('fail');
    expect(monotone(scaled((builder) => builder.replicaSet(15, 'web-b', 2, 2)).history()).verdict).toBe('fail');
  });
  test('a new ReplicaSet that is left above the smaller R may fall to it, and no further', () => {
    const fallen = (to: number) =>
      scaled((builder) =>
        builder
          .deployment(15, { generation: 4, observed: 3, replicas: 2, updated: 3, total: 7 })
          .replicaSet(15.1, 'web-a', 1, 0)
          .deployment(15.2, { generation: 4, replicas: 2, updated: 3, total: 3 })
          .replicaSet(15.3, 'web-b', 2, to),
      );
    expect(monotone(fallen(2).history()).verdict).toBe('pass');
    expect(monotone(fallen(1).history()).verdict).toBe('fail');
  });
  test('each transition has its waves, of the same two ReplicaSets', () => {
    expect(pairs(scaled(), 0)).toBe('3,1 2,1 2,2');
    expect(pairs(scaled(), 1)).toBe('4,2 4,3');
  });
  test('the ceiling is that of the larger R, and of the smaller one once that is reached', () => {
    expect(surgeCeiling(scaled().history()).verdict).toBe('pass');
    expect(surgeCeiling(scaled((builder) => builder.replicaSet(15, 'web-b', 2, 4)).history()).verdict).toBe('fail');
  });
});

describe('scaling alone', () => {
  const scaled = () => {
    const builder = new HistoryBuilder();
    threeUp(builder);
    const trigger = builder.observations.findIndex((one) => one.type === 'marker' && one.marker === 'trigger');
    builder.observations.splice(trigger);
    builder
      .mark(10, 'trigger', 'scale')
      .deployment(11, { generation: 2, observed: 1, replicas: 4, updated: 3, total: 3 });
    builder
      .replicaSet(11.1, 'web-a', 1, 4)
      .deployment(11.2, { generation: 2, replicas: 4, updated: 3, total: 3, available: 3 });
    return builder.pod(13, 'a4').deployment(13.1, { generation: 2, replicas: 4 }).mark(20, 'tail-end');
  };
  test('has the ReplicaSet that is there as its new one, and is done without another', () => {
    expect(pairs(scaled(), 0)).toBe('0,4');
    expect(waves(scaled().history())[0]).toMatchObject({ from: s(11.1), to: s(13.1), floor: 3, maxPods: 4 });
    expect(done(scaled().history())).toMatchObject({ verdict: 'pass' });
  });
});

describe('waves', () => {
  test('a pause is a long wave', () => {
    const builder = midRoll().deployment(14, { generation: 3, updated: 2, total: 4 });
    const [last] = waves(builder.mark(60, 'tail-end').history()).slice(-1);
    expect(last).toMatchObject({ old: 2, new: 2, from: s(13.3), to: s(60) });
  });
  test('what flaps after the last old pod is gone makes none longer', () => {
    const builder = goodRoll().deployment(30, { generation: 2, available: 2 }).deployment(31, { generation: 2 });
    expect(waves(builder.history()).at(-1)!.to).toBe(s(28));
  });
  test('a pod that was evicted and stays as Failed is not waited for', () => {
    const builder = goodRoll();
    builder.observations.splice(
      builder.observations.findIndex((one) => one.type === 'object' && one.t === s(26)),
      1,
    );
    builder.pod(26, 'a1', { phase: 'Failed', ready: false });
    expect(waves(builder.history()).at(-1)!.to).toBe(s(28));
  });
  test('a terminating pod is waited for until it is gone, also once its containers have ended', () => {
    const builder = goodRoll().pod(27.5, 'a3', { phase: 'Succeeded', ready: false, terminating: true });
    expect(waves(builder.history()).at(-1)!.to).toBe(s(28));
  });
  test('a ReplicaSet that begins with no replicas begins no wave: nothing was scaled', () => {
    const builder = threeUp().replicaSet(11, 'web-b', 2, 0).replicaSet(12, 'web-b', 2, 1).mark(20, 'tail-end');
    expect(waves(builder.history())[0]).toMatchObject({ old: 3, new: 1, from: s(12) });
  });
});
