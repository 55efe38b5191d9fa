import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Verdict } from '../history/types.ts';
import { packageRoot } from '../package-root.ts';
import type { RunReport } from '../report/verdict.ts';
import { commitBut } from '../testing/commit.ts';
import { appendJsonLine } from '../testing/json-lines.ts';
import { rollproofIn } from '../testing/rollproof.ts';
import { endingOf, wrongWith } from './ending.ts';
import { FAULTS } from './kinds/all.ts';
import { type Inventory, inventory, leftBehind } from './leftovers.ts';
import { RECORDS, recordsOf } from './records.ts';
import { calling, type Service, type Struck, struck } from './run-under-fault.ts';

/** Each fault in turn with the service that drops nothing and the one that drops a lot. */
const turn = (name: string): Service => (recordsOf(name).length % 2 === 0 ? 'sound' : 'bad');

let tmp = '';
let commit = '';

beforeAll(async () => {
  tmp = mkdtempSync(join(tmpdir(), 'rollproof-faults-'));
  // The records of the runs before are no change of what is run.
  commit = await commitBut('harness/faults/records.jsonl');
});
afterAll(() => rmSync(tmp, { recursive: true, force: true }));

for (const [what, faults] of Object.entries(FAULTS))
  describe(what, () => {
    // Names that Vitest puts into a title itself are cut short, and `-t` finds them by no more than that.
    for (const fault of faults)
      test(fault.name, async ({ skip }) => {
        const impossible = await fault.impossible?.();
        if (impossible !== undefined) skip(impossible);
        const service = turn(fault.name);
        const before = await inventory(tmp);
        let seen: Struck | undefined;
        let judged: Verdict | undefined;
        await struck(fault, service, Math.random, {
          tmp,
          async judged(one) {
            seen = one;
            if (one.folder !== undefined) judged = await judgedAgain(one.folder);
          },
        });
        if (seen === undefined) throw new Error('the run did not end');
        const first = await left(before);
        if (fault.sweeps && first.length > 0) await nextRunSweeps();
        const still = fault.sweeps ? await left(before) : first;
        const wrong = [...wrongWith(fault, service, seen, judged), ...still.map((one) => `left behind: ${one}`)];
        const { moment, exitCode = null, told } = seen;
        const ending = endingOf(seen);
        const verdict = seen.report?.scenarios[0]?.verdict ?? null;
        const said = fault.says?.exec(told)?.[0] ?? '';
        const record = { fault: fault.name, service, moment, ending, verdict, exitCode, said, wrong, commit };
        appendJsonLine(RECORDS, record);
        console.log(JSON.stringify(record));
        expect(wrong, told.slice(-4000)).toEqual([]);
      });
  });

const left = async (before: Inventory) => leftBehind(before, await inventory(tmp));

/** Undefined where there is nothing to judge. */
async function judgedAgain(folder: string): Promise<Verdict | undefined> {
  const { stdout } = await rollproofIn(packageRoot, ['judge', folder, '--json']);
  return stdout.startsWith('{') ? (JSON.parse(stdout) as RunReport).scenarios[0]?.verdict : undefined;
}

/** A run that is stopped as soon as it has cleared up. */
async function nextRunSweeps(): Promise<void> {
  const out = mkdtempSync(join(tmpdir(), 'rollproof-sweep-'));
  const next = execa(process.execPath, calling('sound', out), {
    reject: false,
    cwd: packageRoot,
    stdin: 'ignore',
    env: { TMPDIR: tmp },
  });
  let text = '';
  next.stdout.on('data', (chunk: Buffer) => {
    text += chunk;
    if (/Removed |Nothing left of/.test(text)) next.kill('SIGINT');
  });
  await next;
  rmSync(out, { recursive: true, force: true });
}
