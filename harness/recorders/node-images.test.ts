import { expect, test } from 'vitest';
import type { NewObservation, Observation } from '../history/types.ts';
import { startNodeImages } from './node-images.ts';
import { testClock } from './testing/node.ts';

const CORRECT = ['docker.io/rollproof/correct:1.0.0', 'docker.io/rollproof/correct:2.0.0'];
const OTHER = 'docker.io/library/shop-go:2.0.0';
const ROLLED = {
  type: 'object',
  object: { spec: { template: { spec: { containers: [{ name: 'app', image: 'rollproof/correct:2.0.0' }] } } } },
} as unknown as Observation;

async function collect(before: string[] | Error, after: string[] | Error, ...seen: Observation[]) {
  const told: NewObservation[] = [];
  const answers = [before, after];
  const exec = async () => {
    const answer = answers.shift()!;
    if (answer instanceof Error) throw answer;
    return answer.join('\n');
  };
  const clock = testClock();
  clock.at(1.5);
  const images = startNodeImages({ cluster: { exec, nodes: ['n1'] }, clock, append: (one) => told.push(one) });
  for (const one of seen) images.see(one);
  clock.at(60);
  await images.collect();
  return told;
}

test('an image that a pod asks for and that is gone is a fault, all the time', async () => {
  expect(await collect([...CORRECT, OTHER], [CORRECT[0]!], ROLLED)).toEqual([
    {
      type: 'fault',
      t: 60e9,
      source: 'images',
      from: 1.5e9,
      to: 60e9,
      detail: 'docker.io/rollproof/correct:2.0.0 was on n1, and is not there any more',
    },
  ]);
});

test.each([
  ['that nobody asks for', [...CORRECT, OTHER], CORRECT, [ROLLED]],
  ['of another registry', [...CORRECT, 'registry.example/rollproof/correct:2.0.0'], CORRECT, [ROLLED]],
  ['that only ends like it', [...CORRECT, 'docker.io/rollproof/incorrect:2.0.0'], CORRECT, [ROLLED]],
  ['that never was there', [CORRECT[0]!], [CORRECT[0]!], [ROLLED]],
  ['of which nobody could say whether it was there', new Error('no ctr'), CORRECT, [ROLLED]],
  ['of which nobody can say whether it is there', CORRECT, new Error('no node'), [ROLLED]],
  [
    'of an init container, that is still there',
    CORRECT,
    CORRECT,
    [
      {
        type: 'object',
        object: { spec: { initContainers: [{ image: 'rollproof/correct:2.0.0' }] } },
      } as unknown as Observation,
    ],
  ],
])('one %s is none', async (_, before, after, seen) => {
  expect(await collect(before, after, ...seen)).toEqual([]);
});
