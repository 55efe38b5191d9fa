import { describe, expect, test } from 'vitest';
import { HistoryBuilder, threeUp } from '../history/testing/build.ts';
import type { LaneName } from '../history/types.ts';
import { missedByKept } from './missed.ts';
import { sensitivity } from './sensitivity.ts';

/** Three pods that are up; the judged span goes from 10 to 20. */
const up = (lanes: LaneName[]) => threeUp(new HistoryBuilder({ lanes }));

/** Evenly spaced, from 10 to 20; each of the users in turn, and `podOf` says which pod has it. */
function load(
  builder: HistoryBuilder,
  lane: LaneName,
  perSecond: number,
  { users = 1, podOf = () => '' }: { users?: number; podOf?: (user: number, at: number) => string } = {},
): HistoryBuilder {
  for (let n = 0; n < perSecond * 10; n++) {
    const at = 10 + n / perSecond;
    const user = n % users;
    const reused = lane.startsWith('kept');
    builder.request(at, { lane, request: `${lane}-${user}-${n}`, reused, pod: podOf(user, at) });
  }
  return builder;
}

const found = (builder: HistoryBuilder) => sensitivity(builder.mark(20, 'tail-end').history());

describe('lane new', () => {
  test('from the rate that was reached, and the pods that were ready', () => {
    const [one, ...others] = found(load(up(['new', 'control']), 'new', 100));
    expect(others).toEqual([]);
    expect(one).toMatchObject({ lane: 'new', rate: 100, pods: 3, holeMs: 50, sureMs: 171, requests: 1000 });
    expect(one!.missed).toBeCloseTo((2 / 3) ** 5, 12);
    expect(one!.rare).toBeCloseTo(Math.exp(-1), 3);
    expect(one!.text).toBe(
      'a 50 ms hole in one of 3 pods would have been missed with probability 13%; one of 171 ms with less than 0.1%; a fault that strikes one request in 1,000 with 37%',
    );
  });

  test('what was planned does not count, what was sent does', () =>
    expect(found(load(up(['new']), 'new', 60))[0]!.missed).toBeCloseTo((2 / 3) ** 3, 12));

  test('pods are those of most of the time', () => {
    const at = (second: number) => found(load(up(['new']).slice(second, ['a1', 'a2']), 'new', 60))[0]!.pods;
    expect(at(16)).toBe(3);
    // As long: the fewer.
    expect(at(15)).toBe(2);
    expect(at(14)).toBe(2);
  });

  test('with session affinity a client meets one of the pods only', () => {
    const service = (builder: HistoryBuilder, sessionAffinity: string) =>
      builder.object(0, 'Service', 'web', { spec: { sessionAffinity } });
    const [none] = found(load(service(up(['new']), 'None'), 'new', 100));
    expect(none!.missed).toBeCloseTo((2 / 3) ** 5, 12);
    const [affine] = found(load(service(up(['new']), 'ClientIP'), 'new', 100));
    expect(affine!.missed).toBeCloseTo(2 / 3, 12);
    expect(affine!.sureMs).toBeNull();
    expect(affine!.text).toContain('there were times at which it reached not every pod');
  });

  test('a hole that the client may meet: only where it is in its own pod', () => {
    const service = (name: string) => up(['new']).object(0, 'Service', name, { spec: { sessionAffinity: 'ClientIP' } });
    expect(found(load(service('web'), 'new', 10))[0]!.missed).toBeCloseTo(1 - 0.5 / 3, 12);
    // Another Service's affinity is not of this one.
    expect(found(load(service('other'), 'new', 10))[0]!.missed).toBeCloseTo(1 - 0.5 + 0.5 * (2 / 3), 12);
  });

  test('a hole that no load could miss', () => {
    const [one] = found(load(up(['new']).slice(10, ['a1']), 'new', 100));
    expect(one).toMatchObject({ missed: 0, sureMs: 10 });
    expect(one!.text).toMatch(/^a 50 ms hole in the only pod would have been missed with probability 0%; one of 10 ms/);
  });

  test('the only pod', () => {
    const [one] = found(load(up(['new']).slice(10, ['a1']), 'new', 10));
    expect(one).toMatchObject({ pods: 1, sureMs: 100 });
    expect(one!.missed).toBeCloseTo(0.5, 12);
    expect(one!.text).toContain('in the only pod would have been missed with probability 50%');
  });

  test('small probabilities keep two digits', () => {
    expect(found(load(up(['new']), 'new', 380))[0]!.text).toContain('probability 0.045%; one of 45 ms');
    expect(found(load(up(['new']), 'new', 1000))[0]!.text).toContain('probability less than 0.0001%');
  });
});

describe('a kept lane', () => {
  const thirds = (user: number) => ['a1', 'a2', 'a3'][user % 3]!;

  test('from the connections that each pod has', () => {
    const [one] = found(load(up(['kept']), 'kept', 60, { users: 60, podOf: thirds }));
    expect(one).toMatchObject({ lane: 'kept', rate: 60, pods: 3 });
    expect(one!.missed).toBeCloseTo(missedByKept(0.05, { perSecond: 60, turns: 60, connections: 20 }), 9);
    expect(missedByKept(one!.sureMs! / 1000, { perSecond: 60, turns: 60, connections: 20 })).toBeLessThan(0.001);
    expect(missedByKept((one!.sureMs! - 1) / 1000, { perSecond: 60, turns: 60, connections: 20 })).toBeGreaterThan(
      0.001,
    );
  });

  test('unevenly, it is the mean of the pods', () => {
    const podOf = (user: number) => (user < 40 ? 'a1' : user < 55 ? 'a2' : 'a3');
    const [one] = found(load(up(['kept']), 'kept', 60, { users: 60, podOf }));
    const each = [40, 15, 5].map((connections) => missedByKept(0.05, { perSecond: 60, turns: 60, connections }));
    expect(one!.missed).toBeCloseTo(each.reduce((a, b) => a + b) / 3, 9);
  });

  test('a pod that no connection leads to is never seen', () => {
    const podOf = (user: number) => ['a1', 'a2'][user % 2]!;
    const [one] = found(load(up(['kept']), 'kept', 60, { users: 60, podOf }));
    const two = missedByKept(0.05, { perSecond: 60, turns: 60, connections: 30 });
    expect(one!.missed).toBeCloseTo((2 * two + 1) / 3, 9);
    expect(one).toMatchObject({ sureMs: null, text: expect.stringContaining('reached not every pod') });
  });

  test('over time, it is the mean of the times', () => {
    const podOf = (user: number, at: number) => (at < 15 ? 'a1' : thirds(user));
    const [one] = found(load(up(['kept']), 'kept', 60, { users: 60, podOf }));
    const [all, third] = [60, 20].map((connections) => missedByKept(0.05, { perSecond: 60, turns: 60, connections }));
    expect(one!.missed).toBeCloseTo(((all! + 2) / 3 + third!) / 2, 9);
  });

  test('a request over a fresh connection has its turn, and is none of the pod’s connections', () => {
    const builder = load(up(['kept']), 'kept', 60, { users: 60, podOf: thirds });
    for (const one of builder.observations)
      if (one.type === 'request' && Number(one.request.split('-')[1]) >= 54) one.reused = false;
    const [one] = found(builder);
    expect(one!.missed).toBeCloseTo(missedByKept(0.05, { perSecond: 60, turns: 60, connections: 18 }), 9);
  });

  describe('of which no connection is used twice in the span', () => {
    const planned = (perSecond: number, connections: number) => {
      const builder = up(['kept']);
      const [started] = builder.observations;
      if (started?.type !== 'scenario') throw new Error('no scenario');
      started.load.lanes[0]!.connections = connections;
      return found(load(builder, 'kept', perSecond, { users: perSecond * 10, podOf: thirds }))[0]!;
    };
    test('has a turn in as many requests as it was planned to have connections', () => {
      const [two, one] = [2, 1].map((connections) => missedByKept(0.05, { perSecond: 10, turns: 5, connections }));
      expect(planned(10, 5).missed).toBeCloseTo((2 * two! + one!) / 3, 9);
    });
    test('and no whole turn: it is taken to see nothing', () =>
      expect(planned(2, 50)).toMatchObject({ missed: 1, sureMs: null }));
  });

  test('without the names of pods, connections are taken as even as they can be', () => {
    const [one] = found(load(up(['kept']), 'kept', 61, { users: 61 }));
    const each = [20, 20, 21].map((connections) => missedByKept(0.05, { perSecond: 61, turns: 61, connections }));
    expect(one!.missed).toBeCloseTo(each.reduce((a, b) => a + b) / 3, 6);
  });
});

test('streams and the control lane say nothing of an instant; a lane that sent nothing, nothing at all', () => {
  const builder = load(load(up(['new', 'stream', 'control']), 'stream', 2), 'control', 20);
  expect(found(builder)).toEqual([]);
});

test('a transition that never began, or no ready pod: nothing', () => {
  expect(sensitivity(new HistoryBuilder().history())).toEqual([]);
  expect(found(load(up(['new']).slice(10, []), 'new', 60))).toEqual([]);
});
