import { expect, test } from 'vitest';
import { Controller, type Step } from '../history/testing/controller.ts';
import fc from '../testing/by-chance.ts';
import { done } from './done.ts';
import { monotone, readyFloor, surgeCeiling } from './rollout.ts';
import { waves } from './waves.ts';

const pick = fc.nat(20);
const steps = (scales: number[]) =>
  fc.array(
    fc.oneof(
      { weight: 1, arbitrary: fc.record({ do: fc.constant('image'), template: fc.constantFrom('a', 'b', 'c') }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('scale'), replicas: fc.constantFrom(...scales) }) },
      { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('look', 'sync') }) },
      { weight: 9, arbitrary: fc.record({ do: fc.constantFrom('replica-set', 'ready', 'gone'), pick }) },
    ) as fc.Arbitrary<Step>,
    { maxLength: 60 },
  );

const strategies = fc.constantFrom<[number, number][]>([1, 0], [0, 1], [1, 1], [2, 1], [3, 0]);

interface How {
  strategy: [number, number];
  minReadySeconds?: number;
  lateness?: number[];
  /** ReplicaSets have taken away what they are to take away before the controller counts what is available again. */
  keepsUp?: boolean;
}

function drive(plan: Step[], { strategy, minReadySeconds = 0, lateness = [0], keepsUp = false }: How) {
  const [surge, unavailable] = strategy;
  let i = 0;
  const late = () => lateness[i++ % lateness.length]!;
  const controller = new Controller({ replicas: 3, surge, unavailable }, { minReadySeconds, late });
  controller.take({ do: 'image', template: 'b' });
  for (const step of plan) {
    if (keepsUp && step.do === 'sync') controller.shrinkSets();
    controller.take(step);
  }
  const finished = controller.finish();
  return { finished, history: controller.history.history() };
}

/** A busy machine's. */
const SLOW_MS = 60_000;

const lateness = fc.array(fc.double({ min: 0, max: 1.5, noNaN: true }), { minLength: 5, maxLength: 5 });

test('whatever is updated, rolled back and scaled up in the middle of what, a correct controller keeps every rule', {
  timeout: SLOW_MS,
}, () => {
  fc.assert(
    fc.property(
      steps([3, 4, 6]),
      strategies,
      fc.constantFrom(0, 3),
      lateness,
      (plan, strategy, minReadySeconds, lateness) => {
        const rising = plan.filter(
          (step, i) =>
            step.do !== 'scale' || plan.slice(0, i).every((one) => one.do !== 'scale' || one.replicas <= step.replicas),
        );
        const { finished, history } = drive(rising, { strategy, minReadySeconds, lateness, keepsUp: true });
        for (const check of [readyFloor, surgeCeiling, monotone]) {
          const { verdict, name, detail } = check(history);
          expect(verdict, `${name}: ${detail}`).toBe('pass');
        }
        expect(done(history)).toMatchObject({ verdict: finished ? 'pass' : 'fail' });
      },
    ),
    { numRuns: 60 },
  );
});

test('where a ReplicaSet is slow to take its pods away, the controller counts them as available, and takes away more', () => {
  const plan: Step[] = [
    ...(['look', 'sync', 'sync'] as const).map((step) => ({ do: step })),
    { do: 'replica-set', pick: 1 },
    { do: 'ready', pick: 0 },
    { do: 'replica-set', pick: 1 },
  ];
  const { history } = drive(plan, { strategy: [0, 1] });
  expect(readyFloor(history)).toMatchObject({
    verdict: 'fail',
    detail: expect.stringMatching(/^lowest 1 ready, floor 2/),
  });
  expect(readyFloor(drive(plan, { strategy: [0, 1], keepsUp: true }).history).verdict).toBe('pass');
});

test('scaled down too, it makes no step back and stays below the ceiling', { timeout: SLOW_MS }, () => {
  fc.assert(
    fc.property(steps([0, 1, 2, 3, 5, 9]), strategies, lateness, (plan, strategy, lateness) => {
      const { finished, history } = drive(plan, { strategy, lateness });
      for (const check of [surgeCeiling, monotone]) {
        const { verdict, name, detail } = check(history);
        expect(verdict, `${name}: ${detail}`).toBe('pass');
      }
      expect(done(history)).toMatchObject({ verdict: finished ? 'pass' : 'fail' });
      for (const [i, wave] of waves(history).entries()) {
        const before = waves(history)[i - 1];
        expect(wave.to).toBeGreaterThanOrEqual(wave.from);
        if (before?.transition === wave.transition) expect(wave.from).toBe(before.to);
      }
    }),
    { numRuns: 60 },
  );
});
