import { CannotRun } from '../errors.ts';

export interface Group<T> {
  nodes: number;
  scenarios: T[];
}

/**
 * The scenarios by the number of nodes that they ask for, fewest first: one cluster serves a group. Within a group they
 * keep their order.
 *
 * @param usual nodes of those that ask for none
 */
export function groupsOf<T extends { nodes?: number }>(scenarios: T[], usual: number): Group<T>[] {
  const groups = Map.groupBy(scenarios, ({ nodes = usual }) => nodes);
  return [...groups].map(([nodes, scenarios]) => ({ nodes, scenarios })).sort((a, b) => a.nodes - b.nodes);
}

/**
 * The part `index` of `count` ("2/4"): every count-th scenario. The parts are disjoint, complete, and of the same size
 * but for one; neighbours, which tend to take the same time, are spread over all of them.
 *
 * @throws CannotRun where that part is empty.
 */
export function shardOf<T>(scenarios: T[], shard: string): T[] {
  const [index, count] = shard.split('/').map(Number) as [number, number];
  const part = scenarios.filter((_, position) => position % count === index - 1);
  if (part.length > 0 || scenarios.length === 0) return part;
  throw new CannotRun(`part ${shard} of ${scenarios.length} scenarios is empty`, {
    remedy: `make it ${scenarios.length} parts at most`,
  });
}
