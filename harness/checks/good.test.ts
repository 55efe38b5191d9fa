import { describe, expect, test } from 'vitest';
import { s, threeUp } from '../history/testing/build.ts';
import { baselineProblem } from './drops.ts';
import { isGood, isWhole, LACKS_TEXT } from './good.ts';

const answer = (more: object = {}) =>
  ({ lane: 'new', status: 200, errorCode: 0, t: s(1), end: s(1.1), ...more }) as Parameters<typeof isGood>[0];
const USUAL: [number, number][] = [[200, 399]];

describe('a good answer', () => {
  test('has a status that is called good', () => {
    expect(isGood(answer(), { good: USUAL })).toBe(true);
    expect(isGood(answer({ status: 404, errorCode: 1404 }), { good: USUAL })).toBe(false);
    expect(isGood(answer({ status: 404, errorCode: 1404 }), { good: [[404, 404]] })).toBe(true);
  });

  test('lies in one of several ranges', () => {
    const plan = {
      good: [
        [200, 204],
        [404, 404],
      ] as [number, number][],
    };
    const status = (code: number) => isGood(answer({ status: code, errorCode: code < 400 ? 0 : 1000 + code }), plan);
    expect([199, 200, 204, 205, 403, 404, 405].map(status)).toEqual([false, true, true, false, false, true, false]);
  });

  test('k6 has a code of its own for an answer by its status: 1400 to 1599', () => {
    const whole = [1399, 1400, 1599, 1600].map((errorCode) => isWhole({ errorCode }));
    expect(whole).toEqual([false, true, true, false]);
  });

  test('is whole', () => {
    expect(isGood(answer({ status: 0, errorCode: 1220 }), { good: [[0, 599]] })).toBe(false);
  });

  test('has the text that is asked for: without it, it came all the same', () => {
    expect(isGood(answer({ errorCode: LACKS_TEXT }), { good: USUAL })).toBe(false);
    expect(isWhole(answer({ errorCode: LACKS_TEXT }))).toBe(true);
  });

  test('comes in time, but for those that take theirs by intent', () => {
    expect(isGood(answer(), { good: USUAL, goodMaxMs: 100 })).toBe(true);
    expect(isGood(answer(), { good: USUAL, goodMaxMs: 99 })).toBe(false);
    for (const lane of ['slow', 'stream', 'control'])
      expect(isGood(answer({ lane }), { good: USUAL, goodMaxMs: 99 })).toBe(true);
  });

  test('of the control lane is what its own service answers, whatever the service under test is to answer', () => {
    const lane = 'control';
    expect(isGood(answer({ lane }), { good: [[201, 201]] })).toBe(true);
    expect(isGood(answer({ lane, status: 500, errorCode: 1500 }), { good: [[500, 500]] })).toBe(false);
  });
});

test('a baseline without the text says so, and does not speak of its status', () => {
  const builder = threeUp().request(7, { errorCode: LACKS_TEXT, error: 'the text of a good answer is not in it' });
  expect(baselineProblem(builder.history())).toBe(
    'before the transition, 1 of 2 requests failed already; the first, in lane new: the text of a good answer is not in it',
  );
  const refusing = threeUp().request(7, { status: 404, errorCode: 1404 });
  expect(baselineProblem(refusing.history())).toMatch(/in lane new: status 404$/);
});
