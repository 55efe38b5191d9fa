import { expect, test } from 'vitest';
import { exitOf } from './exit-code.ts';

const refused = { type: 'cannot-run', scenario: 'one', message: 'it was not up', remedy: 'mend it' } as const;
const broken = [{ name: 'two', message: 'it threw' }];
const none = { refused: undefined, broken: [] };

test.each([
  ['pass', 0],
  ['fail', 1],
  ['inconclusive', 2],
] as const)('a run that came to its end: %s is %i', (verdict, code) => {
  expect(exitOf({ verdict }, none)).toEqual({ code });
});

test('one scenario that could not be run is 3, though the others passed', () => {
  for (const verdict of ['pass', 'inconclusive'] as const)
    expect(() => exitOf({ verdict }, { refused, broken })).toThrow(expect.objectContaining({ exitCode: 3 }));
});

test('unless another failed: what was dropped was dropped', () => {
  expect(exitOf({ verdict: 'fail' }, { refused, broken })).toEqual({ code: 1, say: 'it was not up; mend it' });
});

test('one that ended in an error is 2, unless another failed', () => {
  expect(exitOf({ verdict: 'pass' }, { ...none, broken })).toEqual({ code: 2 });
  expect(exitOf({ verdict: 'fail' }, { ...none, broken })).toEqual({ code: 1 });
});

test('where nothing was measured it is 3', () => {
  expect(exitOf(undefined, none)).toEqual({ code: 3 });
  expect(() => exitOf(undefined, { ...none, refused })).toThrow('it was not up');
});
