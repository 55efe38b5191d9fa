import { describe, expect, test } from 'vitest';
import { HistoryBuilder, threeUp } from '../history/testing/build.ts';
import { causeOf } from './dip-cause.ts';

/** What the last event of a history is said to have opened. */
const cause = (builder: HistoryBuilder) => {
  const { id } = builder.observations.at(-1)!;
  return causeOf(builder.mark(40, 'tail-end').history(), id);
};

const SCALED = "a1 was taken away by the controller's scale-down of web-a to 2";

describe('on whose word a pod was taken away', () => {
  /** A new pod was ready from 11 until then; an old one is taken away `after` seconds later. */
  const glimpse = (until: number, after = 0.2, more: (builder: HistoryBuilder) => unknown = () => {}) => {
    const builder = threeUp().replicaSet(10.5, 'web-b', 2, 1).pod(10.6, 'b1', { owner: 'web-b', ready: false });
    builder.pod(11, 'b1', { owner: 'web-b' }).pod(until, 'b1', { owner: 'web-b', ready: false });
    more(builder);
    return cause(builder.replicaSet(until + 0.1, 'web-a', 1, 2).pod(until + after, 'a1', { terminating: true })).text;
  };
  const WORD = `${SCALED}, which came on the word of b1: ready for`;

  test('of one that was ready for less than two seconds, less than two seconds before', () => {
    expect(glimpse(11.5)).toContain(`${WORD} 500 ms, and then not again, though no probe`);
    expect(glimpse(12.999)).toContain(`${WORD} 1999 ms`);
    expect(glimpse(13)).toBe(SCALED);
    expect(glimpse(11.5, 1.99)).toContain(WORD);
    expect(glimpse(11.5, 2)).toBe(SCALED);
  });

  test('a probe of it that had failed just then is a reason, one of another pod or of another time is none', () => {
    const failed =
      (at: number, pod = 'b1') =>
      (builder: HistoryBuilder) =>
        builder.event(at, pod, 'Unhealthy', 'probe failed');
    const reasoned = (more: (builder: HistoryBuilder) => unknown) =>
      !glimpse(11.5, 0.2, more).includes('though no probe');
    expect([11, 11.4, 12.5].map((at) => reasoned(failed(at)))).toEqual([true, true, true]);
    expect([10.9, 12.6].map((at) => reasoned(failed(at)))).toEqual([false, false]);
    expect(reasoned(failed(11.4, 'b2'))).toBe(false);
    expect(glimpse(11.5, 0.2, failed(11.4))).toBe(
      `${WORD} 500 ms, and then not again; with minReadySeconds it would not have counted yet`,
    );
  });

  test('not of one that is ready again, that is being deleted, or that was ready when it was first seen', () => {
    expect(glimpse(11.5, 0.4, (builder) => builder.pod(11.55, 'b1', { owner: 'web-b' }))).toBe(SCALED);
    const deleted = { owner: 'web-b', ready: false, terminating: true };
    expect(glimpse(11.5, 0.4, (builder) => builder.pod(11.55, 'b1', deleted))).toBe(SCALED);
    const seenReady = threeUp().replicaSet(10.5, 'web-b', 2, 1).pod(11, 'b1', { owner: 'web-b' });
    seenReady.pod(11.5, 'b1', { owner: 'web-b', ready: false }).replicaSet(11.6, 'web-a', 1, 2);
    expect(cause(seenReady.pod(11.7, 'a1', { terminating: true })).text).toBe(SCALED);
  });
});

describe('a probe', () => {
  const failed = (builder: HistoryBuilder, at: number, pod = 'a1') =>
    builder.event(at, pod, 'Unhealthy', `failed at ${at}`);
  const WORDS = "a1 was ready, then not: the kubelet's probe failed";

  test('what it failed with, and what clients saw of the pod meanwhile', () => {
    const builder = failed(failed(threeUp(), 20), 25);
    builder
      .request(18.9, { pod: 'a1', seconds: 3 })
      .request(19, { pod: 'a1', seconds: 0.9 })
      .request(19.5, { pod: 'a2', seconds: 2 });
    builder.request(26, { pod: 'a1', seconds: 0.1 }).request(26.1, { pod: 'a1', seconds: 8 });
    expect(cause(builder.pod(26, 'a1', { ready: false }))).toEqual({
      label: 'probe',
      text: `${WORDS} 2 times, the last with "failed at 25"; of 2 requests that it answered meanwhile the slowest took 900 ms`,
    });
  });

  test('as long as it was ready, for 35 s back, and what is told two seconds late', () => {
    const one = (at: number, pod?: string) => cause(failed(threeUp(), at, pod).pod(36, 'a1', { ready: false })).text;
    expect([1.01, 36].map((at) => one(at))).toEqual([expect.stringContaining(WORDS), expect.stringContaining(WORDS)]);
    expect(one(1)).toBe('a1 was ready, then not');
    expect(one(30, 'a2')).toBe('a1 was ready, then not');
    const late = (at: number) => {
      const builder = threeUp().pod(20, 'a1', { ready: false });
      const { id } = builder.observations.at(-1)!;
      return causeOf(failed(builder, at).mark(40, 'tail-end').history(), id).text;
    };
    expect(late(22)).toContain(WORDS);
    expect(late(22.01)).toBe('a1 was ready, then not');
  });

  test('what is told of the pod while it stays ready does not make it ready anew', () => {
    const builder = failed(threeUp(), 12).pod(13, 'a1', { ip: '10.0.0.9' }).pod(14, 'a1', { ready: false });
    expect(cause(builder).text).toContain(WORDS);
    // … and one that was not ready meanwhile is.
    const anew = failed(threeUp(), 12).pod(12.5, 'a1', { ready: false }).pod(13, 'a1').pod(14, 'a1', { ready: false });
    expect(cause(anew).text).toBe('a1 was ready, then not');
  });
});

describe('not available yet', () => {
  test('a ReplicaSet that asks for more', () => {
    expect(cause(threeUp().replicaSet(12, 'web-a', 1, 3, { minReadySeconds: 10 }))).toEqual({
      label: 'not-yet-available',
      text: 'no pod changed, but web-a now asks for 10 s of minReadySeconds',
    });
  });

  test('a pod that is ready again; said so only where no watch showed that it was not', () => {
    const words = 'a1 is ready, but not for minReadySeconds';
    const up = () => threeUp(new HistoryBuilder(), { minReadySeconds: 5 });
    expect(cause(up().pod(12, 'a1', { readySince: 12 })).text).toBe(
      `${words} again: it was not ready for a moment that no watch showed`,
    );
    expect(cause(up().pod(12, 'a1', { readySince: 1 })).text).toBe(words);
    expect(cause(up().pod(11, 'a1', { ready: false }).pod(12, 'a1', { readySince: 12 })).text).toBe(words);
    expect(cause(up().pod(12, 'a4', { readySince: 12 })).text).toBe('a4 is ready, but not for minReadySeconds');
  });
});

describe('what else there is', () => {
  test('the floor rose, by the Deployment or by what else is no pod', () => {
    const rose = { label: 'unknown', text: 'no pod changed: the floor itself rose' };
    expect(cause(threeUp().deployment(12, { generation: 2, replicas: 5 }))).toEqual(rose);
    expect(cause(threeUp().slice(12, ['a1']))).toEqual(rose);
  });

  test('an event that was none', () => {
    expect(causeOf(threeUp().history(), 'nothing')).toEqual({ label: 'unknown', text: 'nothing that was observed' });
  });

  test('a pod without an owner that anybody knows was deleted by somebody', () => {
    const builder = threeUp().object(11, 'ReplicaSet', 'web-a', {}, { verb: 'deleted' });
    const owner = { kind: 'Deployment', name: 'web', uid: 'web', controller: true };
    Object.assign(builder.observations.at(-1)!, { object: { metadata: { ownerReferences: [owner] } } });
    expect(cause(builder.pod(12, 'a1', { terminating: true })).label).toBe('deletion');
  });

  test('who evicts it says so, where that is so', () => {
    const condition = (status: string, reason?: string) =>
      cause(
        threeUp().object(12, 'Pod', 'a1', {
          metadata: {
            deletionTimestamp: '2026-01-01T00:00:42Z',
            ownerReferences: [{ kind: 'ReplicaSet', name: 'web-a', uid: 'web-a', controller: true }],
          },
          status: { conditions: [{ type: 'DisruptionTarget', status, ...(reason === undefined ? {} : { reason }) }] },
        }),
      );
    expect(condition('True', 'EvictionByEvictionAPI')).toEqual({
      label: 'eviction',
      text: 'a1 was evicted (EvictionByEvictionAPI)',
    });
    expect(condition('False', 'EvictionByEvictionAPI').label).toBe('deletion');
  });

  test('whose doing it was, is told by the condition', () => {
    const excuse = (disrupted: { reason: string; message?: string }) =>
      cause(threeUp().pod(12, 'a1', { disrupted, ready: false, phase: 'Failed' })).excuse;
    const kubelets = (message: string) => ({ reason: 'TerminationByKubelet', message });
    const LOW = 'The node was low on resource: memory. Threshold quantity: 100Mi, available: 90Mi. ';
    expect(
      [
        kubelets(LOW),
        kubelets('Pod was preempted by Kubelet to accommodate a critical pod.'),
        kubelets('Pod was terminated in response to imminent node shutdown.'),
        { reason: 'PreemptionByScheduler', message: 'preempting to accommodate a higher priority pod' },
        { reason: 'DeletionByTaintManager' },
        { reason: 'DeletionByPodGC' },
      ].map(excuse),
    ).toEqual(Array(6).fill('node'));
    expect(
      [
        kubelets(`${LOW}Container app was using 2Gi, request is 100Mi, has larger consumption of memory. `),
        kubelets('Pod ephemeral local storage usage exceeds the total limit of containers 1Gi. '),
        { reason: 'TerminationByKubelet' },
        { reason: 'EvictionByEvictionAPI', message: LOW },
      ].map(excuse),
    ).toEqual(Array(4).fill(undefined));
    expect(cause(threeUp().pod(12, 'a1', { disrupted: true })).excuse).toBeUndefined();
  });

  test('a pod that restarts, or ends, when it is first seen', () => {
    expect(cause(threeUp().pod(12, 'a4', { ready: false, restarts: 1 }))).toEqual({
      label: 'restart',
      text: 'a4 restarted',
    });
    expect(cause(threeUp().pod(12, 'a4', { ready: false, exitCode: 3 })).text).toBe(
      'a container of a4 ended with exit code 3',
    );
  });
});
