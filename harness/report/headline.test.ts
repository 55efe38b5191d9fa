import { expect, test } from 'vitest';
import { CAUSES } from '../diagnosis/catalogue.ts';
import { WHAT_HAPPENS } from '../diagnosis/what-happens.ts';
import { headline } from './headline.ts';
import { scenarioVerdict } from './testing/verdicts.ts';
import type { CauseVerdict, CheckVerdict, ScenarioVerdict } from './verdict.ts';

const wave = (dropped: number, floor = 3) => ({
  old: 2,
  new: 1,
  seconds: 1,
  floor,
  minReady: 3,
  minAvailable: 3,
  maxPods: 4,
  requests: 100,
  dropped,
  stalled: 0,
  p50Ms: 1,
  p99Ms: 2,
});
const rolled = (requests: number, drops: number[]): Pick<ScenarioVerdict, 'transitions'> => ({
  transitions: [
    {
      kind: 'rolling',
      seconds: 9,
      requests,
      dropped: drops.reduce((a, b) => a + b, 0),
      waves: drops.map((dropped) => wave(dropped)),
    },
  ],
});
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
const check = (name: string, verdict: CheckVerdict['verdict'], detail = ''): CheckVerdict => ({
  name,
  verdict,
  examined: 1,
  witnesses: [],
  detail,
});

test.each<[string, Partial<ScenarioVerdict>]>([
  [
    'Dropped 163 of 9,806 requests during waves 2–4 of 5: the pods exit while connections are open.',
    {
      verdict: 'fail',
      ...rolled(9806, [0, 60, 53, 50, 0]),
      checks: [check('no-drops', 'fail')],
      causes: [cause('exits-without-draining', 163)],
    },
  ],
  [
    'Dropped 12 of 1,000 requests during waves 1–2, 4 of 4: the pods live on after SIGTERM, but accept nothing (10; also 2 × endpoint-lag). Also: fewer pods were ready than the floor allows (lowest 2 ready, floor 3).',
    {
      verdict: 'fail',
      ...rolled(1000, [2, 4, 0, 6]),
      checks: [check('no-drops', 'fail'), check('ready-floor', 'fail', 'lowest 2 ready, floor 3')],
      causes: [cause('accept-loop-blocked', 10), cause('endpoint-lag', 2)],
    },
  ],
  [
    'Fewer pods were ready than the floor allows (lowest 2 ready, floor 3). No request was dropped, of 900.',
    { verdict: 'fail', ...rolled(900, [0]), checks: [check('ready-floor', 'fail', 'lowest 2 ready, floor 3')] },
  ],
  [
    'Requests stalled (3 stalled beyond 1000 ms). No request was dropped, of 900.',
    { verdict: 'fail', ...rolled(900, [0]), checks: [check('no-drops', 'fail', '3 stalled beyond 1000 ms')] },
  ],
  [
    'Nobody can say. Coverage: 4 requests could not be started.',
    {
      verdict: 'inconclusive',
      ...rolled(900, [0]),
      checks: [check('coverage', 'inconclusive', '4 requests could not be started')],
    },
  ],
  [
    'Nobody can say. 2 of 900 requests were dropped all the same. No-drops: the machine was starved.',
    {
      verdict: 'inconclusive',
      ...rolled(900, [2]),
      checks: [check('no-drops', 'inconclusive', 'the machine was starved')],
    },
  ],
  [
    'Dropped none of 9,806 requests, and never had fewer pods ready than the floor of 3.',
    { ...rolled(9806, [0, 0]), checks: [check('ready-floor', 'pass')] },
  ],
  ['Dropped none of 50 requests.', rolled(50, [])],
])('%s', (words, fields) => {
  expect(headline(scenarioVerdict(fields))).toBe(words);
});

test('every cause of the catalogue has its clause', () => {
  expect(Object.keys(WHAT_HAPPENS).sort()).toEqual([...CAUSES].sort());
});
