import { expect, test } from 'vitest';
import { preparing } from './ahead.ts';
import type { Provision, Provisioned } from './provision.ts';
import { aborted } from './until.ts';

const next = (name: string) => ({ name }) as Provision;
/** Of a run that nobody stops. */
const going = new AbortController().signal;

function maker() {
  const done: string[] = [];
  const ahead = preparing(async ({ name }) => {
    done.push(`make ${name}`);
    if (name === 'broken') throw new Error('no image');
    return { [Symbol.asyncDispose]: async () => void done.push(`release ${name}`) } as unknown as Provisioned;
  });
  return { done, ahead };
}

test('what was prepared for a scenario is its own', async () => {
  const { done, ahead } = maker();
  ahead.prepare(next('b'));
  expect(await ahead.take('b', going)).toBeDefined();
  expect(await ahead.take('b', going)).toBeUndefined();
  expect(done).toEqual(['make b']);
});

test('what was prepared for one that is not run is released', async () => {
  const { done, ahead } = maker();
  ahead.prepare(next('b'));
  expect(await ahead.take('c', going)).toBeUndefined();
  expect(done).toEqual(['make b', 'release b']);
});

test('what was prepared is released where no scenario follows', async () => {
  const { done, ahead } = maker();
  await ahead.drop();
  ahead.prepare(next('b'));
  await ahead.drop();
  expect(await ahead.take('b', going)).toBeUndefined();
  expect(done).toEqual(['make b', 'release b']);
});

test('what can’t be released breaks no other scenario', async () => {
  const ahead = preparing(
    async () => ({ [Symbol.asyncDispose]: () => Promise.reject(new Error('no cluster')) }) as unknown as Provisioned,
  );
  ahead.prepare(next('b'));
  expect(await ahead.take('c', going)).toBeUndefined();
});

test('nothing is prepared twice', async () => {
  const { done, ahead } = maker();
  ahead.prepare(next('b'));
  ahead.prepare(next('b'));
  await ahead.take('b', going);
  expect(done).toEqual(['make b']);
});

test('what could not be prepared fails the scenario that it was for, and no other', async () => {
  const { ahead } = maker();
  ahead.prepare(next('broken'));
  await expect(ahead.take('broken', going)).rejects.toThrow('no image');
  ahead.prepare(next('broken'));
  expect(await ahead.take('c', going)).toBeUndefined();
});

test('a run that is stopped does not wait until it is made: neither the scenario that it is for, nor where none follows', async () => {
  // As an image is built for minutes.
  const slow = () => preparing(({ signal }) => aborted(signal));
  const run = new AbortController();
  const ahead = slow();
  ahead.prepare(next('b'));
  const taken = ahead.take('b', run.signal);
  run.abort(new Error('stopped'));
  await expect(taken).rejects.toThrow('stopped');
  const other = slow();
  other.prepare(next('b'));
  await other.drop();
});
