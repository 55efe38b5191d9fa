import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { CASES } from '../history/testing/cases.ts';
import { packageRoot } from '../package-root.ts';
import { judge } from './judge.ts';
import { caseNames, found, HISTORIES, judgedText, readCase, saidOf } from './testing/recorded-cases.ts';

/** What the case comes to and what is right, both in the form of its expected.json. */
function judged(name: string, root?: string) {
  const recorded = readCase(name, root);
  const { known, ...right } = recorded.expected;
  try {
    const { scenarios } = judge(recorded.history);
    expect(scenarios, 'scenarios in the history').toHaveLength(1);
    const { known: _, ...actual } = found(scenarios[0]!, recorded);
    return { actual, right, known, said: saidOf(scenarios[0]!) };
  } catch (error) {
    return { actual: { thrown: String(error) }, right, known, said: String(error) };
  }
}

describe('recorded histories come out as a person wrote that they should', () => {
  test.for(caseNames())('%s', async (name) => {
    const { actual, right, known, said } = judged(name);
    if (known === undefined) expect(actual, right.shows).toEqual(right);
    else {
      expect(actual, `mended: take "known" out of ${name}/expected.json`).not.toEqual(right);
      const { instead } = known;
      expect(actual, known.bug).toEqual('thrown' in instead ? instead : { ...right, ...instead });
    }
    // Every word and figure, as it was when somebody last looked: `npx vitest -u histories` writes it, its diff is to be read.
    await expect(said).toMatchFileSnapshot(join(HISTORIES, name, 'said.yaml'));
  });
});

// Two processes judge them all: seconds, but not on a machine that is busy with something else.
test('in another time zone, by another process, they come to the same, byte for byte', { timeout: 120_000 }, () => {
  const here = new Date(0).getTimezoneOffset();
  const zone = here === -330 ? 'America/St_Johns' : 'Asia/Kolkata';
  const main = join(packageRoot, 'harness/scenario/testing/judge-cases.ts');
  const [offset, ...lines] = execFileSync(process.execPath, ['--conditions=rollproof-source', main], {
    env: { ...process.env, TZ: zone },
    cwd: tmpdir(),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
    .trimEnd()
    .split('\n');
  expect(Number(offset)).not.toBe(here);
  expect(lines).toEqual(caseNames().map((name) => judgedText(name)));
});

describe('of every case it is known where it comes from', () => {
  const readme = readFileSync(join(HISTORIES, 'README.md'), 'utf8');
  test.for(caseNames())('%s', (name) => expect(readme).toContain(`\`${name}\``));
  test('and each that is told is there', () => {
    expect(caseNames()).toEqual(expect.arrayContaining(Object.keys(CASES)));
  });
});

describe('a case that is not as it should be is noticed', () => {
  const root = mkdtempSync(join(tmpdir(), 'rollproof-histories-'));
  afterAll(() => rmSync(root, { recursive: true }));

  /** A copy of a good case with its expected.json changed; undefined takes it away. */
  function copy(name: string, change: (expected: Record<string, unknown>) => object | undefined): string {
    cpSync(join(HISTORIES, 'accept-loop-blocked'), join(root, name), { recursive: true });
    const file = join(root, name, 'expected.json');
    const changed = change(JSON.parse(readFileSync(file, 'utf8')));
    if (changed === undefined) rmSync(file);
    else writeFileSync(file, JSON.stringify(changed));
    return name;
  }

  test('without expected.json', () => {
    const name = copy('without', () => undefined);
    expect(caseNames(root)).toContain(name);
    expect(() => judged(name, root)).toThrow('without has no expected.json: write down by hand what is right');
  });

  test('without a history', () => {
    const name = copy('no-history', (expected) => expected);
    rmSync(join(root, name, 'history.jsonl.gz'));
    expect(() => judged(name, root)).toThrow('holds no history.jsonl.gz and no history.jsonl');
  });

  test.for([
    ['an unknown field', { verdicts: 'pass' }, /unknown-field.*verdicts/s],
    ['a lane that does not exist', { lanes: { old: { dropped: 0 } } }, /unknown-field.*old/s],
    ['a cause that does not exist', { causes: [{ cause: 'gremlins', count: 1, confidence: 'certain' }] }, /cause/],
    ['a check that passes by name', { checks: { 'no-drops': 'pass' } }, /no-drops/],
  ] as const)('with %s in it', ([, fields, message]) => {
    const name = copy('unknown-field', (expected) => ({ ...expected, ...fields }));
    expect(() => judged(name, root)).toThrow(message);
  });

  test.for([
    ['another verdict', { verdict: 'pass' }],
    ['no check that fails', { checks: {} }],
    ['a check that does not exist', { checks: { 'no-drops': 'fail', luck: 'fail' } }],
    ['another cause', { causes: [{ cause: 'endpoint-lag', count: 2, confidence: 'certain' }] }],
    ['one drop less', { causes: [{ cause: 'accept-loop-blocked', count: 1, confidence: 'certain' }] }],
    ['less confidence', { causes: [{ cause: 'accept-loop-blocked', count: 2, confidence: 'likely' }] }],
    [
      'nothing that had a part',
      { causes: [{ cause: 'accept-loop-blocked', count: 2, confidence: 'certain', also: [] }] },
    ],
    ['one wave less', { waves: [[3, 1]] }],
    ['a lane that was not there', { lanes: { slow: { dropped: 0 } } }],
    ['no drop in its lane', { lanes: { new: { dropped: 0 } } }],
    ['another count of reconciliation', { reconciliation: { new: { sentAgain: 3 } } }],
    ['another lag', { endpointLag: { a1: 12 } }],
    ['a baseline that was bad', { baseline: 'before the transition' }],
  ] as const)('where it says %s', ([, fields]) => {
    const { actual, right } = judged(
      copy('changed', (expected) => ({ ...expected, ...fields })),
      root,
    );
    expect(actual).not.toEqual(right);
  });
});
