import { describe, expect, test } from 'vitest';
import type { PodLife } from '../history/pod-lives.ts';
import type { RequestSeen } from '../history/types.ts';
import { atOdds } from './at-odds.ts';

type Said = [pod: string, second: number, good: boolean];

/** Two old pods and a new one; a1 is deleted at 30. */
const PODS = [
  { name: 'a1', owner: 'web-a', deleted: 30e9 },
  { name: 'a2', owner: 'web-a' },
  { name: 'b1', owner: 'web-b' },
] as PodLife[];

const isGood = ({ status }: RequestSeen) => status === 200;

const judged = (...said: Said[]) => judgedOf(PODS, said);

const judgedOf = (pods: PodLife[], said: Said[]) => {
  const byPod = Map.groupBy(
    said.toSorted((x, y) => x[1] - y[1]),
    ([pod]) => pod,
  );
  const answers = [...byPod].map(([pod, list]) => {
    const told = list.map(([, second, good]) => ({ t: second * 1e9, status: good ? 200 : 500 }) as RequestSeen);
    return [pod, told] as const;
  });
  return atOdds(pods, new Map(answers), isGood);
};

const good = (pod: string, ...seconds: number[]): Said[] => seconds.map((second) => [pod, second, true]);
const wrong = (pod: string, ...seconds: number[]): Said[] => seconds.map((second) => [pod, second, false]);

/** Old ones alone until 10, both until 20, the new one alone from 25 on. */
const BEFORE = good('a1', 1, 5, 9).concat(good('a2', 2, 6));
const BOTH = good('b1', 10, 12, 14, 16, 18, 20).concat(good('a1', 11, 13, 15, 17, 19));
const AFTER = good('b1', 25, 26, 27, 28, 29);
const ERRORS = wrong('a1', 12.5, 14.5).concat(wrong('b1', 13.5, 15.5, 16.5));

describe('two versions are at odds', () => {
  test('where sound old pods and new ones err while both serve, and never else', () =>
    expect(judged(...BEFORE, ...BOTH, ...ERRORS, ...AFTER)).toBe(true));

  test('whichever order pods are in', () =>
    expect(judgedOf([...PODS].reverse(), [...BEFORE, ...BOTH, ...ERRORS, ...AFTER])).toBe(true));
});

describe('they are not', () => {
  test('with fewer than five errors', () => {
    for (const four of [ERRORS.slice(1), ERRORS.slice(0, 4)]) {
      expect(judged(...BEFORE, ...BOTH, ...four, ...AFTER)).toBe(false);
      expect(judged(...BEFORE, ...BOTH, ...four, ...wrong('a1', 14.6), ...AFTER)).toBe(true);
    }
  });

  test.each([
    ['before the new version came', wrong('a1', 3)],
    ['after the last old one had answered', wrong('b1', 26.5)],
  ])('where one errs %s', (_, stray) =>
    expect(judged(...BEFORE, ...BOTH, ...ERRORS, ...stray, ...AFTER, ...good('b1', 31, 32, 33, 34, 35))).toBe(false),
  );

  test('where the old ones that err are being deleted', () => {
    const leaving = wrong('a1', 30, 31).concat(wrong('b1', 30.5, 31.5, 32));
    const both = good('b1', 29, 30.2, 31.2).concat(good('a1', 30.1, 31.1));
    const later = good('b1', 40, 41, 42, 43, 44);
    expect(judged(...BEFORE, ...both, ...leaving, ...later)).toBe(false);
    const staying = wrong('a2', 30, 31).concat(wrong('b1', 30.5, 31.5, 32));
    expect(judged(...BEFORE, ...both, ...staying, ...later)).toBe(true);
  });

  test('where they err as they are deleted, of which the watch tells a moment later', () => {
    const leaving = wrong('a1', 29.2, 29.5, 29.95).concat(wrong('b1', 30.5, 31.1, 31.8));
    const both = good('b1', 28, 30.2, 31.2).concat(good('a1', 28.5, 28.9));
    const later = good('b1', 40, 41, 42, 43, 44);
    expect(judged(...BEFORE, ...both, ...leaving, ...later)).toBe(false);
    expect(judged(...BEFORE, ...both, ...wrong('a1', 28.6, 28.95), ...leaving, ...later)).toBe(true);
    // A second before the deletion is told of, it may have been.
    expect(judged(...BEFORE, ...both, ...wrong('a1', 28.6, 29), ...leaving, ...later)).toBe(false);
  });

  test('where an old pod errs that had never answered well before', () => {
    const withoutPast = good('a2', 2, 6).concat(BOTH);
    expect(judged(...withoutPast, ...ERRORS, ...AFTER)).toBe(false);
    // Its first good answer comes with the new version, not before it.
    expect(judged(...withoutPast, ...good('a1', 8.5), ...ERRORS, ...AFTER)).toBe(false);
  });

  test('where one old error may be chance', () => {
    const one = wrong('a1', 12.5).concat(wrong('b1', 13.5, 14.5, 15.5, 16.5));
    expect(judged(...BEFORE, ...BOTH, ...one, ...AFTER)).toBe(false);
  });

  test('where the new version alone was hardly seen', () => {
    expect(judged(...BEFORE, ...BOTH, ...ERRORS, ...AFTER.slice(1))).toBe(false);
    // While both serve, an answer says nothing of one alone.
    expect(judged(...BEFORE, ...BOTH, ...ERRORS, ...good('a2', 24.5, 26.5), ...AFTER)).toBe(false);
  });

  test('by pods that never answered', () => expect(atOdds(PODS, new Map(), isGood)).toBe(false));
});

test('side by side is within two seconds', () => {
  const alone = good('b1', 40, 41, 42, 43, 44);
  const apart = (seconds: number) =>
    judged(
      ...BEFORE,
      ...good('b1', 20),
      ...wrong('a1', 20 - seconds, 20 + seconds).concat(wrong('a2', 20, 20.1, 20.2)),
      ...alone,
    );
  expect(apart(2)).toBe(true);
  expect(apart(2.01)).toBe(false);
});
