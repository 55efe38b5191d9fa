import { expect, test } from 'vitest';
import { HistoryBuilder, s, threeUp } from '../history/testing/build.ts';
import { hiddenFlips } from './hidden-flips.ts';
import { readyFloor } from './rollout.ts';

const judged = (builder: HistoryBuilder) => builder.mark(30, 'tail-end').history();
const probes = (statuses: number[], builder = threeUp(), from = 12) => {
  for (const [i, status] of statuses.entries()) builder.probe(from + i / 4, 'a1', status);
  return builder;
};

test('two calls on end that fail, of a pod that the API calls ready', () => {
  expect(hiddenFlips(judged(probes([200, 503, 0, 204])))).toEqual([
    { pod: 'a1', from: s(12.25), to: s(12.5), calls: 2, last: 'timeout' },
  ]);
});

test.each([
  ['one that fails alone', [200, 503, 200, 0, 302]],
  ['none', [200, 399, 200]],
])('%s is no flip', (_, statuses) => expect(hiddenFlips(judged(probes(statuses)))).toEqual([]));

test('what the API says too is not hidden', () => {
  const notReady = () => threeUp().pod(11.9, 'a1', { ready: false });
  expect(hiddenFlips(judged(probes([503, 503, 503], notReady())))).toEqual([]);
  const terminating = () => threeUp().pod(11.9, 'a1', { terminating: true });
  expect(hiddenFlips(judged(probes([0, 0, 0], terminating())))).toEqual([]);
  expect(hiddenFlips(judged(probes([503, 503, 503], threeUp().pod(12.3, 'a1', { ready: false }))))).toMatchObject([
    { calls: 2, to: s(12.25) },
  ]);
});

test('a pod that nothing is known of, and calls outside the judged span, prove nothing', () => {
  expect(hiddenFlips(judged(threeUp().probe(12, 'other', 0).probe(13, 'other', 0)))).toEqual([]);
  expect(hiddenFlips(judged(probes([0, 0], threeUp(), 8)))).toEqual([]);
});

test('it is told beside the floor, and judges nothing', () => {
  const finding = readyFloor(judged(probes([503, 503])));
  expect(finding.verdict).toBe('pass');
  expect(finding.detail).toContain(
    'a1, which the API called ready, failed 2 direct calls from 12.000 s to 12.250 s (status 503)',
  );
});

test('calls are taken in the order of time', () => {
  const builder = threeUp().probe(12.75, 'a1', 200).probe(12.5, 'a1', 503).probe(12, 'a1', 200).probe(12.25, 'a1', 0);
  expect(hiddenFlips(judged(builder))).toEqual([
    { pod: 'a1', from: s(12.25), to: s(12.5), calls: 2, last: 'status 503' },
  ]);
});

test.each([
  [399, []],
  [400, [{ calls: 2, last: 'status 400' }]],
  [199, [{ calls: 2, last: 'status 199' }]],
  [200, []],
])('an answer of %i, as the kubelet counts', (status, found) =>
  expect(hiddenFlips(judged(probes([status, status])))).toMatchObject(found),
);

test('an answer that broke off is none', () => {
  const builder = threeUp();
  for (const t of [s(12), s(13)]) builder.add({ type: 'probe', t, pod: 'a1', status: 200, ms: 2, error: 'broke off' });
  expect(hiddenFlips(judged(builder))).toMatchObject([{ calls: 2, last: 'broke off' }]);
});

test('a pod counts as ready from the instant at which it is called so', () => {
  const called = (at: number) => threeUp().pod(11, 'a1', { ready: false }).pod(at, 'a1').probe(12, 'a1', 0);
  expect(hiddenFlips(judged(called(12).probe(13, 'a1', 0)))).toMatchObject([{ from: s(12), to: s(13) }]);
  expect(hiddenFlips(judged(called(12.5).probe(13, 'a1', 0)))).toEqual([]);
});

test('without a transition nothing is looked at', () =>
  expect(hiddenFlips(new HistoryBuilder().pod(1, 'a1').probe(2, 'a1', 0).probe(3, 'a1', 0).history())).toEqual([]));
