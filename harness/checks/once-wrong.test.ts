import { describe, expect, test } from 'vitest';
import { goodRoll, HistoryBuilder, s, threeUp } from '../history/testing/build.ts';
import type { KubeObject } from '../history/types.ts';
import { runChecks } from './run.ts';

/** Verdicts that were wrong once, each of a history that a real cluster can make. */

const findings = (builder: HistoryBuilder) => {
  for (const at of [12, 33]) builder.add({ type: 'self', t: s(at), loopDelayMs: 3, cpuBusy: 0.4 });
  return runChecks(builder.history());
};
const found = (builder: HistoryBuilder, name: string) => findings(builder).find((one) => one.name === name)!;
const verdictOf = (builder: HistoryBuilder, name: string) => found(builder, name).verdict;
const notPassed = (builder: HistoryBuilder) =>
  findings(builder).flatMap(({ name, verdict }) => (verdict === 'pass' ? [] : [`${name} ${verdict}`]));
const OWNED: KubeObject = {
  metadata: { ownerReferences: [{ kind: 'Deployment', name: 'web', uid: 'web', controller: true }] },
};
const kubeletAway = (builder: HistoryBuilder, from: number, to: number) =>
  builder.add({ type: 'fault', t: s(to), source: 'kubelet', from: s(from), to: s(to), detail: 'it ended' });
const NAMES = ['a1', 'a2', 'a3'];

describe('a cluster whose clock is not the harness’s, where pods have to be ready for 5 s', () => {
  /** A sound roll. Each new pod is seen before it is ready. */
  function roll(aheadSeconds: number, minReadySeconds = 5) {
    const b = new HistoryBuilder().deployment(1, { minReadySeconds }).replicaSet(1, 'web-a', 1, 3);
    for (const name of NAMES) b.pod(1, name, { readySince: -60 });
    b.slice(1, NAMES).mark(5, 'load-ready').request(6).mark(10, 'trigger');
    b.deployment(11, { generation: 2, observed: 1 }).replicaSet(11, 'web-b', 2, 1);
    let [old, fresh] = [3, 1];
    for (const [i, ready] of [13, 21, 29].entries()) {
      const pod = { owner: 'web-b', readySince: ready + aheadSeconds };
      b.pod(ready - 1, `b${i + 1}`, { ...pod, ready: false }).pod(ready, `b${i + 1}`, pod);
      b.replicaSet(ready + 5.1, 'web-a', 1, --old).pod(ready + 5.2, `a${i + 1}`, { terminating: true });
      if (fresh < 3) b.replicaSet(ready + 5.3, 'web-b', 2, ++fresh);
      b.slice(ready + 5.4, [...NAMES, 'b1', 'b2', 'b3'].slice(i + 1, i + 4)).request(ready + 6);
    }
    b.deployment(36, { generation: 2 });
    for (const name of NAMES) b.gone(40, name);
    return b.mark(44, 'settled').request(45).mark(49, 'tail-end').lane(50).mark(50, 'load-stopped');
  }
  /** One too few from 15 to 18, unless the fourth pod had been ready for longer. */
  function dip(aheadSeconds: number) {
    const b = new HistoryBuilder().deployment(1, { minReadySeconds: 5 }).replicaSet(1, 'web-a', 1, 3);
    for (const name of NAMES) b.pod(1, name, { readySince: -60 });
    b.slice(1, NAMES).mark(5, 'load-ready').request(6).mark(10, 'trigger', 'scale');
    b.pod(12, 'a4', { ready: false }).pod(13, 'a4', { readySince: 13 + aheadSeconds });
    b.pod(15, 'a1', { terminating: true }).gone(16, 'a1').slice(16, ['a2', 'a3', 'a4']);
    return b.mark(20, 'settled').request(21).mark(25, 'tail-end').lane(26).mark(26, 'load-stopped');
  }

  test('in step with it, all is as it is', () => {
    expect(notPassed(roll(0))).toEqual([]);
    expect(verdictOf(dip(0), 'ready-floor')).toBe('fail');
  });
  test('ahead: what looks like a dip is none that is proven', () => {
    const { verdict, detail } = found(roll(2), 'ready-floor');
    expect(verdict).toBe('inconclusive');
    expect(detail).toContain("; the cluster's clock was ahead by 2.0 s at least: since when pods were ready");
  });
  test('behind: a dip may be hidden', () => {
    const { verdict, detail } = found(dip(-4), 'ready-floor');
    expect(verdict).toBe('inconclusive');
    expect(detail).toContain("the cluster's clock was behind by up to 4.0 s, or its watch told as late");
  });
  test('set by an hour in mid-run, as after a sleep', () => {
    const b = roll(3600).add({ type: 'self', t: s(12.5), loopDelayMs: 3, cpuBusy: 0.4, clockStepMs: 3_600_000 });
    expect(notPassed(b)).not.toContain('ready-floor fail');
  });
  test('no quicker than the quickest: one that was told of late says nothing', () => {
    const b = roll(0).pod(41, 'b1', { owner: 'web-b', ready: false }).pod(47, 'b1', { owner: 'web-b', readySince: 42 });
    expect(found(b, 'ready-floor').detail).not.toContain('clock');
  });
  test('nobody asks for it where pods need not wait', () => expect(notPassed(roll(7, 0))).toEqual([]));
});

describe('a Deployment that is deleted', () => {
  test('with all its pods, in the quiet tail', () => {
    const b = goodRoll().object(29.5, 'Deployment', 'web', OWNED, { verb: 'deleted' });
    b.object(29.6, 'ReplicaSet', 'web-b', OWNED, { verb: 'deleted' });
    for (const name of ['b1', 'b2', 'b3']) b.pod(29.7, name, { owner: 'web-b', terminating: true });
    b.slice(29.8, [], ['b1', 'b2', 'b3']);
    expect(found(b, 'done')).toMatchObject({
      verdict: 'fail',
      detail: 'the Deployment is gone; 3 pods still terminating',
    });
    expect(verdictOf(b, 'ready-floor')).toBe('fail');
  });
  test('beside the one that is rolled: its pods hide no dip while they are there', () => {
    const b = threeUp(new HistoryBuilder({ others: ['canary'] }));
    b.deployment(1.1, { name: 'canary', uid: 'canary', replicas: 1 });
    b.replicaSet(1.2, 'canary-x', 1, 1, { deployment: 'canary' }).pod(1.3, 'c1', { owner: 'canary-x' });
    b.object(11, 'Deployment', 'canary', {}, { verb: 'deleted' });
    b.pod(12, 'a1', { ready: false }).pod(12.3, 'a1');
    expect(verdictOf(b.mark(33.5, 'tail-end'), 'ready-floor')).toBe('fail');
  });
});

test('old pods that still terminate, whose ReplicaSet is gone (revisionHistoryLimit: 0), beside another Deployment', () => {
  const b = goodRoll(new HistoryBuilder({ others: ['canary'] }));
  b.deployment(1.5, { name: 'canary', uid: 'canary', replicas: 0 });
  b.object(23, 'ReplicaSet', 'web-a', OWNED, { verb: 'deleted' });
  const ends = b.observations.filter((one) => one.type === 'object' && one.kind === 'Pod' && one.verb === 'deleted');
  for (const one of ends) b.observations.splice(b.observations.indexOf(one), 1);
  expect(found(b, 'done')).toMatchObject({ verdict: 'fail', detail: '3 pods still terminating' });
});

describe('an autoscaler', () => {
  test('that scales while somebody else’s rollout is waited for makes none', () => {
    const b = new HistoryBuilder().deployment(1).replicaSet(1, 'web-a', 1, 3);
    for (const name of NAMES) b.pod(1, name);
    b.slice(1, NAMES).mark(5, 'load-ready').request(6).mark(10, 'trigger', 'observed');
    const four = { generation: 2, replicas: 4 };
    b.deployment(10.5, { ...four, observed: 1, updated: 3, total: 3, available: 3 }).replicaSet(10.6, 'web-a', 1, 4);
    b.pod(13, 'a4')
      .deployment(13.1, four)
      .slice(13.2, [...NAMES, 'a4'])
      .request(12);
    b.mark(14, 'settled').request(15, { pod: 'a1' }).mark(33.5, 'tail-end').lane(34).mark(34, 'load-stopped');
    expect(found(b, 'done')).toMatchObject({
      verdict: 'inconclusive',
      detail: 'what was observed was no rollout: no new ReplicaSet came',
    });
  });

  /** It had settled at 29. */
  const scaled = (replicas: number, builder = goodRoll()) => {
    builder.deployment(31, { generation: 3, observed: 2, replicas, updated: 3, total: 3, available: 3 });
    return builder.replicaSet(31.1, 'web-b', 2, replicas);
  };
  test('that scales up in the quiet tail does not undo what was done', () => {
    const b = scaled(5).deployment(31.2, { generation: 3, replicas: 5, available: 3 });
    for (const name of ['b4', 'b5']) b.pod(31.3, name, { owner: 'web-b', ready: false });
    expect(verdictOf(b, 'done')).toBe('pass');
  });
  test('nor does one that scales down', () => {
    const b = scaled(2).pod(31.2, 'b3', { owner: 'web-b', terminating: true }).slice(31.3, ['b1', 'b2'], ['b3']);
    expect(verdictOf(b.deployment(31.4, { generation: 3, replicas: 2 }), 'done')).toBe('pass');
  });
  test('but an old pod that is left is one', () => {
    const b = goodRoll();
    const gone = b.observations.findIndex((one) => one.type === 'object' && one.verb === 'deleted');
    b.observations.splice(gone, 1);
    expect(found(scaled(5, b), 'done')).toMatchObject({
      verdict: 'fail',
      detail: 'the Deployment is not rolled out; 1 pods still terminating',
    });
  });
  test('what was never done is not done by it', () => {
    const b = threeUp().deployment(11, { generation: 2, observed: 1 }).replicaSet(11, 'web-b', 2, 1);
    b.deployment(12, { generation: 2, updated: 1, total: 4 }).mark(29, 'settled').request(30).mark(33, 'tail-end');
    expect(verdictOf(scaled(5, b), 'done')).toBe('fail');
  });
});

describe('which version is wanted', () => {
  /** Both templates have the same image. */
  const sameImage = (kind: string, version: string, pod: string) => {
    const b = goodRoll();
    const template = { spec: { containers: [{ image: 'web:stable' }] } };
    for (const one of b.observations) {
      if (one.type === 'scenario') one.workload.versions = { old: '1', new: '2' };
      if (one.type === 'marker' && one.marker === 'trigger') one.transition = kind;
      if (one.type === 'object' && one.kind === 'ReplicaSet') Object.assign(one.object.spec as object, { template });
    }
    return verdictOf(b.request(30.5, { version, pod }), 'done');
  };
  test('an update that changes a variable and no image: whichever the new pods are of', () => {
    expect(sameImage('rolling', '2', 'b1')).toBe('pass');
    expect(sameImage('rolling', '1', 'b1')).toBe('pass');
    expect(sameImage('rolling', '1', 'a1')).toBe('fail');
  });
  test('a restart: the same as before', () => {
    expect(sameImage('restart', '1', 'b1')).toBe('pass');
    expect(sameImage('restart', '2', 'b1')).toBe('fail');
  });
});

test.each([
  ['below 2^53', ''],
  ['above 2^53', '17334741230300'],
])('a Pod event is received before what caused it, and put behind it by its version, %s', (_, prefix) => {
  let next = 10_000;
  const version = (at = next++) => ({ version: `${prefix}${at}` });
  const names = ['a1', 'a2', 'a3', 'a4', 'a5', 'a6'];
  const b = new HistoryBuilder().deployment(1, { replicas: 6, ...version() }).replicaSet(1, 'web-a', 1, 6, version());
  for (const name of names) b.pod(1, name, version());
  b.slice(1, names, [], version()).mark(5, 'load-ready').request(6).mark(10, 'trigger', 'scale');
  b.replicaSet(12, 'web-a', 1, 3, version(20_001)).pod(12.001, 'a6', { terminating: true, ...version(20_002) });
  const three = { generation: 2, replicas: 3 };
  b.deployment(12.003, { ...three, observed: 1, updated: 6, total: 6, available: 6, ...version(20_000) });
  b.pod(12.004, 'a5', { terminating: true, ...version(20_003) });
  b.pod(12.004, 'a4', { terminating: true, ...version(20_004) });
  b.deployment(12.1, { ...three, ...version(20_005) }).slice(12.2, NAMES, [], version(20_006));
  for (const [i, name] of ['a4', 'a5', 'a6'].entries()) b.gone(15, name, 'web-a', version(20_007 + i));
  b.mark(18, 'settled').request(19).mark(33.5, 'tail-end').lane(34).mark(34, 'load-stopped');
  expect(notPassed(b)).toEqual([]);
});

describe('a fault of the machine that caused what no witness of it lies in', () => {
  test('duration: the roll was held up', () => {
    const b = () => goodRoll(new HistoryBuilder({ expectation: { verdict: 'pass', seconds: 15 } }));
    expect(verdictOf(kubeletAway(b(), 11.5, 25), 'duration')).toBe('inconclusive');
    expect(verdictOf(kubeletAway(b(), 5, 9.9), 'duration')).toBe('fail');
    expect(verdictOf(kubeletAway(b(), 28, 31), 'duration')).toBe('fail');
  });
  test('latency: without the answers in it, one in a hundred is left', () => {
    const b = () => {
      const builder = goodRoll(new HistoryBuilder({ expectation: { verdict: 'pass', p99Ms: 100 } }));
      for (let i = 0; i < 300; i++) builder.request(11 + i * 0.05, { seconds: i >= 100 && i < 110 ? 0.4 : 0.01 });
      return builder.request(26.2, { seconds: 0.11 });
    };
    expect(verdictOf(kubeletAway(b(), 15, 20), 'latency')).toBe('inconclusive');
    expect(verdictOf(kubeletAway(b(), 11, 12), 'latency')).toBe('fail');
  });
  test('done: nothing was heard of the pods any more', () => {
    const b = () => {
      const builder = threeUp().deployment(11, { generation: 2, observed: 1 }).replicaSet(11, 'web-b', 2, 1);
      return builder.pod(11.2, 'b1', { owner: 'web-b', ready: false }).mark(40, 'tail-end');
    };
    expect(verdictOf(kubeletAway(b(), 11.5, 40), 'done')).toBe('inconclusive');
    expect(verdictOf(kubeletAway(b(), 11.5, 39), 'done')).toBe('fail');
    expect(verdictOf(kubeletAway(b(), 40, 41), 'done')).toBe('fail');
    // What ended well did so, whatever came over the machine then.
    expect(verdictOf(kubeletAway(goodRoll(), 32, 40), 'done')).toBe('pass');
  });
  test('but an answer of 500 is the app’s own; 503 may not be', () => {
    const answers = (status: number) => {
      const builder = goodRoll();
      for (let i = 0; i < 5; i++) builder.request(13 + i, { status, errorCode: 1000 + status, pod: 'a2' });
      return verdictOf(kubeletAway(builder, 12, 20), 'no-drops');
    };
    expect([answers(500), answers(503)]).toEqual(['fail', 'inconclusive']);
  });
});

describe('a request that had hung before the transition began, and was lost after it', () => {
  const lost = (at: number, lane: 'new' | 'slow' = 'new') =>
    found(
      goodRoll().request(at, { lane, seconds: 15, status: 0, errorCode: 1050, error: 'request timeout' }),
      'no-drops',
    );
  test('may not be lost by it', () => {
    expect(lost(5.5)).toMatchObject({
      verdict: 'inconclusive',
      detail: 'dropped: new 1 of 5; 1 had been without an answer for too long before the transition',
    });
  });
  test('another one is a drop beside it, and the only witness', () => {
    const b = goodRoll().request(5.5, { seconds: 15, status: 0, errorCode: 1050 });
    b.request(20, { status: 0, errorCode: 1220 });
    expect(found(b, 'no-drops')).toMatchObject({ verdict: 'fail', witnesses: [b.observations.at(-3)!.id] });
  });
  test('had it just begun, it is a drop', () => expect(lost(9.6).verdict).toBe('fail'));
  test('so it is in a lane whose answers are held', () => expect(lost(5.5, 'slow').verdict).toBe('fail'));
});

test('a scale-down takes until the pods that go are gone', () => {
  const b = new HistoryBuilder({ expectation: { verdict: 'pass', seconds: 5 } });
  const names = [...NAMES, 'a4'];
  b.deployment(1, { replicas: 4 }).replicaSet(1, 'web-a', 1, 4);
  for (const name of names) b.pod(1, name);
  b.slice(1, names).mark(5, 'load-ready').request(6).mark(10, 'trigger', 'scale').request(11);
  const three = { generation: 2, replicas: 3 };
  b.deployment(10.1, { ...three, observed: 1, updated: 4, total: 4, available: 4 }).replicaSet(10.2, 'web-a', 1, 3);
  b.pod(10.3, 'a4', { terminating: true }).deployment(10.5, three).gone(40, 'a4');
  b.mark(40.1, 'settled').request(41).mark(45, 'tail-end');
  expect(found(b, 'duration')).toMatchObject({ verdict: 'fail', detail: 'at most 5 s; scale: 30.0 s' });
});

test('a Service of two families, of which one has no endpoint for 10 s', () => {
  const b = new HistoryBuilder().deployment(1).replicaSet(1, 'web-a', 1, 3);
  for (const name of NAMES) b.pod(1, name);
  const slice = (at: number, addressType: string, ready: boolean) =>
    b.object(at, 'EndpointSlice', `web-${addressType}`, {
      addressType,
      metadata: { labels: { 'kubernetes.io/service-name': 'web' } },
      endpoints: NAMES.map((uid) => ({ conditions: { ready }, targetRef: { uid, name: uid } })),
    });
  slice(1, 'IPv4', true);
  slice(1, 'IPv6', true);
  b.mark(5, 'load-ready').request(6).mark(10, 'trigger', 'scale').request(11);
  slice(12, 'IPv4', false);
  slice(24, 'IPv4', true);
  expect(verdictOf(b.mark(31, 'tail-end'), 'endpoints')).toBe('fail');
});
