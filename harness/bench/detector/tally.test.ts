import { expect, test } from 'vitest';
import { type ControlRun, tallyOf, tallyText } from './tally.ts';

let number = 0;
const ran = (fields: Partial<ControlRun> & Pick<ControlRun, 'control' | 'expected' | 'verdict'>): ControlRun => ({
  commit: 'c',
  sources: 's',
  judgement: 'j',
  run: `r${number++}`,
  at: '2026-01-01T00:00:00.000Z',
  found: [],
  rolls: 2,
  ...fields,
});
const most = (cause: string, confidence = 'certain') => [{ cause, count: 9, confidence }];
const caught = (cause: string, found: string, confidence?: string) =>
  ran({ control: cause, expected: 'fail', verdict: 'fail', cause, found: most(found, confidence) });

test('what was caught, what was clean, and which cause it was', () => {
  const tally = tallyOf([
    caught('endpoint-lag', 'endpoint-lag'),
    caught('endpoint-lag', 'keepalive-cut', 'likely'),
    ran({ control: 'endpoint-lag', expected: 'fail', verdict: 'pass', cause: 'endpoint-lag' }),
    caught('grace-too-short', 'sigterm-ignored'),
    ran({ control: 'sound', expected: 'pass', verdict: 'pass' }),
    ran({ control: 'sound', expected: 'pass', verdict: 'fail', found: most('endpoint-lag') }),
    ran({ control: 'sound', expected: 'pass', verdict: 'inconclusive' }),
    ran({ control: 'sound', expected: 'pass', verdict: 'refused' }),
  ]);
  expect(tally.sensitivity).toMatchObject({ hits: 3, of: 4 });
  expect(tally.specificity).toMatchObject({ hits: 1, of: 2 });
  expect(tally.rightCause).toMatchObject({ hits: 1, of: 3 });
  expect(tally.rolls).toBe(4);
  expect(tally.surelyWrong).toBe(1);
  expect(tally.unjudged).toMatchObject({ hits: 2, of: 8 });
  expect(tally.rows.map(({ control, good, runs }) => [control, good, runs])).toEqual([
    ['endpoint-lag', 2, 3],
    ['grace-too-short', 1, 1],
    ['sound', 1, 4],
  ]);
  expect([...tally.confusion.get('endpoint-lag')!]).toEqual([
    ['endpoint-lag', 1],
    ['keepalive-cut', 1],
    ['none', 1],
  ]);
});

test('the tools beside it, in the runs in which there were any', () => {
  const peers = (says: 'fine' | 'alarm' | 'nothing') => [{ peer: 'hey', says, detail: '' }];
  const { peers: rows } = tallyOf([
    ran({ control: 'a', expected: 'fail', verdict: 'fail' }),
    ran({ control: 'a', expected: 'fail', verdict: 'fail', peers: peers('fine') }),
    ran({ control: 'a', expected: 'fail', verdict: 'fail', peers: peers('alarm') }),
    ran({ control: 'a', expected: 'fail', verdict: 'inconclusive', peers: peers('nothing') }),
    ran({ control: 'sound', expected: 'pass', verdict: 'pass', peers: peers('alarm') }),
  ]);
  expect(rows).toMatchObject([
    { peer: 'rollproof', caught: { hits: 2, of: 2 }, falseAlarms: { hits: 0, of: 1 }, nothing: 1 },
    { peer: 'hey', caught: { hits: 1, of: 2 }, falseAlarms: { hits: 1, of: 1 }, nothing: 1 },
  ]);
});

test('a defect without a cause of its own is only caught', () => {
  const tally = tallyOf([ran({ control: 'rounding', expected: 'fail', verdict: 'fail' })]);
  expect(tally).toMatchObject({ sensitivity: { hits: 1, of: 1 }, rightCause: { hits: 0, of: 0 }, surelyWrong: 0 });
  expect(tally.confusion.size).toBe(0);
  expect(tallyText(tally)).toContain('| rounding | caught 1 of 1 | – | 0 | 0 |');
});

test('as a text, with its intervals', () => {
  const text = tallyText(
    tallyOf([caught('endpoint-lag', 'endpoint-lag'), ran({ control: 'sound', expected: 'pass', verdict: 'pass' })]),
  );
  expect(text).toContain('- caught, of runs with a defect: 1 of 1 (95%: 2.5% to 100.0%)');
  expect(text).toContain('| endpoint-lag | caught 1 of 1 | 1 of 1 | 0 | 0 |');
  expect(text).toContain('| sound | clean 1 of 1 | – | 0 | 0 |');
});
