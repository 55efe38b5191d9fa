import { expect, test } from 'vitest';
import type { RunReport } from '../report/verdict.ts';
import { reportWhileReleasing } from './releasing.ts';

const REPORT = { run: 'r' } as RunReport;
/** Something that takes a moment, and notes when it began and ended. */
const taking =
  <T>(notes: string[], name: string, how: () => T) =>
  async () => {
    notes.push(`${name} begins`);
    await new Promise((resolve) => setTimeout(resolve, name === 'release' ? 30 : 10));
    notes.push(`${name} ends`);
    return how();
  };
const fails = (words: string) => () => {
  throw new Error(words);
};

test('both go on at the same time, and both are over in the end', async () => {
  const notes: string[] = [];
  const session = { finish: taking(notes, 'report', () => REPORT), takeDown: taking(notes, 'release', () => {}) };
  expect(await reportWhileReleasing(session, true)).toEqual({ report: REPORT, unreleased: undefined });
  expect(notes).toEqual(['release begins', 'report begins', 'report ends', 'release ends']);
});

test('the verdict stands where the cluster could not go', async () => {
  const session = { finish: async () => REPORT, takeDown: taking([], 'release', fails('kind delete')) };
  const { report, unreleased } = await reportWhileReleasing(session, true);
  expect(report).toBe(REPORT);
  expect(unreleased).toMatchObject({ message: 'kind delete' });
});

test.each([() => {}, fails('kind delete')])(
  'where no report can be made that is what is told, once the cluster has gone',
  async (ending) => {
    const notes: string[] = [];
    const session = {
      finish: taking(notes, 'report', fails('the evidence is gone')),
      takeDown: taking(notes, 'release', ending),
    };
    await expect(reportWhileReleasing(session, true)).rejects.toThrow('the evidence is gone');
    expect(notes.at(-1)).toBe('release ends');
  },
);

test('of a cluster that did not come up nothing is taken down here: its own failure is what counts', async () => {
  const session = { finish: async () => undefined, takeDown: fails('it was called') };
  expect(await reportWhileReleasing(session, false)).toEqual({ report: undefined, unreleased: undefined });
});
