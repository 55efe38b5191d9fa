import { describe, expect, test } from 'vitest';
import fc from '../../testing/by-chance.ts';
import { binomialInterval, fisher, mannWhitney } from './tests.ts';

/** Published values are those that R prints for the examples of its own manual pages. */

describe('the exact interval of a share', () => {
  test.each([
    // ?binom.test, after Conover 1971, p. 97: 682 of 925 plants.
    [682, 925, 0.95, 0.7076683, 0.7654066],
    // binom.test(9, 24), and binom.test(1, 1497, conf.level = 0.9).
    [9, 24, 0.95, 0.1879929, 0.5940636],
    [1, 1497, 0.9, 3.426347e-5, 3.164954e-3],
  ])('%i of %i at %f, as binom.test gives it', (hits, trials, confidence, low, high) => {
    const interval = binomialInterval(hits, trials, confidence);
    expect(interval.low / low).toBeCloseTo(1, 6);
    expect(interval.high / high).toBeCloseTo(1, 6);
  });

  test('none and all have an end each, and the other by the rule (α/2)^(1/n)', () => {
    expect(binomialInterval(0, 40, 0.95)).toEqual({ low: 0, high: expect.closeTo(1 - 0.025 ** (1 / 40), 12) });
    expect(binomialInterval(40, 40, 0.95)).toEqual({ low: expect.closeTo(0.025 ** (1 / 40), 12), high: 1 });
  });

  test('more confidence is a wider interval, and both hold what was seen', () => {
    const sample = fc
      .integer({ min: 1, max: 5000 })
      .chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n)));
    fc.assert(
      fc.property(sample, ([hits, trials]) => {
        const [narrow, wide] = [binomialInterval(hits, trials, 0.95), binomialInterval(hits, trials, 0.9999)];
        expect(wide.low).toBeLessThanOrEqual(narrow.low);
        expect(wide.high).toBeGreaterThanOrEqual(narrow.high);
        expect(narrow.low).toBeLessThanOrEqual(hits / trials);
        expect(narrow.high).toBeGreaterThanOrEqual(hits / trials);
      }),
    );
  });
});

describe("Fisher's exact test, one-sided", () => {
  test.each([
    // ?fisher.test: the lady tasting tea (Agresti 1990, p. 61), alternative = "greater".
    ['tea', { bad: 3, of: 4 }, { bad: 1, of: 4 }, 0.2429],
    // ?fisher.test: twins of convicts (Fisher 1962), alternative = "less", here with the rows the other way round.
    ['convictions', { bad: 10, of: 13 }, { bad: 2, of: 17 }, 0.0004652],
  ])('%s, as fisher.test gives it', (_, suspect, other, p) => {
    expect(fisher(suspect, other) / p).toBeCloseTo(1, 3);
  });

  test('fewer errors than the other are never significant, and no errors at all are certain', () => {
    expect(fisher({ bad: 0, of: 150 }, { bad: 30, of: 1350 })).toBe(1);
    expect(fisher({ bad: 0, of: 150 }, { bad: 0, of: 1350 })).toBe(1);
  });

  test('one error of 150 against none of 1,350 happens one time in ten, twenty never', () => {
    expect(fisher({ bad: 1, of: 150 }, { bad: 0, of: 1350 })).toBeCloseTo(0.1, 12);
    expect(fisher({ bad: 20, of: 150 }, { bad: 0, of: 1350 })).toBeLessThan(1e-20);
  });
});

describe('the Mann-Whitney U test, one-sided', () => {
  // ?wilcox.test: airquality, Ozone in May and in August. R prints W = 127.5 and, two-sided, p-value = 0.0001208.
  const may = [41, 36, 12, 18, 28, 23, 19, 8, 7, 16, 11, 14, 18, 14, 34, 6, 30, 11, 1, 11, 4, 32, 23, 45, 115, 37];
  const august = [
    39, 9, 16, 78, 35, 66, 122, 89, 110, 44, 28, 65, 22, 59, 23, 31, 44, 21, 9, 45, 168, 73, 76, 118, 84, 85,
  ];

  test('ozone, with its ties, as wilcox.test gives it', () => {
    expect(mannWhitney(may, august).u).toBe(127.5);
    expect((2 * mannWhitney(august, may).p) / 0.0001208).toBeCloseTo(1, 3);
    expect(mannWhitney(may, august).p).toBeGreaterThan(0.999);
  });

  test('permeability (Hollander and Wolfe 1973, p. 69): R prints W = 35', () => {
    const term = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
    expect(mannWhitney(term, [1.15, 0.88, 0.9, 0.74, 1.21])).toMatchObject({ u: 35, effect: 0.7 });
  });

  test('U is what counting the pairs gives', () => {
    const values = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(values, values, (a, b) => {
        const pairs = a.flatMap((x) => b.map((y) => (x > y ? 1 : x === y ? 0.5 : 0)));
        expect(mannWhitney(a, b).u).toBeCloseTo(
          pairs.reduce((sum: number, one) => sum + one, 0),
          9,
        );
      }),
    );
  });

  test('what is all the same, or not there, differs in nothing', () => {
    expect(mannWhitney([2, 2], [2, 2, 2])).toMatchObject({ p: 1, effect: 0.5 });
    expect(mannWhitney([], [2])).toMatchObject({ p: 1, effect: 0.5 });
  });
});
