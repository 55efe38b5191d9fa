import { headline, totals } from './headline.ts';
import { explained, outcomeOf, unexpected } from './unexpected.ts';
import type { RunReport, ScenarioVerdict } from './verdict.ts';

/**
 * JUnit XML, written from the run, in the form that Jenkins' schema and the readers of GitHub and GitLab take: a suite
 * for each scenario, whose properties are its figures, with the scenario as its one case. What came out as expected
 * passed (also a failure that was expected); an unexpected verdict is a failure, an inconclusive one an error; what the
 * run did not come to is skipped.
 *
 * @param evidence path of the run's report, as the CI's job sees it: GitLab and Jenkins attach it to the case
 */
export function junit(report: RunReport, evidence?: string): string {
  const { startedAt, scenarios, notRun = [] } = report;
  const failures = scenarios.filter((one) => outcome(one) === 'failure').length;
  const errors = scenarios.filter((one) => outcome(one) === 'error').length;
  const total = `tests="${scenarios.length + notRun.length}" failures="${failures}" errors="${errors}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="rollproof ${escapeXml(report.run)}" ${total}>`,
    ...scenarios.flatMap((one) => suite(one, startedAt, evidence)),
    ...notRun.flatMap((name) => [
      `  <testsuite name="${escapeXml(name)}" tests="1" failures="0" errors="0" skipped="1" timestamp="${escapeXml(startedAt)}">`,
      `    <testcase classname="rollproof" name="${escapeXml(name)}"><skipped message="the run did not come to it"/></testcase>`,
      '  </testsuite>',
    ]),
    '</testsuites>',
    '',
  ].join('\n');
}

const OUTCOMES = { pass: 'passed', fail: 'failure', inconclusive: 'error' } as const;
const outcome = (scenario: ScenarioVerdict) => OUTCOMES[outcomeOf(scenario)];

function suite(scenario: ScenarioVerdict, startedAt: string, evidence: string | undefined): string[] {
  const kind = outcome(scenario);
  const counts = `tests="1" failures="${kind === 'failure' ? 1 : 0}" errors="${kind === 'error' ? 1 : 0}" skipped="0"`;
  return [
    `  <testsuite name="${escapeXml(scenario.name)}" ${counts} time="${seconds(scenario)}" timestamp="${escapeXml(startedAt)}">`,
    '    <properties>',
    ...figures(scenario).map(
      ([name, value]) => `      <property name="${escapeXml(name)}" value="${escapeXml(String(value))}"/>`,
    ),
    '    </properties>',
    testcase(scenario, kind, evidence),
    '  </testsuite>',
  ];
}

const seconds = ({ transitions }: ScenarioVerdict) =>
  transitions.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(3);

function figures(scenario: ScenarioVerdict): [string, string | number][] {
  const { requests, dropped } = totals(scenario);
  const waves = scenario.transitions.flatMap((one) => one.waves);
  const slowest = Math.max(...waves.map(({ p99Ms }) => p99Ms ?? 0), 0);
  return [
    ['verdict', scenario.verdict],
    ['expected', scenario.expected],
    ['requests', requests],
    ['dropped', dropped],
    ['stalled', waves.reduce((sum, { stalled }) => sum + stalled, 0)],
    ...(waves.length === 0
      ? []
      : ([
          ['waves', waves.length],
          ['min-available', Math.min(...waves.map(({ minAvailable }) => minAvailable))],
          ['max-p99-ms', slowest.toFixed(1)],
        ] as [string, string | number][])),
    ...scenario.lanes.map(({ name, dropped, sent }): [string, string] => [
      `lane-${name}`,
      `${dropped} of ${sent} dropped`,
    ]),
    ...scenario.causes.map(({ cause, count }): [string, number] => [`cause-${cause}`, count]),
  ];
}

function testcase(
  scenario: ScenarioVerdict,
  kind: 'passed' | 'failure' | 'error',
  evidence: string | undefined,
): string {
  const open = `    <testcase classname="rollproof" name="${escapeXml(scenario.name)}" time="${seconds(scenario)}"`;
  const out = `<system-out>${escapeXml(headline(scenario))}${evidence === undefined ? '' : `\n[[ATTACHMENT|${escapeXml(evidence)}]]`}</system-out>`;
  if (kind === 'passed') return `${open}>\n      ${out}\n    </testcase>`;
  const { expected, verdict } = scenario;
  // Where the verdict is the expected one, something else is not.
  const other = verdict === expected || expected === 'any';
  const message = other ? unexpected(scenario) : `expected ${expected}, measured ${verdict}: ${headline(scenario)}`;
  const element = `<${kind} type="${verdict}" message="${escapeXml(message)}">${escapeXml(explained(scenario))}</${kind}>`;
  return `${open}>\n      ${element}\n      ${out}\n    </testcase>`;
}

/** XML 1.0 has no way to write most control characters: they are shown as their code point's picture. */
function escapeXml(text: string): string {
  return (
    text
      // Halves of pairs can't be written either.
      .toWellFormed()
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
      .replace(/"/g, '&quot;')
      .replace(/[\ufffe\uffff]/g, '\ufffd')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point.
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, (char) => String.fromCodePoint(0x2400 + char.charCodeAt(0)))
  );
}
