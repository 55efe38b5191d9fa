import { execa } from 'execa';
import { expect, test } from 'vitest';
import { wordsOfError } from './words-of-error.ts';

const file = { path: '/w/scenarios/a.scenario.ts', shown: 'a.scenario.ts' };
/** As an error arrives from another thread: what it has of its own, and no prototype. */
const crossed = (error: unknown) =>
  Object.assign(Object.create(null), { ...(error as object), message: (error as Error).message });
const failed = (...command: [string, string[]]) => execa(...command).catch(crossed);

test('of a command that failed: what was called and what that said, in a line', async () => {
  const words = wordsOfError(
    await failed('sh', ['-c', 'echo "no such container"; echo "is it up?" >&2; exit 3']),
    file,
  );
  expect(words).toMatch(/^Command failed with exit code 3: sh -c .*: is it up\?$/);
  expect(wordsOfError(await failed('sh', ['-c', 'exit 3']), file)).toMatch(
    /^Command failed with exit code 3: sh -c 'exit 3'$/,
  );
});

test('of what the machine refuses: that, and what to do about it', () => {
  const full = {
    name: 'Error',
    message: 'ENOSPC: no space left on device, write',
    code: 'ENOSPC',
    stacks: [{ file: file.path }],
  };
  expect(wordsOfError(full, file)).toBe(
    'ENOSPC: no space left on device, write; make room there, or name another parent of run folders with --out',
  );
});

test("of the scenario's own code: where in its file; never a stack", () => {
  const stacks = [
    { file: '/w/node_modules/vitest/x.js', line: 1, column: 1 },
    { file: file.path, line: 12, column: 5 },
  ];
  const stack = 'TypeError: a is not a function\n    at x (/w/scenarios/a.scenario.ts:12:5)';
  expect(wordsOfError({ message: 'a is not a function', stack, stacks }, file)).toBe(
    'a is not a function (a.scenario.ts:12:5)',
  );
  expect(wordsOfError({ message: 'a is not a function', stack }, file)).toBe('a is not a function');
});

test('of what is no error at all', () => {
  expect(wordsOfError(undefined, file)).toBe('it did not run');
  expect(wordsOfError({ odd: 1 }, file)).toBe('{"odd":1}');
});
