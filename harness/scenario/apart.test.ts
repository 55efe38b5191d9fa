import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../package-root.ts';
import { reportApart, reportFrugally } from './apart.ts';
import { reportOf } from './saved-run.ts';

const recorded = (name: string) => join(packageRoot, 'fixtures/histories', name);

// A thread loads all of the judgement anew, which takes a busy machine seconds.
const BUSY = { timeout: 60_000 };

test('in a thread of its own a run is judged as it is without', BUSY, async () => {
  for (const name of ['accept-loop-blocked', 'good-roll']) {
    const report = JSON.parse(JSON.stringify(await reportOf(recorded(name))));
    expect(await reportApart(recorded(name))).toEqual(report);
    expect(await reportFrugally(recorded(name), 0)).toEqual(report);
    expect(await reportFrugally(recorded(name))).toMatchObject(report);
  }
});

test('what there is nothing to judge in is said as it is without', BUSY, async () => {
  const told = (judged: Promise<unknown>) =>
    judged.then(
      () => undefined,
      ({ name, message, remedy, exitCode }) => ({ name, message, remedy, exitCode }),
    );
  const nowhere = recorded('nowhere');
  expect(await told(reportApart(nowhere))).toEqual(await told(reportOf(nowhere)));
  expect(await told(reportApart(nowhere))).toMatchObject({ exitCode: 3, remedy: expect.any(String) });
});

test('where the heap is too small it says so, and what to do', BUSY, async () => {
  const judged = reportApart(recorded('good-roll'), 6);
  await expect(judged).rejects.toThrow('takes more memory than Node gives itself here');
  await expect(judged).rejects.toMatchObject({ exitCode: 3, remedy: expect.stringContaining('--max-old-space-size') });
});
