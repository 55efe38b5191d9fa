import { expect, test } from 'vitest';
import { done } from '../../checks/done.ts';
import { monotone, readyFloor, surgeCeiling } from '../../checks/rollout.ts';
import { Controller, type Step as Micro } from '../../history/testing/controller.ts';
import fc from '../../testing/by-chance.ts';
import { generate } from './generate.ts';
import { beginning, type Model, next } from './model.ts';
import type { Step } from './steps.ts';
import { tellSteps } from './tell.ts';

const FROM = { replicas: 3, versions: ['1.0.0', '2.0.0', '3.0.0', '4.0.0'] };

/** More of them: FUZZ_RUNS=5000. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 60);
/** A busy machine's. */
const SLOW_MS = 2_000 * RUNS;

const pick = fc.nat(20);
/** What the controllers and the pods come to between two steps, in any order. */
const meanwhile = fc.array(
  fc.oneof(
    { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('look', 'sync') }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('replica-set', 'ready', 'gone'), pick }) },
  ) as fc.Arbitrary<Micro>,
  { maxLength: 25 },
);
const strategies = fc.constantFrom<[surge: number, unavailable: number][]>([1, 0], [0, 1], [1, 1], [2, 1], [3, 0]);
const lateness = fc.array(fc.double({ min: 0, max: 1.5, noNaN: true }), { minLength: 5, maxLength: 5 });

test('whatever sequence a seed gives, a correct controller keeps every rule, and the model knows what comes of it', {
  timeout: SLOW_MS,
}, () => {
  fc.assert(
    fc.property(
      fc.nat(2 ** 31 - 1),
      fc.array(meanwhile, { minLength: 12, maxLength: 12 }),
      strategies,
      fc.constantFrom(0, 3),
      lateness,
      (seed, between, [surge, unavailable], minReadySeconds, late) => {
        const steps = generate(seed, 12, FROM);
        let i = 0;
        const options = { minReadySeconds, late: () => late[i++ % late.length]! };
        const controller = new Controller({ replicas: 3, surge, unavailable }, options);
        const model = drive(controller, steps, between);
        const told = `\n${tellSteps(steps)}\n`;
        expect(controller.finish(), told).toBe(true);
        for (const check of [readyFloor, surgeCeiling, monotone, done]) {
          const { verdict, name, detail } = check(controller.history.history());
          expect(verdict, `${told}${name}: ${detail}`).toBe('pass');
        }
        expect(controller.template, told).toBe(named(model.template));
        const known = [...model.revisions].map(([template, revision]) => [named(template), revision]);
        expect(Object.fromEntries(controller.revisions), told).toEqual(Object.fromEntries(known));
      },
    ),
    { numRuns: RUNS },
  );
});

/** As sequence() does it: the controller has seen each step before the next one; what is paused is resumed. */
function drive(controller: Controller, steps: Step[], between: Micro[][]): Model {
  let model = beginning(FROM);
  for (const [index, step] of steps.entries()) {
    if (step.after === 'settled') controller.settle();
    else {
      for (const micro of between[index]!) {
        controller.take(micro);
        controller.shrinkSets();
      }
    }
    model = next(model, step)!;
    controller.take(changeFor(step, model));
    controller.observe();
    // A second after a deletion its ReplicaSet knows of it: the floor is judged by that.
    if (step.do === 'delete-pods') controller.replacePods();
  }
  if (!model.paused) return model;
  controller.take({ do: 'resume' });
  controller.observe();
  return next(model, { do: 'resume', after: 0 })!;
}

function changeFor(step: Step, { template }: Model): Micro {
  switch (step.do) {
    case 'scale':
    case 'pause':
    case 'resume':
    case 'delete-pods':
      return step;
    default:
      return { do: 'image', template: named(template) };
  }
}

/** As the controller's model calls its templates. */
const named = (template: string) => (template === '1.0.0 restarted 0' ? 'a' : template.replaceAll(' ', '-'));
