import { expect, test } from 'vitest';
import { scenariosOf } from '../history/select.ts';
import { goodRoll, type HistoryBuilder, s } from '../history/testing/build.ts';
import type { Observation } from '../history/types.ts';
import { firstWitness } from './witness.ts';

/** The words for what `add` adds to a good roll. */
function told(add: (builder: HistoryBuilder) => HistoryBuilder): string | undefined {
  const before = new Set(
    goodRoll()
      .whole()
      .observations.map(({ id }) => id),
  );
  const [history] = scenariosOf(add(goodRoll()).whole());
  const added = history!.observations.filter(({ id }: Observation) => !before.has(id));
  return firstWitness(
    history!,
    added.map(({ id }) => id),
  );
}

const REFUSED = { status: 0, errorCode: 1212, error: 'dial: connection refused' };

test.each([
  [
    'a request that was refused',
    (b) => b.request(14, { ...REFUSED, request: 'new-1' }),
    /^request new-1 \(GET over a new connection\), 4\.00 s after the trigger, in wave \(2,2\): no answer after \d+ ms: dial: connection refused$/,
  ],
  [
    'a request that was answered, and by whom',
    (b) => b.request(14, { status: 503, request: 'new-2', pod: 'a1', version: '1.0.0', reused: true }),
    /^request new-2 \(GET over a kept connection\), .*: answered 503 from pod a1, version 1\.0\.0 after \d+ ms$/,
  ],
  ['before the trigger', (b) => b.request(9, { request: 'new-3' }), /, 1\.00 s before the trigger: /],
  ['a pod', (b) => b.pod(14, 'b9', { owner: 'web-b', terminating: true }), /^Pod b9, .*: ready, being deleted$/],
  ['a pod that is gone', (b) => b.gone(14, 'a1'), /^Pod a1, .*: gone$/],
  ['a ReplicaSet', (b) => b.replicaSet(14, 'web-a', 1, 7), /^ReplicaSet web-a, .*: revision 1, 7 wanted$/],
  ['a slice', (b) => b.slice(14, ['a1', 'a2'], ['a3']), /^EndpointSlice \S+, .*: 2 of 3 endpoints ready$/],
  [
    'a gap',
    (b) => b.add({ type: 'gap', t: s(14), source: 'watch:Pod', from: s(14), to: s(15), reason: 'cut off' }),
    /^gap in watch:Pod, .*: cut off, 1000 ms$/,
  ],
  [
    'an action',
    (b) => b.add({ type: 'action', t: s(14), action: 'undo', detail: 'rollout undo', ok: false }),
    /^"rollout undo", .*: failed$/,
  ],
] satisfies [string, (builder: HistoryBuilder) => HistoryBuilder, RegExp][])('%s', (_, add, words) => {
  expect(told(add)).toMatch(words);
});

test('of several the earliest; of none nothing; and nothing that could move a cursor', () => {
  const both = (b: HistoryBuilder) => b.request(20, { request: 'new-8' }).request(14, { request: 'new-7' });
  expect(told(both)).toMatch(/^request new-7 /);
  expect(told((b) => b)).toBeUndefined();
  expect(told((b) => b.request(14, { ...REFUSED, error: 'a\u001b[2Jb\nc' }))).toMatch(/a\[2Jb c$/);
});
