import { describe, expect, test } from 'vitest';
import { HistoryBuilder, s, threeUp } from '../history/testing/build.ts';
import { OPEN_END } from './good.ts';
import { laneProblems, laneVerdict } from './lanes.ts';

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

describe('a hole in the records of a lane', () => {
  const holed = (source: string, from: number, to: number) =>
    verdicts(both(up()).add({ type: 'gap', t: s(to), source, from: s(from), to: s(to), reason: '' }));
  test('counts where any of it is in the judged span', () => {
    expect(holed('requests:new', 5, 10)).toEqual(['inconclusive', 'pass']);
    expect(holed('requests:new', 5, 9.9)).toEqual(['pass', 'pass']);
    expect(holed('requests:new', 60, 61)).toEqual(['inconclusive', 'pass']);
    expect(holed('requests:new', 60.1, 61)).toEqual(['pass', 'pass']);
  });
  test('a watch that was blind is none', () => expect(holed('watch:Pod', 15, 16)).toEqual(['pass', 'pass']));
});

describe('the control lane', () => {
  const control = (...at: number[]) => {
    const builder = threeUp(new HistoryBuilder({ lanes: ['new', 'control'], minRequests: 50 }));
    for (const t of at) builder.request(t, { lane: 'control', status: 200 });
    builder.request(5.5, { lane: 'control', status: 0, errorCode: 1212 });
    return laneVerdict(builder.lane(61, 'control').mark(60, 'tail-end').history(), 'control');
  };
  test('needs some requests in the judged span, and no number of them; what it lost before is not of it', () => {
    expect(control(20)).toBe('pass');
    expect(control(7)).toBe('inconclusive');
  });
});

describe('a lane that falls silent', () => {
  /** Ten a second, but not after `from` until `to`. */
  const silent = (from: number, to: number) => {
    const builder = up();
    for (let n = 0; n < 500; n++)
      if (10 + n / 10 <= from || 10 + n / 10 >= to) builder.request(10 + n / 10).request(10 + n / 10, { lane: 'kept' });
    return verdicts(builder.lane(61, 'new').lane(61, 'kept'));
  };
  test('for longer than a second and five of its intervals has a hole', () => {
    expect(silent(20, 21.5)).toEqual(['pass', 'pass']);
    expect(silent(20, 21.6)).toEqual(['inconclusive', 'inconclusive']);
  });
  const few = (of: number) => {
    const builder = up();
    for (let n = 0; n < of; n++) builder.request(20 + n / 100);
    return verdicts(builder.request(20, { lane: 'kept' }).lane(61, 'new').lane(61, 'kept'))[0];
  };
  test('fewer than ten have no rhythm', () => expect([few(9), few(10)]).toEqual(['pass', 'inconclusive']));
});

test('without a beginning, or a transition, no lane has passed', () => {
  expect(laneVerdict(new HistoryBuilder().request(6).lane(7).history(), 'new')).toBe('inconclusive');
});

test('answers that end with their connection: nobody knows whether one was cut off', () => {
  const builder = both(up()).request(21, { error: OPEN_END }).request(5.5, { error: OPEN_END });
  expect(verdicts(builder)).toEqual(['inconclusive', 'pass']);
  expect(laneProblems(builder.history(), 'new').problems).toEqual([
    'lane new: 1 answers have no length (HTTP/1.0), one that is cut off looks whole; needed: a Content-Length, or good.body with a text of their end',
  ]);
  // Of what is a failure already it says nothing more.
  const failed = both(up()).request(21, { status: 0, errorCode: 1000, error: OPEN_END });
  expect(laneProblems(failed.lane(62).mark(60, 'tail-end').history(), 'new').problems).toEqual([]);
});
