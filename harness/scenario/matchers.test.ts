import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dropsNothing } from '../checks/claims/traffic.ts';
import { CannotRun } from '../errors.ts';
import { goodRoll, HistoryBuilder, s } from '../history/testing/build.ts';
import './matchers.ts';
import { asJudged, forTest, judged, type Outcome, outcomesOf } from './outcome.ts';
import { HISTORIES } from './testing/recorded-cases.ts';

const recorded = (name: string): Outcome => judged(join(HISTORIES, name));

/** What a matcher says where it is not satisfied. */
function said(matcher: () => void): string {
  try {
    matcher();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('it was satisfied');
}

const good = recorded('good-roll');
const article = recorded('real-article-app');
const blind = recorded('pod-watch-was-blind');

test('what drops nothing, and keeps its pods', () => {
  expect(good).toDropNothing();
  expect(good).toDropNothing({ lanes: ['new'] });
  expect(good).toKeepReady(3);
  expect(good).not.toKeepReady(4);
  expect(good).toComeOut('pass');
  expect(good).not.toComeOut('fail');
  expect(good).toHold(dropsNothing({}));
  expect(good).not.toFailFor('accept-loop-blocked');
});

test('of what a test is given, matchers look at what it was judged from; the test gets objects', () => {
  const given = forTest(good);
  expect(asJudged(given)).toBe(good);
  expect(asJudged(good)).toBe(good);
  expect(given).toDropNothing();
  expect(given).not.toKeepReady(4);
  expect(given.history).toEqual(good.history);
  expect(given.history).toBe(given.history);
});

test('what drops, and why', () => {
  expect(article).not.toDropNothing();
  expect(article).toKeepReady(3);
  expect(article).toComeOut('fail');
  expect(article).not.toHold(dropsNothing({ lanes: ['new'] }));
  expect(article).toFailFor('accept-loop-blocked');
  expect(article).not.toFailFor('unready-while-draining');
});

const WAVES = [
  '  wave (old,new)  seconds  ready ≥  floor  requests  dropped  stalled  p99 ms',
  '  (3,1)               2.3        3      3       413        2        0  5101.1',
  '  (2,1)               0.1        3      3        15        2        4  5018.1',
  '  (2,2)               3.0        3      3       539       34       21  4978.7',
  '  (1,2)               0.1        3      3        11        0        0    82.2',
  '  (1,3)               2.2        3      3       393       33       18  4894.4',
  '  (0,3)               5.9        3      3      1061       31       25  4954.3',
];
const FIRST =
  '      first: request new-204-802 (GET over a new connection), 2.41 s after the trigger, in wave (3,1): no answer after 5116 ms: read: connection reset by peer';
const CAUSES = ['  100 × accept-loop-blocked (likely)', '  2 × unready-while-draining (certain)'];
const DROPS = '  fail no-drops: dropped: new 37 of 1121, kept 4 of 1121, kept-post 61 of 1121';

describe('a message has the figures, the first witness, the causes and the waves', () => {
  test('toDropNothing', () => {
    expect(said(() => expect(article).toDropNothing())).toBe(
      [
        'expected "the article\'s app and settings drop requests in a rolling update" to drop nothing',
        '  dropped: new 37 of 1121, kept 4 of 1121, kept-post 61 of 1121',
        FIRST,
        DROPS,
        ...CAUSES,
        ...WAVES,
      ].join('\n'),
    );
  });

  test('toDropNothing in one lane has the first of that lane', () => {
    const lines = said(() => expect(article).toDropNothing({ lanes: ['kept'] })).split('\n');
    expect(lines.slice(0, 3)).toEqual([
      'expected "the article\'s app and settings drop requests in a rolling update" to drop nothing in kept',
      '  dropped: kept 4 of 1121',
      '      first: request kept-64-1030 (GET over a new connection), 6.01 s after the trigger, in wave (1,3): no answer after 4646 ms: read: connection reset by peer',
    ]);
  });

  test('toComeOut', () => {
    expect(said(() => expect(article).toComeOut('pass'))).toBe(
      [
        'expected "the article\'s app and settings drop requests in a rolling update" to come out as pass',
        '  it came out as fail',
        FIRST,
        DROPS,
        ...CAUSES,
        ...WAVES,
      ].join('\n'),
    );
  });

  test('toFailFor', () => {
    const lines = said(() => expect(article).toFailFor('endpoint-lag')).split('\n');
    expect(lines.slice(0, 2)).toEqual([
      'expected "the article\'s app and settings drop requests in a rolling update" to fail for endpoint-lag',
      '  it came out as fail: 100 × accept-loop-blocked, 2 × unready-while-draining',
    ]);
  });

  test('toKeepReady: the pod, when, and what it was', () => {
    const lines = said(() => expect(recorded('single-replica-unavailable')).toKeepReady(1)).split('\n');
    expect(lines[1]).toMatch(/^ {2}at \d+ instants 0 pods were ready at least$/);
    expect(lines[2]).toMatch(/^ {6}first: Pod \S+, [\d.]+ s after the trigger, in wave \(\d,\d\): \S.*$/);
  });

  test('toHold', () => {
    const [first] = said(() => expect(article).toHold(dropsNothing({ lanes: ['new'] }))).split('\n');
    expect(first).toBe(
      'expected "the article\'s app and settings drop requests in a rolling update" to hold: drops-nothing {"lanes":["new"]}',
    );
  });

  test('.not', () => {
    const lines = said(() => expect(good).not.toDropNothing()).split('\n');
    expect(lines.slice(0, 3)).toEqual([
      'expected "test" not to drop nothing',
      '  dropped: new 0 of 23',
      '  wave (old,new)  seconds  ready ≥  floor  requests  dropped  stalled  p99 ms',
    ]);
  });
});

describe('what the evidence does not say satisfies no matcher, and no .not', () => {
  const both: [string, () => void, () => void][] = [
    ['toDropNothing', () => expect(blindLane()).toDropNothing(), () => expect(blindLane()).not.toDropNothing()],
    [
      'toDropNothing in a lane that was not asked for',
      () => expect(good).toDropNothing({ lanes: ['slow'] }),
      () => expect(good).not.toDropNothing({ lanes: ['slow'] }),
    ],
    ['toKeepReady', () => expect(blind).toKeepReady(2), () => expect(blind).not.toKeepReady(2)],
    ['toFailFor', () => expect(blind).toFailFor('x'), () => expect(blind).not.toFailFor('x')],
    [
      'toHold',
      () => expect(good).toHold({ measure: 'luck', with: {} }),
      () => expect(good).not.toHold({ measure: 'luck', with: {} }),
    ],
  ];
  test.each(both)('%s', (_, matcher, not) => {
    expect(said(matcher)).toContain('the evidence does not say');
    expect(said(not)).toContain('the evidence does not say');
  });

  function blindLane(): Outcome {
    return recorded('k6-was-killed');
  }
});

test('what is no outcome is refused', () => {
  expect(said(() => expect({ verdict: 'pass' }).toComeOut('pass'))).toBe(
    'toComeOut is for the outcome of `await rollout(…)` or `judged(…)`',
  );
});

describe('a scenario of a saved run', () => {
  test('is found by a part of its name, and the others are named where it is not', () => {
    expect(judged(join(HISTORIES, 'good-roll'), 'TES').name).toBe('test');
    const wrong = () => judged(join(HISTORIES, 'good-roll'), 'canary');
    expect(wrong).toThrow(CannotRun);
    expect(wrong).toThrow('0 scenarios match "canary", and the run has 1');
  });
});

test('a test that failed after its rollout makes its scenario other than expected, also when it is judged again', () => {
  const builder = goodRoll(new HistoryBuilder({ expectation: { verdict: 'any' } }));
  builder.add({ type: 'self', t: s(20), loopDelayMs: 3, cpuBusy: 0.4 });
  expect(outcomesOf(builder.whole())[0]!.verdict).toMatchObject({ asExpected: true });
  builder.add({ type: 'test', t: s(40), message: 'expected 3 to be 4' });
  expect(outcomesOf(builder.whole())[0]!.verdict).toMatchObject({
    verdict: 'pass',
    asExpected: false,
    failedTest: 'expected 3 to be 4',
  });
});
