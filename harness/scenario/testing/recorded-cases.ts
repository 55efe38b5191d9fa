import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import { baselineProblem } from '../../checks/drops.ts';
import { CAUSES, type CauseName } from '../../diagnosis/catalogue.ts';
import { scenariosOf } from '../../history/select.ts';
import type { History } from '../../history/types.ts';
import { packageRoot } from '../../package-root.ts';
import type { ScenarioVerdict } from '../../report/verdict.ts';
import { judge } from '../judge.ts';
import { readHistory } from '../run-folder.ts';

export const HISTORIES = join(packageRoot, 'fixtures/histories');

const verdict = z.enum(['pass', 'fail', 'inconclusive']);
const lane = z.enum(['new', 'kept', 'kept-post', 'slow', 'stream', 'control']);
const count = z.int().nonnegative();

/** expected.json, written by hand: what is right, not what the code says. */
const EXPECTED = z.strictObject({
  /** One sentence: what happened in it. */
  shows: z.string().min(20),
  /** Verdict of the scenario. */
  verdict,
  /** By name, the checks that do not pass. All others have to. */
  checks: z.record(z.string(), z.enum(['fail', 'inconclusive'])),
  /** Every cause, most counted first; `also` where it matters which others had a part. */
  causes: z.array(
    z.strictObject({
      cause: z.enum(CAUSES),
      count: count.min(1),
      confidence: z.enum(['certain', 'likely', 'unattributed']),
      also: z.array(z.enum(CAUSES)).optional(),
    }),
  ),
  /** [old, new] of each wave, in their order. */
  waves: z.array(z.tuple([count, count])),
  /** What is said of a lane, field by field; those not named are not looked at. */
  lanes: z
    .partialRecord(lane, z.strictObject({ dropped: count, stalled: count, notStarted: count }).partial())
    .optional(),
  reconciliation: z
    .partialRecord(
      lane,
      z
        .strictObject({
          answeredNeverHandled: count,
          handledTwice: count,
          handledNeverAnswered: count,
          sentAgain: count,
          evidence: z.enum(['whole', 'partial', 'absent']),
        })
        .partial(),
    )
    .optional(),
  /** The longest lag of the data plane behind a pod's removal from the slice, milliseconds, by pod. */
  endpointLag: z.record(z.string(), z.number()).optional(),
  /** The service failed before the transition (exit 3): a part of what is said. */
  baseline: z.string().optional(),
  /** A bug that is known, and what is said instead, until it is mended: the fields that differ, or `thrown`. */
  known: z.strictObject({ bug: z.string().min(20), instead: z.record(z.string(), z.unknown()) }).optional(),
});

export type Expected = z.infer<typeof EXPECTED>;

export interface RecordedCase {
  name: string;
  history: History;
  expected: Expected;
}

/** Names of the cases: every folder is one. */
export function caseNames(root: string = HISTORIES): string[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** @throws Error, naming the case, where the history or expected.json is missing or not what it should be. */
export function readCase(name: string, root: string = HISTORIES): RecordedCase {
  const file = join(root, name, 'expected.json');
  if (!existsSync(file)) throw new Error(`${name} has no expected.json: write down by hand what is right`);
  let expected: Expected;
  try {
    expected = EXPECTED.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    throw new Error(`${name}/expected.json: ${why}`, { cause });
  }
  return { name, history: readHistory(join(root, name)), expected };
}

/** The case's name and all that it comes to, as one line of JSON. */
export function judgedText(name: string, root: string = HISTORIES): string {
  try {
    return JSON.stringify([name, judge(readCase(name, root).history)]);
  } catch (error) {
    return JSON.stringify([name, { thrown: String(error) }]);
  }
}

/** All that is said of a scenario, as text that people can read and compare: of long lists of witnesses the ends, and a digest. */
export function saidOf(scenario: ScenarioVerdict): string {
  const short = (_: string, value: unknown) =>
    Array.isArray(value) && value.length > 8 && value.every((one) => typeof one === 'string')
      ? `${value.length}, from ${value[0]} to ${value.at(-1)}: ${createHash('sha256').update(value.join()).digest('hex').slice(0, 8)}`
      : value;
  return stringify(JSON.parse(JSON.stringify(scenario, short)), { lineWidth: 0 });
}

/** What was judged, in the form of what is expected: the same fields, the same lanes, and nothing else. */
export function found(scenario: ScenarioVerdict, { history, expected }: RecordedCase): Expected {
  const { transitions, checks, causes, lanes, reconciliation, endpointLag } = scenario;
  const problem = scenariosOf(history).map(baselineProblem)[0];
  const wanted = { ...expected };
  return {
    ...wanted,
    verdict: scenario.verdict,
    checks: Object.fromEntries(checks.flatMap(({ name, verdict }) => (verdict === 'pass' ? [] : [[name, verdict]]))),
    causes: causes.map(({ cause, count, confidence, also }, index) => ({
      cause: cause as CauseName,
      count,
      confidence,
      ...(wanted.causes[index]?.also === undefined ? {} : { also: also as CauseName[] }),
    })),
    waves: transitions.flatMap(({ waves }) => waves.map((wave): [number, number] => [wave.old, wave.new])),
    ...(wanted.lanes && { lanes: named(wanted.lanes, lanes, ({ name }) => name) }),
    ...(wanted.reconciliation && { reconciliation: named(wanted.reconciliation, reconciliation, (one) => one.lane) }),
    ...(wanted.endpointLag && {
      endpointLag: Object.fromEntries(
        endpointLag.filter(({ pod }) => pod in wanted.endpointLag!).map(({ pod, ms }) => [pod, ms]),
      ),
    }),
    ...(problem === undefined
      ? {}
      : { baseline: wanted.baseline !== undefined && problem.includes(wanted.baseline) ? wanted.baseline : problem }),
    ...(problem === undefined && wanted.baseline !== undefined ? { baseline: 'nothing was wrong' } : {}),
  };
}

/** Of a list that was judged, the entries and fields that the expectation names. */
function named<E extends Partial<Record<string, object>>, T extends object>(
  wanted: E,
  list: T[],
  nameOf: (one: T) => string,
): E {
  const entries = Object.entries(wanted).map(([name, fields]) => {
    const one: Record<string, unknown> = { ...list.find((each) => nameOf(each) === name) };
    return [name, Object.fromEntries(Object.keys(fields ?? {}).map((field) => [field, one[field]]))];
  });
  return Object.fromEntries(entries);
}
