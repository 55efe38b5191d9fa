import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { junit } from './junit.ts';
import { runReport, scenarioVerdict } from './testing/verdicts.ts';
import type { RunReport } from './verdict.ts';

const SCHEMA = readFileSync(new URL('testing/junit.xsd', import.meta.url), 'utf8');

async function problems(xml: string): Promise<string[]> {
  const { errors } = await validateXML({ xml: [{ fileName: 'junit.xml', contents: xml }], schema: [SCHEMA] });
  return errors.map(({ message }) => message);
}

const three = (): RunReport =>
  runReport('fail', [
    scenarioVerdict({ name: 'expected', verdict: 'fail', expected: 'fail' }),
    scenarioVerdict({ name: 'unexpected', verdict: 'fail', asExpected: false }),
    scenarioVerdict({ name: 'unclear', verdict: 'inconclusive', asExpected: false }),
  ]);

test('an expected failure passed, an unexpected verdict failed, an inconclusive one is an error', async () => {
  const xml = junit({ ...three(), notRun: ['one more'] });
  expect(xml).toMatch(/<testsuites [^>]*tests="4" failures="1" errors="1">/);
  expect(xml).toMatch(/<testcase [^>]*name="expected" time="0.000">\s*<system-out>/);
  expect(xml).toMatch(/name="unexpected"[\s\S]*<failure type="fail" message="expected pass, measured fail: /);
  expect(xml).toMatch(
    /name="unclear"[\s\S]*<error type="inconclusive" message="expected pass, measured inconclusive: /,
  );
  expect(xml).toMatch(/name="one more"><skipped message="the run did not come to it"\/>/);
  expect(await problems(xml)).toEqual([]);
});

test('figures are properties, the sentence and the evidence are the case’s output', async () => {
  const wave = { old: 2, new: 1, seconds: 1, floor: 3, minReady: 3, minAvailable: 3, maxPods: 4, stalled: 2, p50Ms: 1 };
  const scenario = scenarioVerdict({
    verdict: 'fail',
    expected: 'fail',
    transitions: [
      {
        kind: 'rolling',
        seconds: 3.25,
        requests: 900,
        dropped: 7,
        waves: [{ ...wave, requests: 90, dropped: 7, p99Ms: 8.24 }],
      },
    ],
    lanes: [{ name: 'new', verdict: 'fail', sent: 300, dropped: 7, stalled: 0, notStarted: 0 }],
  });
  const xml = junit(runReport('pass', [scenario]), 'reports/r1/report.html');
  const properties = [...xml.matchAll(/<property name="([^"]*)" value="([^"]*)"/g)].map(([, name, value]) => [
    name,
    value,
  ]);
  expect(Object.fromEntries(properties)).toEqual({
    verdict: 'fail',
    expected: 'fail',
    requests: '900',
    dropped: '7',
    stalled: '2',
    waves: '1',
    'min-available': '3',
    'max-p99-ms': '8.2',
    'lane-new': '7 of 300 dropped',
  });
  expect(xml).toContain(
    '<system-out>Dropped 7 of 900 requests during wave 1 of 1: the evidence does not say why.\n[[ATTACHMENT|reports/r1/report.html]]</system-out>',
  );
  expect(await problems(xml)).toEqual([]);
});

test('what came from a cluster can neither end an attribute nor be something that XML has no way to say', async () => {
  const evil = 'a "<b>" & \u0007\u001b\ud800\uffff ]]>';
  const xml = junit(
    runReport('fail', [
      scenarioVerdict({
        name: evil,
        asExpected: false,
        checks: [{ name: 'done', verdict: 'fail', examined: 1, witnesses: [], detail: '</failure><x>' }],
        failedTest: evil,
      }),
    ]),
  );
  expect(xml).toContain('name="a &quot;&lt;b&gt;&quot; &amp; ␇␛\ufffd\ufffd ]]&gt;"');
  expect(xml).toContain('&lt;/failure&gt;&lt;x&gt;');
  expect(await problems(xml)).toEqual([]);
});

test('the schema does find what is wrong', async () => {
  const xml = junit(three());
  expect(await problems(xml.replace('<properties>', '<figures/><properties>'))).not.toEqual([]);
  expect(await problems(xml.replace(/name="unclear" tests/, 'tests'))).not.toEqual([]);
});
