import { describe, expect, test } from 'vitest';
import fc from '../../testing/by-chance.ts';
import { type ShrinkOptions, shrink } from './shrink.ts';

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i);

/** Fails where all of those are in it. */
async function shrunk(n: number, needed: number[], options: Partial<ShrinkOptions<number>> = {}) {
  const tried: number[][] = [];
  const result = await shrink(
    upTo(n),
    async (candidate) => {
      tried.push(candidate);
      return needed.every((one) => candidate.includes(one));
    },
    { most: 1000, ...options },
  );
  return { ...result, tried };
}

describe('a failing sequence', () => {
  test('is shrunk to the one step that fails, in few runs', async () => {
    const { shortest, runs, minimal } = await shrunk(20, [13]);
    expect(shortest).toEqual([13]);
    expect(minimal).toBe(true);
    expect(runs).toBeLessThan(11);
  });

  test('keeps the steps that only fail together, in their order', async () => {
    expect(await shrunk(20, [3, 4, 17])).toMatchObject({ shortest: [3, 4, 17], minimal: true });
  });

  test('comes out as what can be made no shorter by taking any one away, whatever is needed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(19), { minLength: 1 }), async (needed) => {
        const { shortest, tried } = await shrunk(20, needed);
        expect(shortest).toEqual(needed.toSorted((a, b) => a - b));
        expect(new Set(tried.map((one) => JSON.stringify(one))).size).toBe(tried.length);
      }),
    );
  });

  test('that fails only as a whole stays whole', async () => {
    expect(await shrunk(4, [0, 1, 2, 3])).toMatchObject({ shortest: [0, 1, 2, 3], minimal: true });
  });

  test('of one step can be made no shorter: nothing is tried', async () => {
    expect(await shrunk(1, [0])).toMatchObject({ shortest: [0], runs: 0, minimal: true });
  });

  test('that fails for reasons of its own, now and then, is still shrunk to something that was seen to fail', async () => {
    let runs = 0;
    const failed: string[] = [];
    const { shortest } = await shrink(
      upTo(12),
      async (candidate) => {
        runs += 1;
        if (runs % 3 === 0) failed.push(JSON.stringify(candidate));
        return runs % 3 === 0;
      },
      { most: 100 },
    );
    expect(failed.at(-1)).toBe(JSON.stringify(shortest));
  });

  test('is shrunk no longer than the runs that are given, and says so', async () => {
    const { runs, minimal, shortest } = await shrunk(20, [3, 4, 17], { most: 6 });
    expect([runs, minimal]).toEqual([6, false]);
    expect(shortest).toEqual(expect.arrayContaining([3, 4, 17]));
    expect(await shrunk(20, [3], { most: 0 })).toMatchObject({ shortest: upTo(20), runs: 0, minimal: false });
  });

  test('is looked for first where it was seen', async () => {
    expect(await shrunk(20, [13], { hints: [[13]] })).toMatchObject({ shortest: [13], runs: 1, minimal: true });
    expect(await shrunk(20, [2, 13], { hints: [[13], upTo(14)] })).toMatchObject({ shortest: [2, 13] });
  });

  test('leaves out what makes no sense without the rest, and tries nothing twice for it', async () => {
    // An odd step needs the even one before it.
    const sensible = (items: number[]) => items.filter((one) => one % 2 === 0 || items.includes(one - 1));
    const { shortest, tried } = await shrunk(20, [7], { sensible });
    expect(shortest).toEqual([6, 7]);
    expect(new Set(tried.map(String)).size).toBe(tried.length);
  });
});
