import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { mersenne } from 'pure-rand/generator/mersenne';
import { beginning, type Model, next, revisionsOf } from './model.ts';
import type { Beginning, Change, Step, Wait } from './steps.ts';

/** How often each change comes, among those that make sense. */
const WEIGHTS: Record<Change['do'], number> = {
  update: 5,
  rollback: 3,
  restart: 2,
  pause: 2,
  resume: 8, // most pauses are short
  scale: 3,
  'delete-pods': 3,
};

const LONGEST_SECONDS = 4;
/** One step in so many comes once everything before it has come to its end. */
const SETTLED_ONE_IN = 20;
const FEWEST_REPLICAS = 2;
const MOST_REPLICAS = 5;

/**
 * A sequence of that many steps, each of which makes sense after those before it. The same seed gives the same sequence
 * on any machine; another number of steps, the same beginning of it.
 *
 * @param seed a whole number from 0 to 2^31 − 1
 */
export function generate(seed: number, steps: number, from: Beginning): Step[] {
  // Its seeding spreads neighbours apart: seeds 7 and 8 have nothing in common.
  const random = mersenne(seed);
  const upTo = (most: number) => uniformInt(random, 0, most);
  const result: Step[] = [];
  let model = beginning(from);
  while (result.length < steps) {
    const change = changeOf(model, from, upTo);
    const step: Step = { ...change, after: result.length === 0 ? 'settled' : waitFor(model, change, upTo) };
    const after = next(model, step);
    if (after === undefined) continue;
    result.push(step);
    model = after;
  }
  return result;
}

/** Both included. */
type UpTo = (most: number) => number;

function changeOf(model: Model, { versions }: Beginning, upTo: UpTo): Change {
  switch (weighted(upTo)) {
    case 'update':
      return { do: 'update', version: versions[upTo(versions.length - 1)]! };
    case 'rollback': {
      const known = revisionsOf(model);
      const revision = known[upTo(2 * known.length)];
      return revision === undefined ? { do: 'rollback' } : { do: 'rollback', toRevision: revision };
    }
    case 'restart':
      return { do: 'restart' };
    case 'pause':
      return { do: 'pause' };
    case 'resume':
      return { do: 'resume' };
    case 'scale':
      return { do: 'scale', replicas: FEWEST_REPLICAS + upTo(MOST_REPLICAS - FEWEST_REPLICAS) };
    case 'delete-pods':
      return { do: 'delete-pods', count: 1 + upTo(1) };
  }
}

function weighted(upTo: UpTo): Change['do'] {
  const all = Object.entries(WEIGHTS) as [Change['do'], number][];
  let left = upTo(all.reduce((sum, [, weight]) => sum + weight, 0) - 1);
  for (const [kind, weight] of all) {
    if (left < weight) return kind;
    left -= weight;
  }
  return 'update';
}

/** In tenths of a second; short waits come more often than long ones: the product of two even draws. */
function waitFor(model: Model, change: Change, upTo: UpTo): Wait {
  const scalesDown = change.do === 'scale' && change.replicas < model.replicas;
  if (upTo(SETTLED_ONE_IN - 1) === 0 || scalesDown) return 'settled';
  return Math.round((upTo(100) * upTo(100) * LONGEST_SECONDS) / 1000) / 10;
}
