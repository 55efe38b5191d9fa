import { describe, expect, test } from 'vitest';
import fc from '../../testing/by-chance.ts';
import { generate } from './generate.ts';
import { beginning, type Model, next, sensible } from './model.ts';
import type { Change, Step } from './steps.ts';
import { tellSteps } from './tell.ts';

const FROM = { replicas: 3, versions: ['1.0.0', '2.0.0', '3.0.0', '4.0.0'] };
const seeds = fc.nat(2 ** 31 - 1);

describe('a generated sequence', () => {
  test('is the same for the same seed, on any machine', () => {
    const told = `
  1. pause
  2. 0.3 s later: resume
  3. 0.9 s later: restart
  4. 1.6 s later: update to 4.0.0
  5. 0.3 s later: update to 3.0.0
  6. 0.6 s later: pause
  7. 0.3 s later: update to 2.0.0
  8. 0.5 s later: resume
  9. once settled: scale to 2
 10. 1.5 s later: delete a pod
 11. 1.4 s later: rollback
 12. 0.3 s later: rollback`;
    expect(`\n${tellSteps(generate(7, 12, FROM))}`).toBe(told);
  });

  test('of more steps begins as the one of fewer', () => {
    expect(generate(7, 30, FROM).slice(0, 12)).toEqual(generate(7, 12, FROM));
  });

  test('has nothing in common with its neighbour', () => {
    const firsts = Array.from({ length: 20 }, (_, seed) => tellSteps(generate(seed, 3, FROM)));
    expect(new Set(firsts).size).toBeGreaterThan(17);
  });

  test('makes sense at every step, and stays within its limits', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const steps = generate(seed, 20, FROM);
        expect(steps).toHaveLength(20);
        expect(sensible(steps, FROM)).toEqual(steps);
        for (const step of steps) {
          if (typeof step.after === 'number') expect(step.after).toBeLessThanOrEqual(4);
          if (step.do === 'scale') expect([2, 3, 4, 5]).toContain(step.replicas);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('has every kind of step in it, in the long run', () => {
    const kinds = new Set(generate(1, 200, FROM).map((step) => step.do));
    expect([...kinds].sort()).toEqual(['delete-pods', 'pause', 'restart', 'resume', 'rollback', 'scale', 'update']);
  });

  test('takes about a minute of waits for 20 steps', () => {
    const waits = Array.from({ length: 100 }, (_, seed) => generate(seed, 20, FROM).slice(1)).flat();
    const mean = waits.reduce((sum, { after }) => sum + (after === 'settled' ? 20 : after), 0) / 100;
    expect(mean).toBeGreaterThan(30);
    expect(mean).toBeLessThan(80);
  });
});

const step = (change: Change, after: Step['after'] = 1): Step => ({ ...change, after });
const reached = (...steps: Step[]): Model | undefined =>
  steps.reduce<Model | undefined>((model, one) => model && next(model, one), beginning(FROM));
const update = (version: string) => step({ do: 'update', version });
const [pause, resume, restart, rollback] = (['pause', 'resume', 'restart', 'rollback'] as const).map((kind) =>
  step({ do: kind }),
) as [Step, Step, Step, Step];

describe('which steps make sense', () => {
  test('an update to what runs is none; to a version that ran before it is one', () => {
    expect(reached(update('1.0.0'))).toBeUndefined();
    expect(reached(update('2.0.0'), update('1.0.0'))).toBeDefined();
  });

  test('a rollback needs somewhere to go back to, and kubectl refuses it while paused', () => {
    expect(reached(rollback)).toBeUndefined();
    expect(reached(update('2.0.0'), rollback)).toMatchObject({ template: '1.0.0 restarted 0' });
    expect(reached(update('2.0.0'), pause, rollback)).toBeUndefined();
  });

  test('going back takes the old ReplicaSet up again, under a new revision', () => {
    const back = reached(update('2.0.0'), rollback)!;
    expect(Object.fromEntries(back.revisions)).toEqual({ '1.0.0 restarted 0': 3, '2.0.0 restarted 0': 2 });
    expect(next(back, step({ do: 'rollback', toRevision: 2 }))).toBeDefined();
    expect(next(back, step({ do: 'rollback', toRevision: 1 }))).toBeUndefined();
    expect(next(back, step({ do: 'rollback', toRevision: 3 }))).toBeUndefined();
  });

  test('what is written while paused gets its revision once it is resumed', () => {
    const written = reached(pause, update('2.0.0'), update('3.0.0'))!;
    expect(written.revisions.size).toBe(1);
    expect([...next(written, resume)!.revisions.keys()]).toEqual(['1.0.0 restarted 0', '3.0.0 restarted 0']);
  });

  test('a version that ran before gets its revision even while paused: its ReplicaSet is there', () => {
    const model = reached(update('2.0.0'), pause, update('1.0.0'))!;
    expect(model.revisions.get('1.0.0 restarted 0')).toBe(3);
  });

  test('an update keeps the mark of a restart; a rollback brings the old one back', () => {
    expect(reached(restart, update('2.0.0'))).toMatchObject({ template: '2.0.0 restarted 1' });
    expect(reached(restart, rollback)).toMatchObject({ template: '1.0.0 restarted 0' });
  });

  test('two restarts within a second are one too many', () => {
    expect(reached(restart, restart)).toBeUndefined();
    expect(reached(restart, step({ do: 'restart' }, 2))).toBeDefined();
    expect(reached(restart, step({ do: 'restart' }, 'settled'))).toBeDefined();
  });

  test('pausing what is paused, and resuming what is not, are none', () => {
    expect(reached(pause, pause)).toBeUndefined();
    expect(reached(resume)).toBeUndefined();
    expect(reached(pause, step({ do: 'restart' }))).toBeUndefined();
  });

  test('up, it may be scaled at any time, also while paused; down, only once everything has come to its end', () => {
    const scale = (replicas: number, wait: Step['after'] = 1) => step({ do: 'scale', replicas }, wait);
    expect(reached(update('2.0.0'), pause, scale(5))).toBeDefined();
    expect(reached(update('2.0.0'), scale(2))).toBeUndefined();
    expect(reached(update('2.0.0'), scale(2, 'settled'))).toBeDefined();
    expect(reached(pause, scale(2, 'settled'))).toBeUndefined();
    expect(reached(scale(3))).toBeUndefined();
    expect(sensible([scale(2)], FROM)).toEqual([scale(2, 'settled')]);
  });

  test('no more pods are deleted than leave some to answer, until everything has come to its end', () => {
    const gone = (count: number, wait: Step['after'] = 1) => step({ do: 'delete-pods', count }, wait);
    expect(reached(gone(1))).toBeDefined();
    expect(reached(gone(2))).toBeUndefined();
    expect(reached(gone(1), gone(1))).toBeUndefined();
    expect(reached(gone(1), gone(1, 'settled'))).toBeDefined();
    const scaled = step({ do: 'scale', replicas: 5 });
    expect(reached(scaled, gone(2))).toBeUndefined();
    expect(reached(scaled, gone(2, 'settled'))).toBeDefined();
    expect(reached(scaled, gone(2, 'settled'), gone(1))).toBeDefined();
    expect(reached(scaled, gone(2, 'settled'), gone(2))).toBeUndefined();
  });
});

test('once steps are taken away, those that made no sense without them go too', () => {
  const steps = [update('2.0.0'), pause, update('3.0.0'), resume, rollback];
  expect(tellSteps(sensible(steps.slice(3), FROM))).toBe('');
  expect(tellSteps(sensible(steps.slice(2), FROM))).toBe(' 1. update to 3.0.0\n 2. 1 s later: rollback');
});
