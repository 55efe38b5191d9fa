import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Verdict } from '../history/types.ts';
import { packageRoot } from '../package-root.ts';
import { endingOf, wrongWith } from './ending.ts';
import type { Fault } from './fault.ts';
import { FAULTS } from './kinds/all.ts';
import { allRecords } from './records.ts';
import type { Service, Struck } from './run-under-fault.ts';
import { faultsPage } from './table.ts';

test('docs/faults.md is what the records say (npm run faults writes it)', () => {
  expect(readFileSync(join(packageRoot, 'docs/faults.md'), 'utf8')).toBe(faultsPage(allRecords()));
});

test('every record is of a fault that there is, and each fault has a name of its own', () => {
  const names = Object.values(FAULTS).flatMap((faults) => faults.map(({ name }) => name));
  expect(new Set(names).size).toBe(names.length);
  for (const { fault } of allRecords()) expect(names).toContain(fault);
});

const fault = (endings: Fault['endings'], says?: RegExp): Fault => ({
  name: 'one',
  moment: { after: 'trigger', within: 1 },
  endings,
  ...(says === undefined ? {} : { says }),
  strike: async () => {},
});
const ended = (exitCode: number | undefined, verdict?: string, told = 'words'): Struck => ({
  moment: 1,
  exitCode,
  // biome-ignore lint/suspicious/noExplicitAny: of a report, only the verdict is looked at
  report: verdict === undefined ? undefined : ({ scenarios: [{ verdict }] } as any),
  missed: false,
  told,
  folder: '/run',
});

test.each<[string, Fault, Service, Struck, Verdict | undefined, RegExp | undefined]>([
  ['the sound one passes', fault(['verdict']), 'sound', ended(0, 'pass'), 'pass', undefined],
  ['the sound one fails', fault(['verdict']), 'sound', ended(1, 'fail'), 'fail', /a fail of the sound service/],
  ['the bad one fails, as expected', fault(['inconclusive']), 'bad', ended(0, 'fail'), 'fail', undefined],
  ['the bad one passes', fault(['verdict']), 'bad', ended(1, 'pass'), 'pass', /a pass of the bad service/],
  [
    'a verdict where something is missing',
    fault(['inconclusive']),
    'sound',
    ended(0, 'pass'),
    'pass',
    /its ending is: verdict/,
  ],
  ['exit code 0 without a verdict', fault(['no verdict']), 'sound', ended(0), 'inconclusive', /exit code 0 without/],
  [
    'it says it',
    fault(['inconclusive'], /blind/),
    'sound',
    ended(2, 'inconclusive', 'it was blind'),
    'inconclusive',
    undefined,
  ],
  [
    'it does not say it',
    fault(['inconclusive'], /blind/),
    'sound',
    ended(2, 'inconclusive'),
    'inconclusive',
    /does not say/,
  ],
  [
    'a part of a run is judged a pass',
    fault(['killed']),
    'sound',
    ended(undefined),
    'pass',
    /a part of a run is a pass/,
  ],
  [
    'a stack trace',
    fault(['no verdict']),
    'sound',
    ended(3, undefined, 'x\n    at f (/a/b.ts:1:2)\n'),
    undefined,
    /stack trace/,
  ],
  [
    'a killed run of the sound one is judged a fail',
    fault(['killed']),
    'sound',
    ended(undefined),
    'fail',
    /judged again, a fail/,
  ],
  ['a killed run of the bad one is judged a fail', fault(['killed']), 'bad', ended(undefined), 'fail', undefined],
])('%s', (_, what, service, one, judged, wrong) => {
  const found = wrongWith(what, service, one, judged);
  if (wrong === undefined) expect(found).toEqual([]);
  else expect(found.join('; ')).toMatch(wrong);
});

test('endings are told apart', () => {
  expect(endingOf(ended(undefined))).toBe('killed');
  expect(endingOf(ended(130, 'inconclusive'))).toBe('stopped');
  expect(endingOf({ ...ended(3), folder: undefined })).toBe('refused');
  expect(endingOf(ended(3))).toBe('no verdict');
});
