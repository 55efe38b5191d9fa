import { describe, expect, test } from 'vitest';
import fc from '../testing/by-chance.ts';
import { replay } from './replay.ts';
import { HistoryBuilder } from './testing/build.ts';

/** "web-a=2 at 12" for each moment of these kinds. */
const told = (builder: HistoryBuilder, ...kinds: string[]) =>
  [...replay(builder.history())]
    .filter(({ event }) => kinds.length === 0 || kinds.includes(event.kind))
    .map(({ event, t }) => `${event.name} ${(t / 1e9).toFixed(3)}`);

const readyAtEnd = (builder: HistoryBuilder) =>
  [...([...replay(builder.history())].at(-1)?.pods.values() ?? [])].filter(({ ready }) => ready).map(({ uid }) => uid);

const up = () => new HistoryBuilder().deployment(1).replicaSet(1, 'web-a', 1, 3).pod(1, 'a1').pod(1, 'a2');

describe('events are played in the order in which the apiserver took them', () => {
  test('a watch that is late does not put what it tells behind what came after it', () => {
    const builder = up().pod(12, 'a3').replicaSet(13, 'web-a', 1, 2).pod(13.03, 'a1', { happened: 12.99 });
    expect(told(builder).slice(-3)).toEqual(['a3 12.000', 'a1 13.000', 'web-a 13.000']);
  });

  test('it happened no later than the first receipt of anything that came after it', () => {
    const builder = up()
      .replicaSet(11, 'web-a', 1, 2)
      .pod(14, 'a1', { happened: 10 })
      .pod(14, 'a2', { happened: 10.5 });
    expect(told(builder).slice(-3)).toEqual(['a1 11.000', 'a2 11.000', 'web-a 11.000']);
  });

  test('without whole numbers as versions, the order of receipt is all that is known', () => {
    const builder = up().replicaSet(13, 'web-a', 1, 2, { version: 'opaque' }).pod(13.03, 'a1', { happened: 12.99 });
    expect(told(builder).slice(-2)).toEqual(['web-a 13.000', 'a1 13.030']);
  });

  test('lists with which the watches begin come first, whatever their versions', () => {
    const builder = new HistoryBuilder()
      .pod(1, 'a1', { verb: 'listed', happened: 0.4 })
      .pod(1.1, 'a2', { verb: 'added' })
      .replicaSet(1.2, 'web-a', 1, 3, { verb: 'listed', happened: 1.15 })
      .deployment(1.3, { verb: 'listed', happened: 0.1 });
    expect(told(builder).slice(-2)).toEqual(['web 1.100', 'a2 1.100']);
    expect(readyAtEnd(builder)).toEqual(['a1', 'a2']);
  });
});

describe('a relist after a gap', () => {
  const gap = () => up().pod(10, 'a1').replicaSet(18, 'web-a', 1, 2);

  test('an object whose state is older than what other watches told is not put before the gap', () => {
    const builder = gap().pod(20, 'a2', { verb: 'listed', happened: 3, ready: false }).gap(11, 20.1, 'Pod');
    expect(told(builder).slice(-3)).toEqual(['a1 10.000', 'web-a 18.000', 'a2 20.000']);
  });

  test('nor is an end that only the list shows, which carries the version of the last state seen', () => {
    const { resourceVersion } = gap().observations.find((one) => one.type === 'object' && one.name === 'a2') as {
      resourceVersion: string;
    } & object;
    const builder = gap().gone(20, 'a2', 'web-a', { version: resourceVersion }).gap(11, 20.1, 'Pod');
    expect(told(builder).slice(-3)).toEqual(['a1 10.000', 'web-a 18.000', 'a2 20.000']);
    expect(readyAtEnd(builder)).toEqual(['a1']);
  });

  test('what the watch tells afterwards comes after it', () => {
    const builder = gap()
      .pod(20, 'a2', { verb: 'listed', happened: 17, ready: false })
      .gap(11, 20.1, 'Pod')
      .pod(20.2, 'a2', { happened: 17.5 });
    expect(readyAtEnd(builder)).toEqual(['a1', 'a2']);
  });

  test('a pod that was deleted and made anew under its name is another pod', () => {
    const builder = gap()
      .pod(20, 'a2', { verb: 'listed', uid: 'a2-anew', happened: 17, ready: false })
      .gap(11, 20.1, 'Pod')
      .gone(20.2, 'a2');
    expect([...[...replay(builder.history())].at(-1)!.pods.values()].map(({ uid }) => uid)).toEqual(['a1', 'a2-anew']);
  });
});

describe('whose pod it is', () => {
  test('a pod that is told of before its ReplicaSet is one of the workload once that is known', () => {
    const builder = new HistoryBuilder().deployment(1).pod(1.1, 'a1').replicaSet(1.2, 'web-a', 1, 1);
    expect(readyAtEnd(builder)).toEqual(['a1']);
  });

  test('a ReplicaSet that is gone keeps its pods: with revisionHistoryLimit 0 they outlive it', () => {
    const builder = up()
      .pod(12, 'a1', { terminating: true })
      .object(13, 'ReplicaSet', 'web-a', owned, { verb: 'deleted' })
      .pod(14, 'a1', { terminating: true, ready: false });
    expect([...replay(builder.history())].at(-1)!.pods.get('a1')).toMatchObject({ terminating: true, ready: false });
    expect([...replay(builder.gone(15, 'a1').history())].at(-1)!.pods.has('a1')).toBe(false);
  });

  test("a ReplicaSet of another kind's object of that name is another's", () => {
    const object = { metadata: { ownerReferences: [{ kind: 'Rollout', name: 'web', uid: 'r', controller: true }] } };
    const builder = up().object(2, 'ReplicaSet', 'other', object).pod(3, 'o1', { owner: 'other' });
    expect(readyAtEnd(builder)).toEqual(['a1', 'a2']);
  });
});

const owned = {
  metadata: { ownerReferences: [{ kind: 'Deployment', name: 'web', uid: 'web', controller: true }] },
  spec: { replicas: 0 },
};

test('however late each watch is, the states and their order are those of watches that are in time', () => {
  const steps = 30;
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('Pod', 'ReplicaSet', 'Deployment'), { minLength: steps, maxLength: steps }),
      fc.array(fc.double({ min: 0, max: 3, noNaN: true }), { minLength: steps, maxLength: steps }),
      (kinds, lateness) => {
        // Each watch is late by what it likes, and in order.
        const lastAt = new Map<string, number>();
        const receipts = kinds.map((kind, i) => {
          const at = Math.max(10 + i + lateness[i]!, lastAt.get(kind) ?? 0);
          lastAt.set(kind, at);
          return { kind, at, happened: 10 + i };
        });
        const play = (all: typeof receipts) => {
          const builder = up();
          for (const { kind, at, happened } of all.toSorted((a, b) => a.at - b.at)) {
            if (kind === 'Pod') builder.pod(at, 'a1', { happened, restarts: happened });
            else if (kind === 'ReplicaSet') builder.replicaSet(at, 'web-a', 1, happened, { happened });
            else builder.deployment(at, { generation: happened, happened });
          }
          // The maps are reused: read while they hold.
          return Array.from(replay(builder.history()), ({ deployment, replicaSets, pods, t, event }) => ({
            facts: [deployment?.generation, replicaSets.get('web-a')?.replicas, pods.get('a1')?.restarts].join(),
            t,
            event,
          }));
        };
        const late = play(receipts);
        const inTime = play(receipts.map(({ kind, happened }) => ({ kind, happened, at: happened })));
        expect(late.map(({ facts }) => facts)).toEqual(inTime.map(({ facts }) => facts));
        for (const [i, { t, event }] of late.entries()) {
          expect(t).toBeGreaterThanOrEqual(inTime[i]!.t);
          expect(t).toBeLessThanOrEqual(event.t);
          expect(t).toBeGreaterThanOrEqual(late[i - 1]?.t ?? 0);
        }
      },
    ),
  );
});
