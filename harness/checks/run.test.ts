import { describe, expect, test } from 'vitest';
import { goodRoll, type HistoryBuilder, s } from '../history/testing/build.ts';
import { runChecks } from './run.ts';
import type { Finding } from './types.ts';

/** What becomes of a finding whose check is all that is run. */
function judged(found: Partial<Finding>, builder: HistoryBuilder = goodRoll()): Finding {
  const finding: Finding = {
    name: 'done',
    verdict: 'fail',
    examined: 1,
    witnesses: [],
    detail: 'it was found',
    ...found,
  };
  return runChecks(builder.history(), [['done', () => finding]])[0]!;
}

const fault = (builder: HistoryBuilder, from: number, to: number) =>
  builder.add({ type: 'fault', t: s(to), source: 'machine', from: s(from), to: s(to), detail: 'it stood still' });

test('what examined nothing has not passed, and is told as what it is', () => {
  expect(judged({ verdict: 'pass', examined: 0 })).toMatchObject({
    verdict: 'inconclusive',
    detail: 'nothing was examined; it was found',
  });
  expect(judged({ verdict: 'pass' })).toMatchObject({ verdict: 'pass', detail: 'it was found' });
  expect(judged({ examined: 0 })).toMatchObject({ verdict: 'fail' });
});

test('a check that breaks says so by its name', () => {
  const breaks = () => {
    throw new Error('no such thing');
  };
  expect(runChecks(goodRoll().history(), [['endpoints', breaks]])).toEqual([
    {
      name: 'endpoints',
      verdict: 'inconclusive',
      examined: 0,
      witnesses: [],
      detail: 'the check failed itself: no such thing',
    },
  ]);
});

describe('a fail whose witnesses all lie in faults of the machine proves nothing', () => {
  /** At 14, 18 and 22 a request. */
  const ids = () => {
    const { observations } = goodRoll();
    return [14, 18, 22].map((at) => observations.find((one) => one.type === 'request' && one.t === s(at))!.id);
  };
  const [first, second, third] = ids();
  const faulty = () => fault(fault(goodRoll(), 13.5, 14.5), 17.5, 18.5);

  test('of one fault or of several', () => {
    expect(judged({ witnesses: [first!] }, faulty())).toMatchObject({
      verdict: 'inconclusive',
      detail: 'it was found; all of it within a fault of the machine',
    });
    expect(judged({ witnesses: [first!, second!] }, faulty()).verdict).toBe('inconclusive');
  });
  test('one witness beside them does', () =>
    expect(judged({ witnesses: [first!, third!] }, faulty())).toMatchObject({
      verdict: 'fail',
      detail: 'it was found',
    }));
  test('without witnesses, or with one that nobody knows, it stays', () => {
    expect(judged({}, faulty()).verdict).toBe('fail');
    expect(judged({ witnesses: ['nobody'] }, faulty()).verdict).toBe('fail');
  });
  test('where there was no fault, too', () => expect(judged({ witnesses: [first!] }).verdict).toBe('fail'));
  test('a pass stays one', () =>
    expect(judged({ verdict: 'pass', witnesses: [first!] }, faulty()).verdict).toBe('pass'));
});
