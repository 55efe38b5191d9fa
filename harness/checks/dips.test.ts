import { describe, expect, test } from 'vitest';
import { HistoryBuilder, threeUp } from '../history/testing/build.ts';
import { dips } from './dips.ts';
import { counts } from './moments.ts';

const found = (builder: HistoryBuilder) => {
  const history = builder.mark(40, 'tail-end').history();
  return dips(history, counts(history)).map(({ label, text, witness }) => ({ label, text, witness }));
};

describe('a dip is labelled by what opened it', () => {
  test('scale-down: the ReplicaSet wanted fewer than it had', () => {
    const builder = threeUp().replicaSet(11, 'web-a', 1, 2).pod(12, 'a1', { terminating: true });
    expect(found(builder)).toEqual([
      {
        label: 'scale-down',
        text: "a1 was taken away by the controller's scale-down of web-a to 2",
        witness: 'x-11',
      },
    ]);
  });
  test('scale-down, for a pod that was ready for a moment: minReadySeconds would have waited', () => {
    const builder = threeUp()
      .replicaSet(10.5, 'web-b', 1, 0)
      .pod(10.6, 'b1', { owner: 'web-b', ready: false })
      .pod(11, 'b1', { owner: 'web-b' })
      .pod(11.075, 'b1', { owner: 'web-b', ready: false })
      .replicaSet(11.1, 'web-a', 1, 2)
      .pod(11.2, 'a1', { terminating: true });
    expect(found(builder)).toMatchObject([
      {
        label: 'scale-down',
        text: "a1 was taken away by the controller's scale-down of web-a to 2, which came on the word of b1: ready for 75 ms, and then not again, though no probe of it had failed meanwhile; with minReadySeconds it would not have counted yet",
      },
    ]);
    // One that has long been ready is what the floor was counted with: its own loss is another dip.
    const long = threeUp()
      .pod(12, 'a2', { ready: false })
      .pod(12.5, 'a2', {})
      .replicaSet(12.6, 'web-a', 1, 2)
      .pod(13, 'a1', { terminating: true });
    expect(found(long).at(-1)!.text).toBe("a1 was taken away by the controller's scale-down of web-a to 2");
  });
  test('also where the controller was slow, and its watch late', () => {
    const builder = threeUp().pod(20, 'a1', { terminating: true }).replicaSet(20.1, 'web-a', 1, 2, { happened: 11 });
    expect(found(builder)).toMatchObject([{ label: 'scale-down' }]);
  });

  test('deletion: the ReplicaSet wanted it, whatever was scaled down nearby', () => {
    const builder = threeUp()
      .replicaSet(10.5, 'web-b', 2, 1)
      .pod(10.6, 'b1', { owner: 'web-b' })
      .replicaSet(11, 'web-a', 1, 2)
      .pod(11.1, 'a1', { terminating: true })
      .pod(11.2, 'a2', { terminating: true });
    expect(found(builder)).toEqual([
      { label: 'deletion', text: 'a2 was deleted, and no scale-down had asked for it', witness: 'x-14' },
    ]);
  });
  test('deletion without grace, of which only the end is seen', () => {
    expect(found(threeUp().gone(12, 'a1'))).toMatchObject([{ label: 'deletion' }]);
  });

  test('eviction: by whoever says so, whether the pod is deleted or left as failed', () => {
    const disrupted = { disrupted: true, ready: false };
    expect(found(threeUp().pod(12, 'a1', { ...disrupted, terminating: true }))).toMatchObject([{ label: 'eviction' }]);
    expect(found(threeUp().pod(12, 'a1', { ...disrupted, phase: 'Failed' }))).toMatchObject([
      { label: 'eviction', text: 'a1 was evicted (DisruptionTarget)' },
    ]);
  });

  test('restart: its container ended, or has been started again', () => {
    expect(found(threeUp().pod(12, 'a1', { ready: false, exitCode: 137 }))).toMatchObject([
      { label: 'restart', text: 'a container of a1 ended with exit code 137' },
    ]);
    expect(found(threeUp().pod(12, 'a1', { ready: false, restarts: 1 }))).toMatchObject([
      { label: 'restart', text: 'a1 restarted' },
    ]);
  });

  test('probe: it was ready, then not; also where a container of it had ended long before', () => {
    expect(found(threeUp().pod(12, 'a1', { ready: false }))).toMatchObject([{ label: 'probe' }]);
    const before = threeUp()
      .pod(11, 'a1', { exitCode: 0, restarts: 1 })
      .pod(12, 'a1', { ready: false, exitCode: 0, restarts: 1 });
    expect(found(before)).toMatchObject([{ label: 'probe' }]);
  });

  test('probe: what had failed before it was ready is no reason', () => {
    const probed = threeUp();
    const trigger = probed.observations.pop()!;
    probed
      .pod(8, 'a1', { ready: false })
      .event(8.5, 'a1', 'Unhealthy', 'Readiness probe failed: too early')
      .pod(9, 'a1');
    probed.observations.push(trigger);
    expect(found(probed.pod(12, 'a1', { ready: false }))).toMatchObject([{ text: 'a1 was ready, then not' }]);
  });

  test('not-yet-available: ready again, after a moment that no watch showed', () => {
    const builder = threeUp(new HistoryBuilder(), { minReadySeconds: 5 }).pod(12, 'a1', { readySince: 12 });
    expect(found(builder)).toEqual([
      {
        label: 'not-yet-available',
        text: 'a1 is ready, but not for minReadySeconds again: it was not ready for a moment that no watch showed',
        witness: 'x-10',
      },
    ]);
  });

  test('what was there when the transition began is not put down to what happened last', () => {
    const builder = threeUp();
    const trigger = builder.observations.pop()!;
    builder.pod(8, 'a1', { ready: false }).pod(9, 'a2', { ip: '10.0.0.2' });
    builder.observations.push(trigger);
    expect(found(builder)).toMatchObject([{ label: 'unknown', text: 'it was there when the transition began' }]);
  });
});
