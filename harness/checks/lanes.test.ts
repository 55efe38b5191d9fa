import { expect, test } from 'vitest';
import { HistoryBuilder, s, threeUp } from '../history/testing/build.ts';
import { laneVerdict } from './lanes.ts';

const up = (minRequests = 1) => threeUp(new HistoryBuilder({ lanes: ['new', 'kept'], minRequests }));
const verdicts = (builder: HistoryBuilder) => {
  const history = builder.mark(60, 'tail-end').history();
  return (['new', 'kept'] as const).map((lane) => laneVerdict(history, lane));
};
const both = (builder: HistoryBuilder) =>
  builder.request(20).request(20, { lane: 'kept' }).lane(61, 'new').lane(61, 'kept');

test('each lane has its own verdict', () => {
  expect(verdicts(both(up()))).toEqual(['pass', 'pass']);
  expect(verdicts(both(up()).request(21, { status: 0, errorCode: 1212, error: 'refused' }))).toEqual(['fail', 'pass']);
});

test.each([
  ['iterations not started', (builder: HistoryBuilder) => builder.request(20).lane(61, 'new', 3)],
  ['no end', (builder: HistoryBuilder) => builder.request(20)],
  ['no requests', (builder: HistoryBuilder) => builder.lane(61, 'new')],
  [
    'a hole in its records',
    (builder: HistoryBuilder) =>
      builder
        .request(20)
        .lane(61, 'new')
        .add({ type: 'gap', t: s(30), source: 'requests:new', from: s(25), to: s(30), reason: '' }),
  ],
])('%s: inconclusive, and only that lane', (_, write) => {
  const builder = write(up()).request(20, { lane: 'kept' }).lane(61, 'kept');
  expect(verdicts(builder)).toEqual(['inconclusive', 'pass']);
});

test('too few requests are inconclusive; a drop among them is a drop all the same', () => {
  expect(verdicts(both(up(2)))).toEqual(['inconclusive', 'inconclusive']);
  expect(verdicts(both(up(9)).request(21, { status: 0, errorCode: 1212, error: 'refused' }))[0]).toBe('fail');
});
