import { explained, outcomeOf, unexpected } from './unexpected.ts';
import type { RunReport, ScenarioVerdict } from './verdict.ts';

/**
 * JUnit XML, written from the run: a scenario that came out as expected passed (also one whose failure was expected);
 * an unexpected verdict is a failure, an inconclusive one an error; what the run did not come to is skipped.
 */
export function junit({ run, startedAt, scenarios, notRun = [] }: RunReport): string {
  const failures = scenarios.filter((one) => outcome(one) === 'failure').length;
  const errors = scenarios.filter((one) => outcome(one) === 'error').length;
  const tests = scenarios.length + notRun.length;
  const counts = `tests="${tests}" failures="${failures}" errors="${errors}" skipped="${notRun.length}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="rollproof" ${counts}>`,
    `  <testsuite name="${escapeXml(run)}" ${counts} timestamp="${escapeXml(startedAt)}">`,
    ...scenarios.map(testcase),
    ...notRun.map((name) => `    <testcase classname="rollproof" name="${escapeXml(name)}"><skipped/></testcase>`),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

const OUTCOMES = { pass: 'passed', fail: 'failure', inconclusive: 'error' } as const;
const outcome = (scenario: ScenarioVerdict) => OUTCOMES[outcomeOf(scenario)];

function testcase(scenario: ScenarioVerdict): string {
  const seconds = scenario.transitions.reduce((sum, { seconds }) => sum + seconds, 0);
  const open = `    <testcase classname="rollproof" name="${escapeXml(scenario.name)}" time="${seconds.toFixed(3)}"`;
  const kind = outcome(scenario);
  if (kind === 'passed') return `${open}/>`;
  const { expected, verdict } = scenario;
  // Where the verdict is the expected one, something else is not.
  const other = verdict === expected || expected === 'any';
  const message = other ? unexpected(scenario) : `expected ${expected}, measured ${verdict}`;
  const details = explained(scenario);
  return `${open}>\n      <${kind} message="${escapeXml(message)}">${escapeXml(details)}</${kind}>\n    </testcase>`;
}

/** XML 1.0 has no way to write most control characters: they are shown as their code point's picture. */
function escapeXml(text: string): string {
  return (
    text
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
      .replace(/"/g, '&quot;')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point.
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, (char) => String.fromCodePoint(0x2400 + char.charCodeAt(0)))
  );
}
