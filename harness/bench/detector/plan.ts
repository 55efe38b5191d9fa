import type { ControlRun } from './tally.ts';

/** What can be run: a scenario, or an example service by its rollproof.yaml. */
export interface Control {
  name: string;
  /** Of `rollproof`, without the flags that every run has. */
  args: string[];
  /** Whether a file is one of its own, beside the harness. */
  sources(path: string): boolean;
  /** Nodes of the cluster that it needs. */
  nodes: number;
  /** It is run in so many of the rounds, 0..1: a run of it may have many rolls. Default all. */
  share?: number;
}

/**
 * What is left to be run until each control has so many runs (or its share of them, rounded up), in an order that a generator
 * of random numbers gives: no control always comes after the same other one.
 *
 * @param random in [0, 1)
 */
export function left(controls: Control[], runs: ControlRun[], rounds: number, random: () => number): Control[] {
  const order: Control[] = [];
  // Round by round, so that whoever stops it has as many of each.
  for (let round = 0; round < rounds; round++) {
    const missing = controls.filter(
      ({ name, share = 1 }) =>
        round < Math.ceil(rounds * share) && runs.filter(({ control }) => control === name).length <= round,
    );
    order.push(...shuffled(missing, random));
  }
  return order;
}

/** Fisher and Yates. */
function shuffled<T>(all: T[], random: () => number): T[] {
  const mixed = [...all];
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [mixed[i], mixed[j]] = [mixed[j]!, mixed[i]!];
  }
  return mixed;
}
