import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { mersenne } from 'pure-rand/generator/mersenne';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CannotRun } from '../errors.ts';
import { encodeLine } from '../history/codec.ts';
import type { Verdict } from '../history/types.ts';
import { judge } from './judge.ts';
import { readHistory, streamHistory } from './run-folder.ts';
import { caseNames, HISTORIES, readCase } from './testing/recorded-cases.ts';

/** Recorded rolls, and their files damaged at places that a seed gives. */

const TRIES = 12;
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollproof-damaged-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Damage = (text: Buffer, below: (n: number) => number) => { name: string; bytes: Buffer };

/** Somewhere after the header: without that, it is no history. */
const place = (text: Buffer, below: (n: number) => number) => {
  const header = text.indexOf(10) + 1;
  return header + below(text.length - 1 - header);
};

const DAMAGES: Record<string, Damage> = {
  'cut off anywhere': (text, below) => ({ name: 'history.jsonl', bytes: text.subarray(0, place(text, below)) }),
  'cut off between two lines': (text, below) => ({
    name: 'history.jsonl',
    bytes: text.subarray(0, text.lastIndexOf(10, place(text, below)) + 1),
  }),
  'with a line that is no JSON any more': (text, below) => {
    const bytes = Buffer.from(text);
    bytes.write('\0#\0', text.lastIndexOf(10, place(text, below)) + 1);
    return { name: 'history.jsonl', bytes };
  },
  'with the end of one line and the begin of another lost': (text, below) => {
    const at = place(text, below);
    return {
      name: 'history.jsonl',
      bytes: Buffer.concat([text.subarray(0, at), text.subarray(Math.min(text.length, text.indexOf(10, at) + 40))]),
    };
  },
  'gzipped, with a byte that is another': (text, below) => {
    const bytes = gzipSync(text);
    bytes[12 + below(bytes.length - 24)]! ^= 1 << below(8);
    return { name: 'history.jsonl.gz', bytes };
  },
  'gzipped, cut off': (text, below) => {
    const bytes = gzipSync(text);
    return { name: 'history.jsonl.gz', bytes: bytes.subarray(0, 200 + below(bytes.length - 201)) };
  },
};

/** Undefined where it can't be read at all, which is said. */
async function verdictOf(bytes: Buffer, name: string): Promise<Verdict | undefined> {
  const file = join(folder, name);
  writeFileSync(file, bytes);
  try {
    // A name that was altered makes another scenario of a line: nobody began that one.
    const verdicts = judge(await streamHistory(file)).scenarios.map(({ verdict }) => verdict);
    return (['fail', 'inconclusive', 'pass'] as const).find((one) => verdicts.includes(one)) ?? 'inconclusive';
  } catch (error) {
    if (!(error instanceof CannotRun)) throw error;
    return undefined;
  }
}

const CASES = caseNames()
  .map((name) => readCase(name))
  .filter(({ expected }) => expected.verdict !== 'inconclusive');
const some = (verdict: Verdict) => CASES.filter(({ expected }) => expected.verdict === verdict).slice(0, 5);

describe.each(Object.entries(DAMAGES))('a history %s', (_, damage) => {
  test.each([...some('pass'), ...some('fail')])(
    'is not judged to be the opposite, nor to be a pass: $name',
    async (one) => {
      const text = textOf(one.name);
      const seen: (Verdict | undefined)[] = [];
      for (let seed = 0; seed < TRIES; seed += 1) {
        const generator = mersenne(seed);
        const { bytes, name } = damage(text, (n) => uniformInt(generator, 0, n - 1));
        seen.push(await verdictOf(bytes, name));
      }
      expect(seen).not.toContain(one.expected.verdict === 'pass' ? 'fail' : 'pass');
      expect(seen).not.toContain('pass');
      // It judges what it can.
      expect(seen.filter((verdict) => verdict !== undefined).length).toBeGreaterThan(TRIES / 2);
    },
  );
});

/** As a run writes it: observations numbered on end. Recorded cases are thinned. */
function textOf(name: string): Buffer {
  const { header, observations } = readHistory(join(HISTORIES, name));
  const numbered = observations.map((one, index) => encodeLine({ ...one, id: `${one.id.split('-')[0]}-${index + 1}` }));
  return Buffer.from([encodeLine({ ...header, numbered: true }), ...numbered].join(''));
}
