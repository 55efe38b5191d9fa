import { expect, test } from 'vitest';
import { compare } from './comparison.ts';
import { runReport, scenarioVerdict } from './testing/verdicts.ts';
import type { CauseVerdict, ScenarioVerdict } from './verdict.ts';

const dropping = (dropped: number, requests: number, fields: Partial<ScenarioVerdict> = {}) =>
  scenarioVerdict({
    verdict: dropped > 0 ? 'fail' : 'pass',
    transitions: [{ kind: 'rolling', seconds: 9, requests, dropped, waves: [] }],
    ...fields,
  });
const run = (...scenarios: ScenarioVerdict[]) => runReport('pass', scenarios);
const only = (before: ScenarioVerdict, after: ScenarioVerdict) => compare(run(before), run(after)).pairs[0]!;

test.each([
  ['better', 163, 9806, 0, 9201, 'dropped 163 of 9,806 before, 0 of 9,201 after (Fisher'],
  ['worse', 0, 3000, 12, 3000, 'dropped 0 of 3,000 before, 12 of 3,000 after (Fisher'],
  ['same', 100, 3000, 103, 3000, 'no difference that so many requests could show'],
  ['worse', 0, 3000, 1, 3000, 'pass before, fail after; dropped 0 of 3,000 before, 1 of 3,000 after'],
] as const)('%s: %d of %d, then %d of %d', (change, old, ofOld, fresh, ofFresh, words) => {
  const pair = only(dropping(old, ofOld), dropping(fresh, ofFresh));
  expect(pair.change).toBe(change);
  expect(pair.words).toContain(words);
});

test('what nobody can say is neither better nor worse', () => {
  const pair = only(dropping(0, 900), dropping(0, 900, { verdict: 'inconclusive' }));
  expect(pair).toMatchObject({ change: 'same', words: expect.stringContaining('pass before, inconclusive after') });
});

test('a run that examined nothing proves no change', () => {
  expect(only(dropping(9, 900), dropping(0, 0)).change).not.toBe('same');
  expect(only(dropping(9, 900), dropping(0, 0, { verdict: 'inconclusive' })).change).toBe('same');
});

test('causes and lanes stand side by side, also those that only one of them has', () => {
  const cause = (name: string, count: number): CauseVerdict => ({
    cause: name,
    count,
    confidence: 'certain',
    certain: count,
    also: [],
    fix: '',
    page: '',
    example: 'o1',
  });
  const lane = (name: string, dropped: number) => ({
    name,
    verdict: 'fail' as const,
    sent: 300,
    dropped,
    stalled: 0,
    notStarted: 0,
  });
  const pair = only(
    dropping(9, 900, { causes: [cause('a', 9)], lanes: [lane('new', 9)] }),
    dropping(2, 900, { causes: [cause('b', 2)], lanes: [lane('new', 1), lane('kept', 1)] }),
  );
  expect(pair.causes).toEqual([
    { cause: 'a', before: 9, after: 0 },
    { cause: 'b', before: 0, after: 2 },
  ]);
  expect(pair.lanes).toEqual([
    { lane: 'new', before: '9 of 300', after: '1 of 300' },
    { lane: 'kept', before: '–', after: '1 of 300' },
  ]);
});

test('scenarios are matched by name; the rest is named', () => {
  const named = (name: string) => dropping(0, 900, { name });
  const { pairs, onlyBefore, onlyAfter } = compare(run(named('a'), named('b')), run(named('b'), named('c')));
  expect(pairs.map(({ after }) => after.name)).toEqual(['b']);
  expect([onlyBefore, onlyAfter]).toEqual([['a'], ['c']]);
});
