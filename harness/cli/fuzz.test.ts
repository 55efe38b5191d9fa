import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type FuzzOptions, fuzzOf, withFuzz } from './fuzz.ts';

/** What is said, and where. */
const said = { stdout: '', stderr: '' };

beforeEach(() => {
  for (const stream of ['stdout', 'stderr'] as const) {
    said[stream] = '';
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      said[stream] += text;
      return true;
    });
  }
});
afterEach(() => vi.restoreAllMocks());

function parsed(...args: string[]): FuzzOptions {
  const command = withFuzz(new Command('run').option('--json').option('--quiet')).exitOverride();
  return command
    .configureOutput({ writeErr: () => {} })
    .parse(args, { from: 'user' })
    .opts();
}

describe('--fuzz', () => {
  test('takes a seed and a number of steps, and says both with the steps themselves', () => {
    const settings = fuzzOf(parsed('--fuzz', '--seed', '7', '--steps', '2'));
    expect(settings).toEqual({ seeds: [7], steps: 2, service: 'small', most: 16 });
    expect(said.stdout).toBe('Fuzz of small, seed 7, 2 steps:\n 1. pause\n 2. 0.3 s later: resume\n');
  });

  test('takes another seed each time, and says it: 20 steps', () => {
    const [first, second] = [fuzzOf(parsed('--fuzz')), fuzzOf(parsed('--fuzz'))];
    expect(first!.seeds).not.toEqual(second!.seeds);
    expect(first!.steps).toBe(20);
    expect(said.stdout).toContain(`seed ${first!.seeds[0]}, 20 steps:\n`);
  });

  test('takes several seeds, one after the other, the last one followed by 0', () => {
    expect(fuzzOf(parsed('--fuzz', '--seed', '2147483646', '--seeds', '3'))!.seeds).toEqual([
      2147483646, 2147483647, 0,
    ]);
    expect(said.stdout).toBe('Fuzz of small, seeds 2147483646 to 0, 20 steps\n');
  });

  test('leaves stdout to the verdict with --json', () => {
    fuzzOf(parsed('--fuzz', '--seed', '7', '--json'));
    expect([said.stdout, said.stderr.split('\n')[0]]).toEqual(['', 'Fuzz of small, seed 7, 20 steps:']);
  });

  test('takes another service, and how many runs may shrink a failure', () => {
    const settings = fuzzOf(parsed('--fuzz', '--service', 'defects/exits-without-draining', '--shrink', '0'));
    expect(settings).toMatchObject({ service: 'defects/exits-without-draining', most: 0 });
    expect(() => fuzzOf(parsed('--fuzz', '--service', 'nothing'))).toThrow('fixtures/manifests/nothing is no sample');
  });

  test('is what its options need', () => {
    expect(fuzzOf(parsed())).toBeUndefined();
    expect(() => fuzzOf(parsed('--seed', '7'))).toThrow('--seed is an option of --fuzz');
    expect(() => fuzzOf(parsed('--service', 'fixed'))).toThrow('--service is an option of --fuzz');
  });

  test.each([
    ['--seed', '-1'],
    ['--seed', '2147483648'],
    ['--seed', '1.5'],
    ['--steps', '0'],
    ['--seeds', 'x'],
    ['--shrink', '-1'],
  ])('%s %s is refused', (name, value) => {
    expect(() => parsed('--fuzz', name, value)).toThrow('it has to be a whole number');
  });
});
