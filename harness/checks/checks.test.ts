import { describe, expect, test } from 'vitest';
import { goodRoll, HistoryBuilder, s, threeUp } from '../history/testing/build.ts';
import { done } from './done.ts';
import { baselineProblem, controlProblem, noDrops } from './drops.ts';
import { endpoints } from './endpoints.ts';
import { coverage } from './evidence.ts';
import { monotone, readyFloor, surgeCeiling } from './rollout.ts';
import { runChecks, worst } from './run.ts';
import { self } from './self.ts';

describe('a roll that goes as it should', () => {
  test('passes every check, each having examined something', () => {
    for (const finding of runChecks(
      goodRoll()
        .add({ type: 'self', t: s(20), loopDelayMs: 3, cpuBusy: 0.4 })
        .history(),
    )) {
      expect(finding, finding.detail).toMatchObject({ verdict: 'pass', witnesses: [] });
      expect(finding.examined, finding.name).toBeGreaterThan(0);
    }
  });
});

describe('ready-floor', () => {
  test('a pod that is taken away before its successor is ready is a dip, put down to the scale-down', () => {
    const history = threeUp()
      .replicaSet(11, 'web-b', 2, 1)
      .replicaSet(11.5, 'web-a', 1, 2)
      .pod(12, 'a1', { terminating: true })
      .mark(20, 'tail-end')
      .history();
    expect(readyFloor(history)).toMatchObject({ verdict: 'fail', witnesses: ['x-12'] });
    expect(readyFloor(history).detail).toMatch(
      /lowest 2 ready, floor 3; dip to 2 at 12\.000 s to the end: a1 was taken away by the controller's scale-down/,
    );
  });

  /** The control service is in another namespace than the workload. */
  const unhealthy = (builder: HistoryBuilder, at: number, pod: string, namespace = 'ns') =>
    builder.add({
      type: 'object',
      t: s(at),
      kind: 'Event',
      verb: 'added',
      uid: `e${at}`,
      name: `e${at}`,
      namespace,
      object: { reason: 'Unhealthy', message: 'Readiness probe failed: timeout', involvedObject: { name: pod } },
    });

  test('a pod whose probe flips is a dip, with what the kubelet said and what its clients saw', () => {
    const builder = threeUp();
    for (const at of [10, 11, 12]) unhealthy(builder, at - 0.01, 'a1').request(at - 0.5, { pod: 'a1', seconds: 0.2 });
    const history = builder.pod(12, 'a1', { ready: false }).pod(13, 'a1').mark(20, 'tail-end').history();
    expect(readyFloor(history)).toMatchObject({ verdict: 'fail', witnesses: ['x-16'] });
    expect(readyFloor(history).detail).toContain(
      'dip to 2 at 12.000 s for 1000 ms: a1 was ready, then not: the kubelet\'s probe failed 3 times, the last with "Readiness probe failed: timeout"; of 3 requests that it answered meanwhile the slowest took 200 ms',
    );
  });

  test('two dips are two witnesses; what comes while one lasts is none', () => {
    const builder = threeUp()
      .pod(12, 'a1', { ready: false })
      .pod(12.5, 'a2', { ready: false })
      .pod(13, 'a2')
      .pod(14, 'a1');
    const history = builder.pod(16, 'a3', { ready: false }).pod(17, 'a3').mark(20, 'tail-end').history();
    expect(readyFloor(history).witnesses).toEqual(['x-10', 'x-14']);
    expect(readyFloor(history).detail).toMatch(/dip to 1 at 12\.000 s for 2000 ms.*dip to 2 at 16\.000 s for 1000 ms/);
  });

  describe('a pod whose probe times out, and nothing of the Service is ready', () => {
    const TIMED_OUT = 'Readiness probe failed: Get "http://10.0.0.1/": context deadline exceeded';
    const judged = (wait: number, message = TIMED_OUT, more = (builder: HistoryBuilder) => builder) => {
      const builder = threeUp();
      for (let at = 10; at < 30; at++)
        builder.add({ type: 'self', t: s(at), loopDelayMs: 3, cpuBusy: 1, cpuPressure: wait });
      builder.event(15, 'a1', 'Unhealthy', TIMED_OUT).event(16, 'a1', 'Unhealthy', message);
      builder.pod(17, 'a1', { ready: false }).slice(17.1, ['a2', 'a3'], ['a1']);
      const history = more(builder).pod(25, 'a1').slice(25.1, ['a1', 'a2', 'a3']).mark(40, 'tail-end').history();
      return [readyFloor(history), endpoints(history)] as const;
    };
    const verdicts = (...args: Parameters<typeof judged>) => judged(...args).map(({ verdict }) => verdict);

    test('with a processor to spare it is the service’s', () => {
      expect(verdicts(0.85)).toEqual(['fail', 'fail']);
      expect(judged(0.85)[1].detail).toBe('longest shortfall 8000 ms, limit 5000 ms');
    });
    test('without, it may be the machine’s', () => {
      expect(verdicts(0.95)).toEqual(['inconclusive', 'inconclusive']);
      const [floor, slice] = judged(0.95);
      expect(floor.detail).toMatch(/slowest took 0 ms; the machine had no processor to spare then$/);
      expect(slice.detail).toBe(
        'longest shortfall 8000 ms, limit 5000 ms; probes had timed out while the machine had no processor to spare',
      );
      expect([floor.witnesses.length, slice.witnesses.length]).toEqual([1, 1]);
    });
    test('a probe that was answered wrongly, or refused, did not want for one', () => {
      expect(verdicts(0.95, 'Readiness probe failed: HTTP probe failed with statuscode: 503')).toEqual([
        'fail',
        'fail',
      ]);
    });
    test('what comes beside it, or before, is judged by itself: that is the witness', () => {
      const [floor, slice] = judged(0.95, TIMED_OUT, (builder) =>
        builder.pod(26, 'a1').pod(28, 'a2', { terminating: true }).slice(28.1, ['a1', 'a3'], ['a2']),
      );
      expect([floor.verdict, slice.verdict]).toEqual(['fail', 'fail']);
      expect(floor.detail).toContain('the machine had no processor to spare then; dip to 2 at 28.000 s');
      expect([floor.witnesses, slice.witnesses]).toEqual([['x-35'], ['x-36']]);
    });
  });

  test('a pod that its node gives up breaks no floor for certain; what it dropped is dropped', () => {
    const judged = (reason: string) => {
      const builder = threeUp()
        .pod(12, 'a1', { disrupted: { reason }, ready: false })
        .slice(12.1, ['a2', 'a3'], ['a1']);
      builder.pod(20, 'a4').slice(20.1, ['a2', 'a3', 'a4']).request(12.5, { status: 0, errorCode: 1220 });
      const found = runChecks(builder.mark(40, 'tail-end').history());
      return ['ready-floor', 'endpoints', 'no-drops'].map((one) => found.find(({ name }) => name === one)!);
    };
    const nodes = judged('PreemptionByScheduler');
    expect(nodes.map(({ verdict }) => verdict)).toEqual(['inconclusive', 'inconclusive', 'fail']);
    expect(nodes[0]!.detail).toContain('a1 was evicted (PreemptionByScheduler): its node gave it up');
    expect(nodes[1]!.detail).toMatch(/limit 5000 ms; a node had given up a pod$/);
    expect(judged('EvictionByEvictionAPI').map(({ verdict }) => verdict)).toEqual(['fail', 'fail', 'fail']);
  });

  test("a dip that the control service's probe shares is the machine's; one that it does not share is not", () => {
    const judged = (at: number) => {
      const builder = unhealthy(threeUp(), at, 'control-1', 'rollproof-control');
      const history = builder.pod(12, 'a1', { ready: false }).pod(13, 'a1').mark(20, 'tail-end').history();
      return runChecks(history).find(({ name }) => name === 'ready-floor')?.verdict;
    };
    expect(judged(11.5)).toBe('inconclusive');
    expect(judged(15)).toBe('fail');
  });

  test('restarts, evictions and deletions are told apart', () => {
    const detail = (spoil: (builder: HistoryBuilder) => HistoryBuilder) =>
      readyFloor(spoil(threeUp()).mark(20, 'tail-end').history()).detail;
    expect(detail((roll) => roll.pod(12, 'a1', { ready: false, exitCode: 1 }))).toContain('exit code 1');
    expect(detail((roll) => roll.pod(12, 'a1', { terminating: true }))).toContain('no scale-down had asked for it');
    expect(detail((roll) => roll.pod(12, 'a1', { terminating: true, disrupted: true }))).toContain('a1 was evicted');
  });

  test('a dip between two events that are both fine is seen, because every event is looked at', () => {
    const history = threeUp().pod(12, 'a1', { ready: false }).pod(12.001, 'a1').mark(20, 'tail-end').history();
    expect(readyFloor(history).verdict).toBe('fail');
  });

  test('ready is not available before minReadySeconds are over', () => {
    const builder = threeUp(new HistoryBuilder(), { minReadySeconds: 10 });
    const history = builder.pod(12, 'a1', { readySince: 12 }).mark(20, 'tail-end').history();
    expect(readyFloor(history).verdict).toBe('fail');
  });

  test('Recreate has a floor of 0', () => {
    const builder = threeUp(new HistoryBuilder(), { recreate: true });
    builder.deployment(11, { generation: 2, recreate: true, updated: 0, total: 0, available: 0 });
    for (const name of ['a1', 'a2', 'a3']) builder.pod(12, name, { terminating: true });
    expect(readyFloor(builder.mark(20, 'tail-end').history()).verdict).toBe('pass');
  });

  test('an expected floor takes the place of R − U', () => {
    const builder = threeUp(new HistoryBuilder({ expectation: { verdict: 'pass', floor: 2 } })).pod(12, 'a1', {
      ready: false,
    });
    expect(readyFloor(builder.mark(20, 'tail-end').history()).verdict).toBe('pass');
  });

  test('while R rises, the floor is that of the smaller R until the new one is reached', () => {
    const builder = threeUp().deployment(11, { generation: 2, replicas: 6, total: 3, available: 3 });
    expect(readyFloor(builder.mark(20, 'tail-end').history()).verdict).toBe('pass');
    builder.observations.pop();
    builder.deployment(15, { generation: 2, replicas: 6, total: 6, available: 6 }).pod(16, 'a1', { ready: false });
    expect(readyFloor(builder.mark(20, 'tail-end').history()).verdict).toBe('fail');
  });

  test('pods of others do not count', () => {
    const history = threeUp()
      .pod(11, 'stranger', { owner: 'other' })
      .pod(12, 'a1', { ready: false })
      .mark(20, 'tail-end')
      .history();
    expect(readyFloor(history).verdict).toBe('fail');
  });
});

test('surge-ceiling: more wanted than R + G', () => {
  const history = threeUp().replicaSet(11, 'web-b', 2, 2).mark(20, 'tail-end').history();
  expect(surgeCeiling(history)).toMatchObject({ verdict: 'fail', witnesses: ['x-10'] });
});

test('monotone: an old ReplicaSet that grows again, and a new one that shrinks', () => {
  const up = threeUp()
    .replicaSet(11, 'web-b', 2, 1)
    .replicaSet(12, 'web-a', 1, 2)
    .replicaSet(13, 'web-a', 1, 3)
    .mark(20, 'tail-end');
  expect(monotone(up.history())).toMatchObject({ verdict: 'fail', witnesses: ['x-12'] });
  const down = threeUp().replicaSet(11, 'web-b', 2, 1).replicaSet(12, 'web-b', 2, 0).mark(20, 'tail-end');
  expect(monotone(down.history()).verdict).toBe('fail');
});

describe('endpoints', () => {
  const short = (seconds: number) =>
    threeUp()
      .slice(12, ['a1', 'a2'])
      .slice(12 + seconds, ['a1', 'a2', 'a3'])
      .mark(30, 'tail-end')
      .history();
  test('a shortfall may last as long as the lag allows', () => {
    expect(endpoints(short(4)).verdict).toBe('pass');
    expect(endpoints(short(5))).toMatchObject({ verdict: 'pass', detail: 'longest shortfall 5000 ms, limit 5000 ms' });
  });
  test('and no longer', () => {
    expect(endpoints(short(6))).toMatchObject({ verdict: 'fail', witnesses: ['x-10'] });
    expect(endpoints(short(6)).detail).toContain('longest shortfall 6000 ms');
  });
  test('one that never ends counts to the end of the span', () => {
    expect(endpoints(threeUp().slice(12, []).mark(30, 'tail-end').history()).detail).toContain(
      'longest shortfall 18000 ms',
    );
  });
});

describe('done', () => {
  test('a rollout that is not complete', () => {
    const history = threeUp()
      .replicaSet(11, 'web-b', 2, 1)
      .deployment(12, { generation: 2, updated: 1, total: 4 })
      .mark(20, 'tail-end')
      .history();
    expect(done(history)).toMatchObject({ verdict: 'fail' });
    expect(done(history).detail).toContain('not rolled out');
  });
  test('and why, as far as it was seen', () => {
    const detail = 'waited 180 s for the rollout to end; last state: b1 is not ready (Unschedulable: Insufficient cpu)';
    const builder = threeUp().replicaSet(11, 'web-b', 2, 1).deployment(12, { generation: 2, updated: 1, total: 4 });
    builder.add({ type: 'action', t: s(19), action: 'wait', detail, ok: false }).mark(20, 'tail-end');
    expect(done(builder.history()).detail).toBe(`the Deployment is not rolled out; ${detail}`);
  });
  describe('what it waits for is a pod whose probe times out', () => {
    const TIMED_OUT = 'Readiness probe failed: Get "http://10.0.0.9/": context deadline exceeded';
    const judged = (wait: number, message = TIMED_OUT, more = (builder: HistoryBuilder) => builder) => {
      const detail = 'waited 180 s for the rollout to end; last state: b1 is not ready';
      const builder = threeUp().replicaSet(11, 'web-b', 2, 1).deployment(12, { generation: 2, updated: 1, total: 4 });
      builder.pod(12.5, 'b1', { owner: 'web-b', ready: false });
      for (let at = 10; at < 20; at++)
        builder.add({ type: 'self', t: s(at), loopDelayMs: 3, cpuBusy: 1, cpuPressure: wait });
      more(builder.event(14, 'b1', 'Unhealthy', TIMED_OUT).event(16, 'b1', 'Unhealthy', message));
      builder.add({ type: 'action', t: s(19), action: 'wait', detail, ok: false });
      return done(builder.mark(20, 'tail-end').history());
    };
    const NOT = 'the Deployment is not rolled out';
    const WAITED = 'waited 180 s for the rollout to end; last state: b1 is not ready';
    const SPARE = 'probes had timed out while the machine had no processor to spare';

    test('with a processor to spare it is the service’s', () => {
      expect(judged(0.85)).toMatchObject({ verdict: 'fail', detail: `${NOT}; ${WAITED}` });
    });
    test('without, it may be the machine’s', () => {
      expect(judged(0.95)).toEqual({
        name: 'done',
        verdict: 'inconclusive',
        examined: 1,
        witnesses: [],
        detail: `${NOT}; ${WAITED}; ${SPARE}`,
      });
    });
    test('a probe that was refused did not want for one, nor did a pod of which nothing is said', () => {
      expect(judged(0.95, 'Readiness probe failed: dial tcp 10.0.0.9:80: connect: connection refused').verdict).toBe(
        'fail',
      );
      const another = judged(0.95, TIMED_OUT, (builder) => builder.pod(17, 'b2', { owner: 'web-b', ready: false }));
      expect(another).toMatchObject({ verdict: 'fail', detail: `${NOT}; ${WAITED}` });
      // One that goes, or that is not the new one's, is not waited for.
      const going = judged(0.95, TIMED_OUT, (builder) => builder.pod(17, 'a1', { ready: false }));
      expect(going.verdict).toBe('inconclusive');
    });
    test('also where the kubelet has long told nothing more', () => {
      const builder = threeUp().replicaSet(11, 'web-b', 2, 1).deployment(12, { generation: 2, updated: 1, total: 4 });
      builder.pod(12.5, 'b1', { owner: 'web-b', ready: false });
      for (let at = 10; at < 195; at++)
        builder.add({ type: 'self', t: s(at), loopDelayMs: 3, cpuBusy: 1, cpuPressure: 0.95 });
      for (let at = 14; at < 39; at++) builder.event(at, 'b1', 'Unhealthy', TIMED_OUT);
      const verdict = (more: HistoryBuilder) => done(more.mark(195, 'tail-end').history()).verdict;
      const { length } = builder.observations;
      expect(verdict(builder)).toBe('inconclusive');
      // Ready since, and then not, of which nothing was said.
      builder.observations.length = length;
      builder.pod(100, 'b1', { owner: 'web-b' }).pod(120, 'b1', { owner: 'web-b', ready: false });
      expect(verdict(builder)).toBe('fail');
    });
    test('a pod that has ended is not waited for; one that was never made is', () => {
      const ended = judged(0.95, TIMED_OUT, (builder) =>
        builder.pod(17, 'b0', { owner: 'web-b', ready: false, phase: 'Failed' }),
      );
      expect(ended.verdict).toBe('inconclusive');
      const wanted = judged(0.95, TIMED_OUT, (builder) => builder.replicaSet(17, 'web-b', 2, 2));
      expect(wanted.verdict).toBe('fail');
    });
    test('those of its pods count that are not ready, and there has to be one', () => {
      const beside = judged(0.95, TIMED_OUT, (builder) => builder.pod(17, 'b2', { owner: 'web-b' }));
      expect(beside.verdict).toBe('inconclusive');
      // All are ready: something else keeps it.
      expect(judged(0.95, TIMED_OUT, (builder) => builder.pod(17, 'b1', { owner: 'web-b' })).verdict).toBe('fail');
    });
    test('what is told of a pod that is ready makes it ready no later', () => {
      const told = (at: number) =>
        judged(0.95, TIMED_OUT, (builder) =>
          builder
            .pod(17, 'b1', { owner: 'web-b' })
            .event(at, 'b1', 'Unhealthy', TIMED_OUT)
            .pod(17.5, 'b1', { owner: 'web-b', ip: '10.0.0.8' })
            .pod(18, 'b1', { owner: 'web-b', ready: false }),
        ).verdict;
      expect([16.9, 17.2].map(told)).toEqual(['fail', 'inconclusive']);
    });
    test('what else speaks against the end does so all the same', () => {
      const going = judged(0.95, TIMED_OUT, (builder) => builder.pod(17, 'a1', { terminating: true }));
      expect(going).toMatchObject({ verdict: 'fail', witnesses: [expect.any(String)] });
      expect(going.detail).toBe(`1 pods still terminating; ${NOT}; ${WAITED}; ${SPARE}`);
    });
  });
  test('a change that rolled nothing', () => {
    expect(done(threeUp().pod(12, 'a1').mark(20, 'tail-end').history()).detail).toContain('no new ReplicaSet came');
    const undo = {
      type: 'action',
      action: 'rollback',
      detail: 'kubectl rollout undo: error: no rollout history found',
    };
    const asked = threeUp().add({ ...undo, t: s(11), ok: false } as never);
    expect(done(asked.mark(20, 'tail-end').history()).detail).toContain(
      'no new ReplicaSet came (kubectl rollout undo: error: no rollout history found)',
    );
  });
  test.each([
    ['apply', 'service/web unchanged\ndeployment.apps/web unchanged'],
    ['patch', 'Warning: that is old\ndeployment.apps/web patched (no change)'],
  ])('%s of what is there already', (kind, output) => {
    const written = (output: string, other: object = {}) => {
      const builder = threeUp();
      builder.observations.splice(-1);
      const write = { type: 'action', t: s(11), action: kind, detail: '', ok: true, output, ...other };
      builder.mark(10, 'trigger', kind).add(write as never);
      return done(builder.pod(12, 'a1').request(15).mark(20, 'tail-end').history());
    };
    const [last] = output.split('\n').slice(kind === 'apply' ? 0 : 1);
    expect(written(output)).toMatchObject({ verdict: 'fail', detail: `nothing was changed (kubectl: ${last})` });
    // What no pod shows may be what was to be changed.
    expect(written(`${output}\nconfigmap/web configured`)).toMatchObject({ verdict: 'pass' });
    expect(written('')).toMatchObject({ verdict: 'pass' });
    expect(written(`${output} for the last time`)).toMatchObject({ verdict: 'pass' });
    // Another write, one that went wrong, and one before it say nothing of it.
    for (const other of [{ action: 'scale' }, { ok: false }, { t: s(9.9) }])
      expect(written(output, other)).toMatchObject({ verdict: 'pass' });
  });
  test('a rollout that somebody undid came to nothing, though all is rolled out and one version answers', () => {
    const undone = () => {
      const builder = threeUp().replicaSet(11, 'web-b', 2, 1).deployment(11.5, { generation: 2, updated: 1, total: 4 });
      builder.replicaSet(14, 'web-b', 2, 0).replicaSet(14.1, 'web-a', 3, 3).deployment(15, { generation: 3 });
      return builder.mark(16, 'settled').request(17, { pod: 'a1' }).mark(20, 'tail-end');
    };
    expect(done(undone().history())).toMatchObject({
      verdict: 'fail',
      detail: 'it led back to web-a, with which it had begun: somebody undid it',
    });
    // What leads back to an earlier one, from another, is a rollback.
    const rollback = threeUp().replicaSet(11, 'web-b', 2, 3).replicaSet(11.1, 'web-a', 1, 0);
    rollback.mark(12, 'trigger', 'rollback').replicaSet(13, 'web-a', 3, 3).replicaSet(13.1, 'web-b', 2, 0);
    rollback.deployment(14, { generation: 3 }).mark(16, 'settled').request(17, { pod: 'a1' }).mark(20, 'tail-end');
    expect(done(rollback.history()).detail).not.toContain('led back');
  });
  test('of several transitions each has to have changed something', () => {
    const two = (action: object, next = 'rolling') => {
      const builder = threeUp();
      builder.observations.splice(-1);
      builder.mark(9, 'trigger', 'apply').add({ type: 'action', t: s(9.1), detail: '', ...action } as never);
      return done(goodRollFrom(builder, next).history());
    };
    const goodRollFrom = (builder: HistoryBuilder, kind: string) => {
      const roll = goodRoll();
      const trigger = roll.observations.findIndex((one) => one.type === 'marker' && one.marker === 'trigger');
      builder.mark(10, 'trigger', kind);
      builder.observations.push(...roll.observations.slice(trigger + 1));
      return builder;
    };
    const same = { action: 'apply', ok: true, output: 'deployment.apps/web unchanged' };
    expect(two(same)).toMatchObject({
      verdict: 'fail',
      detail: 'transition 1 (apply): nothing was changed (kubectl: deployment.apps/web unchanged)',
    });
    const refusal = { action: 'rollback', ok: false, detail: 'kubectl: no such revision' };
    expect(two(refusal)).toMatchObject({
      verdict: 'fail',
      detail: 'transition 1 (apply): nothing was rolled (kubectl: no such revision)',
    });
    expect(two({ ...same, output: 'deployment.apps/web configured' })).toMatchObject({ verdict: 'pass' });
    // A fuzzer tries such on purpose.
    expect(two(same, 'unchanged')).toMatchObject({ verdict: 'pass' });
  });
  test('what somebody rolls once it has ended is another rollout: nobody can say how this one would have stayed', () => {
    const builder = goodRoll();
    const end = builder.observations.findIndex((one) => one.type === 'marker' && one.marker === 'tail-end');
    const later = new HistoryBuilder()
      .replicaSet(31, 'web-c', 3, 1)
      .deployment(31.2, { generation: 3, updated: 1, total: 4 });
    const answer = new HistoryBuilder().request(31.5, { pod: 'b1' });
    builder.observations.splice(end, 0, ...later.observations.slice(1), ...answer.observations.slice(1));
    expect(done(builder.history())).toMatchObject({
      verdict: 'inconclusive',
      detail: 'the Deployment is not rolled out; another rollout began after this one had ended',
    });
  });
  test('what kubectl refused is said of an undo in this transition, by its last word', () => {
    const undo = { type: 'action', action: 'rollback', detail: 'kubectl: no', ok: false };
    const detail = (at: number, fields: object = {}) =>
      done(
        threeUp()
          .add({ ...undo, t: s(at), ...fields } as never)
          .mark(20, 'tail-end')
          .history(),
      ).detail;
    expect(detail(10)).toContain('no new ReplicaSet came (kubectl: no)');
    for (const [at, fields] of [
      [9, {}],
      [11, { ok: true }],
      [11, { action: 'set-image' }],
    ] as const)
      expect(detail(at, fields)).not.toContain('kubectl: no');
    expect(detail(11)).toMatch(/no new ReplicaSet came \(kubectl: no\)/);
    expect(done(threeUp().mark(20, 'tail-end').history()).detail).toMatch(/no new ReplicaSet came(?! \()/);
  });
  test('nobody saw the end, where a watch was blind then; a gap that a list has closed does not count', () => {
    for (const kind of ['Pod', 'ReplicaSet', 'Deployment'] as const) {
      const blind = goodRoll();
      blind.observations.splice(-3, 0, blind.gap(30, 33, kind).observations.pop()!);
      expect(done(blind.history())).toMatchObject({
        verdict: 'inconclusive',
        detail: expect.stringContaining('its watches were blind at the end'),
      });
      const closed = goodRoll();
      closed.observations.splice(-3, 0, closed.gap(30, 32.9, kind).observations.pop()!);
      expect(done(closed.history()).detail).not.toContain('blind at the end');
    }
  });
  test('nothing answered after the end; nothing was sent after it', () => {
    const versioned = () => {
      const builder = goodRoll();
      const [started] = builder.observations;
      if (started?.type === 'scenario') started.workload.versions = { old: '1', new: '2' };
      return builder;
    };
    expect(done(versioned().history())).toMatchObject({
      verdict: 'fail',
      detail: expect.stringContaining('nothing answered after the end'),
    });
    const silent = versioned();
    silent.observations.splice(
      silent.observations.findIndex(({ type, t }) => type === 'request' && t === s(30)),
      1,
    );
    expect(done(silent.history())).toMatchObject({
      verdict: 'inconclusive',
      detail: expect.stringContaining('no request was sent after the end'),
    });
  });
  test('who serves beside the Deployment that is rolled, and goes on, is no old version', () => {
    const rolled = (others: string[]) => {
      const builder = new HistoryBuilder(others.length === 0 ? {} : { others });
      goodRoll(builder);
      const [started] = builder.observations;
      if (started?.type === 'scenario') started.workload.versions = { old: '1', new: '2' };
      builder.observations.splice(1, 0, ...beside());
      return builder.request(31, { pod: 'b1', version: '2' });
    };
    const beside = () =>
      new HistoryBuilder()
        .deployment(1, { name: 'web-canary' })
        .replicaSet(1, 'canary-a', 1, 1, { deployment: 'web-canary' })
        .pod(1, 'c1', { owner: 'canary-a' })
        .observations.slice(1);
    const canary = { pod: 'c1', version: '3' };
    expect(done(rolled(['web-canary']).request(31.5, canary).history())).toMatchObject({
      verdict: 'pass',
      examined: 2,
    });
    expect(done(rolled(['web-canary']).request(31.5, { version: '3' }).history())).toMatchObject({ verdict: 'pass' });
    // Of whom nobody said that he serves too, it is another version that answers.
    expect(done(rolled([]).request(31.5, canary).history())).toMatchObject({ verdict: 'fail' });
    expect(done(rolled(['web-canary']).request(31.5, { pod: 'b1', version: '1' }).history())).toMatchObject({
      verdict: 'fail',
    });
  });
  test('of several versions the one that the new image is tagged with is wanted', () => {
    const tagged = (answer: string, image: string) => {
      const builder = threeUp().replicaSet(11, 'web-b', 2, 3, { image });
      const [started] = builder.observations;
      if (started?.type === 'scenario') started.workload.versions = { old: '1', new: '3', all: ['1', '2', '3'] };
      builder.replicaSet(12, 'web-a', 1, 0).deployment(13, { generation: 2 }).mark(14, 'settled');
      for (const name of ['a1', 'a2', 'a3']) builder.gone(13, name);
      for (const name of ['b1', 'b2', 'b3']) builder.pod(12.5, name, { owner: 'web-b' });
      return done(builder.request(15, { version: answer }).mark(20, 'tail-end').history()).verdict;
    };
    expect(tagged('2', 'web:2')).toBe('pass');
    expect(tagged('3', 'web:2')).toBe('fail');
    expect(tagged('2', 'sidecar:9 web:2')).toBe('pass');
    expect(tagged('3', 'web:latest')).toBe('pass');
  });
  test('an old version that still answers after the end', () => {
    const builder = goodRoll();
    const [started] = builder.observations;
    if (started?.type === 'scenario') started.workload.versions = { old: '1', new: '2' };
    builder.request(31, { version: '1' });
    expect(done(builder.history())).toMatchObject({ verdict: 'fail' });
    expect(done(builder.history()).detail).toMatch(/1 of 1 answers after the end came from version 1/);
  });
});

describe('no-drops', () => {
  test.each([
    ['refused', { status: 0, errorCode: 1212 }],
    ['reset', { status: 0, errorCode: 1220 }],
    ['timeout', { status: 0, errorCode: 1050 }],
    ['EOF', { status: 0, errorCode: 1000 }],
    ['503', { status: 503, errorCode: 1503 }],
    ['a body that broke off under a good status', { status: 200, errorCode: 1220 }],
  ])('%s is a drop', (_, fields) => {
    expect(noDrops(threeUp().request(12, fields).mark(20, 'tail-end').history())).toMatchObject({
      verdict: 'fail',
      witnesses: ['x-10'],
    });
  });
  test('what the control lane loses is no drop of the rollout', () => {
    const history = threeUp()
      .request(12)
      .request(13, { lane: 'control', status: 0, errorCode: 1220 })
      .mark(20, 'tail-end')
      .history();
    expect(noDrops(history)).toMatchObject({ verdict: 'pass', examined: 1 });
  });
  test('a request that starts after the tail is not judged', () => {
    const history = threeUp().request(12).mark(20, 'tail-end').request(21, { status: 0, errorCode: 1220 }).history();
    expect(noDrops(history).verdict).toBe('pass');
  });
  test('a stall fails only beyond a stated limit', () => {
    const roll = (expectation: { verdict: 'pass'; maxStallMs?: number }) =>
      threeUp(new HistoryBuilder({ expectation })).request(12, { seconds: 3 }).mark(20, 'tail-end').history();
    expect(noDrops(roll({ verdict: 'pass' })).verdict).toBe('pass');
    expect(noDrops(roll({ verdict: 'pass', maxStallMs: 1000 })).verdict).toBe('fail');
  });
  test('of those that stall beyond the limit, exactly the limit is none', () => {
    const stalled = (maxStallMs: number) =>
      noDrops(
        threeUp(new HistoryBuilder({ expectation: { verdict: 'pass', maxStallMs } }))
          .request(12, { seconds: 3 })
          .request(13, { seconds: 0.9 })
          .request(14, { seconds: 0.1 })
          .mark(20, 'tail-end')
          .history(),
      );
    expect(stalled(3000)).toMatchObject({
      verdict: 'pass',
      witnesses: [],
      detail: expect.stringMatching(/; 0 stalled beyond 3000 ms$/),
    });
    expect(stalled(2999).witnesses).toHaveLength(1);
    // What is no stall of its lane is none, however low the limit is.
    expect(stalled(1).detail).toMatch(/; 2 stalled beyond 1 ms$/);
  });
  test('a run that never came to load has no baseline to be wrong; one without requests has', () => {
    const builder = new HistoryBuilder().deployment(1);
    expect(baselineProblem(builder.history())).toBeUndefined();
    expect(baselineProblem(builder.mark(5, 'load-ready').mark(10, 'trigger').history())).toBe(
      'no request was made before the transition',
    );
  });
  test('how the first one failed: by its error, or by its status where it says none', () => {
    const first = (fields: object) =>
      baselineProblem(
        threeUp()
          .add({ type: 'request', ...bad(7), ...fields } as never)
          .history(),
      );
    expect(first({ status: 0, errorCode: 1212, error: 'refused' })).toMatch(/in lane new: refused$/);
    expect(first({ status: 0, errorCode: 1212, error: '' })).toMatch(/in lane new: status 0$/);
    expect(first({ status: 500, error: 'an error of its own' })).toMatch(/in lane new: status 500$/);
  });
  test('a service that fails before the trigger is a baseline problem', () => {
    const history = threeUp()
      .add({ type: 'request', ...bad(7) } as never)
      .history();
    expect(baselineProblem(history)).toMatch(/before the transition, 1 of 2 requests failed already.*status 500/);
    expect(baselineProblem(threeUp().history())).toBeUndefined();
  });
});

describe('the control lane before the transition', () => {
  const lost = (count: number, of: number) => {
    const builder = threeUp();
    builder.observations.splice(-1);
    for (let i = 0; i < of; i += 1)
      builder.request(6 + i / 100, { lane: 'control', ...(i < of - count ? {} : { status: 0, error: 'timed out' }) });
    // Once it has begun, what is lost is a fault.
    return builder.mark(10, 'trigger').request(11, { lane: 'control', status: 0, error: 'timed out' });
  };
  test('reaches nobody, as behind a NetworkPolicy: then every drop would be excused', () => {
    expect(controlProblem(lost(20, 20).history())).toBe(
      'before the transition, 20 of 20 requests to the service that is never rolled failed; the first, timed out',
    );
    expect(controlProblem(lost(10, 20).history())).toMatch(/10 of 20 requests/);
  });
  test('may lose some, and says nothing while there are only a few', () => {
    for (const [count, of] of [
      [9, 20],
      [9, 9],
      [0, 0],
    ] as const)
      expect(controlProblem(lost(count, of).history())).toBeUndefined();
  });
});

const bad = (at: number) => ({
  t: s(at),
  end: s(at),
  lane: 'new',
  request: 'new-1-1',
  status: 500,
  errorCode: 1500,
  error: '',
  phases: {},
  pod: '',
  version: '',
  bytes: 0,
  reused: false,
});

describe('coverage', () => {
  test('a URL that leads to pods of somewhere else; one that leads to ours, or whose answers name none', () => {
    const called = (...pods: string[]) => {
      const builder = goodRoll(new HistoryBuilder({ target: 'https://shop.test' }));
      const end = builder.observations.findIndex((one) => one.type === 'marker' && one.marker === 'tail-end');
      const answers = new HistoryBuilder();
      for (const pod of pods) answers.request(31, { pod });
      builder.observations.splice(end, 0, ...answers.observations.slice(1));
      for (const one of builder.observations) if (one.type === 'request' && !pods.includes(one.pod)) one.pod = '';
      return coverage(builder.history());
    };
    expect(called('live-1')).toMatchObject({
      verdict: 'inconclusive',
      detail: 'answers name live-1, and no pod of the namespace: https://shop.test leads elsewhere',
    });
    expect(called('live-1', 'b1')).toMatchObject({ verdict: 'pass' });
    expect(called('')).toMatchObject({ verdict: 'pass' });
  });
  test.each([
    ['too few requests', () => goodRoll(new HistoryBuilder({ minRequests: 100 })), /4 requests, 100 are needed/],
    ['a lane without an end', () => goodRoll(new HistoryBuilder({ lanes: ['new', 'kept'] })), /lane kept has no end/],
    [
      'requests that could not be started',
      () => {
        const roll = goodRoll();
        roll.observations.push({ ...roll.observations.find((one) => one.type === 'lane')!, notStarted: 7 } as never);
        return roll;
      },
      /^$|could not be started/,
    ],
    [
      'a gap in a watch',
      () => goodRoll().add({ type: 'gap', t: s(20), source: 'watch:Pod', from: s(15), to: s(20), reason: 'relisted' }),
      /watch:Pod was blind for 5000 ms: relisted/,
    ],
    ['a run that was cut short', () => threeUp(), /did not come to: tail-end, load-stopped/],
  ])('%s is inconclusive', (name, build, detail) => {
    const builder = build();
    if (name === 'requests that could not be started')
      builder.observations.splice(
        builder.observations.findIndex((one) => one.type === 'lane'),
        1,
      );
    expect(coverage(builder.history())).toMatchObject({ verdict: 'inconclusive' });
    expect(coverage(builder.history()).detail).toMatch(detail);
  });
  test('a history that was cut off is inconclusive', () =>
    expect(coverage(goodRoll().history(true)).verdict).toBe('inconclusive'));
  test('a gap that only touches the judged span may hide what was there at that instant', () => {
    const gap = (from: number, to: number, roll = goodRoll()) =>
      coverage(roll.add({ type: 'gap', t: s(to), source: 'watch:Pod', from: s(from), to: s(to), reason: '' }).history())
        .verdict;
    expect([gap(8, 9.9), gap(8, 10), gap(33, 40), gap(33.1, 40)]).toEqual([
      'pass',
      'inconclusive',
      'inconclusive',
      'pass',
    ]);
    const never = new HistoryBuilder().add({
      type: 'gap',
      t: s(2),
      source: 'watch:Pod',
      from: 0,
      to: s(2),
      reason: '',
    });
    expect(coverage(never.history())).toMatchObject({ verdict: 'inconclusive', witnesses: [] });
  });
  test('a history with damaged lines says so', () => {
    const history = { ...goodRoll().history(), damage: 'the history is damaged' };
    expect(coverage(history)).toMatchObject({ verdict: 'inconclusive', detail: 'the history is damaged' });
  });
  test('without a beginning, or a request, nothing is enough', () => {
    const builder = threeUp().mark(20, 'tail-end').mark(21, 'load-stopped');
    builder.observations.shift();
    expect(coverage(builder.history())).toMatchObject({ verdict: 'inconclusive', examined: 0 });
  });
  test('a gap before the trigger does not touch it', () => {
    const builder = goodRoll().add({ type: 'gap', t: s(3), source: 'watch:Pod', from: s(2), to: s(3), reason: '' });
    expect(coverage(builder.history()).verdict).toBe('pass');
  });
  test.each(['logs:a1/app', 'flows', 'flows:closed', 'probes:a1', 'runtime:node-1'])(
    'a gap of %s weakens only the diagnosis',
    (source) => {
      const builder = goodRoll().add({ type: 'gap', t: s(20), source, from: s(15), to: s(20), reason: '' });
      expect(coverage(builder.history()).verdict).toBe('pass');
    },
  );
  test.each(['requests:new', 'watch:Event', 'flows-of-another-kind'])('a gap of %s touches it', (source) => {
    const builder = goodRoll().add({ type: 'gap', t: s(20), source, from: s(15), to: s(20), reason: '' });
    expect(coverage(builder.history()).verdict).toBe('inconclusive');
  });
});

describe('self', () => {
  test('a harness that was held up cannot judge', () => {
    expect(
      self(
        goodRoll()
          .add({ type: 'self', t: s(20), loopDelayMs: 2500, cpuBusy: 1 })
          .history(),
      ).verdict,
    ).toBe('inconclusive');
  });
  test('nor can one whose control lane lost requests', () => {
    expect(self(goodRoll().request(20, { lane: 'control', status: 0, errorCode: 1220 }).history()).verdict).toBe(
      'inconclusive',
    );
  });
});

describe('verdicts', () => {
  test('a check that throws is inconclusive', () => {
    const [finding] = runChecks(goodRoll().history(), [
      [
        'done',
        () => {
          throw new Error('oops');
        },
      ],
    ]);
    expect(finding).toMatchObject({ name: 'done', verdict: 'inconclusive', detail: expect.stringContaining('oops') });
  });
  test('nothing examined can never pass', () => {
    for (const finding of runChecks(new HistoryBuilder().history()))
      expect(finding.verdict, finding.name).toBe('inconclusive');
  });
  test('a fail stands unless every witness lies in a fault of the machine', () => {
    const roll = () =>
      goodRoll()
        .request(20, { status: 0, errorCode: 1220 })
        .request(20.1, { lane: 'control', status: 0, errorCode: 1220 });
    const verdict = (builder: HistoryBuilder) =>
      runChecks(builder.history()).find(({ name }) => name === 'no-drops')?.verdict;
    expect(verdict(roll())).toBe('inconclusive');
    expect(verdict(roll().request(27, { status: 0, errorCode: 1220 }))).toBe('fail');
  });
  test('fail > inconclusive > pass', () => {
    expect(worst(['pass', 'inconclusive', 'fail'])).toBe('fail');
    expect(worst(['pass', 'inconclusive'])).toBe('inconclusive');
    expect(worst(['pass'])).toBe('pass');
    expect(worst([])).toBe('inconclusive');
  });
});
