import { type ScenarioHistory, type TransitionSpan, transitionsOf } from '../history/select.ts';
import type { Wave } from './types.ts';
import { waves } from './waves.ts';

/** A transition, and when it was over. */
export interface Took extends TransitionSpan {
  waves: Wave[];
  /** The end of its last wave; without waves when it was settled; else when the next one began, or the tail ended. */
  until: number;
}

/** How long each transition took: from its trigger until it was over. The quiet tail is no part of it. */
export function took(history: ScenarioHistory, all: Wave[] = waves(history)): Took[] {
  return transitionsOf(history).map((transition, index) => {
    const { from, to } = transition;
    const own = all.filter((wave) => wave.transition === index);
    const settled = history.markers.find(({ marker, t }) => marker === 'settled' && t >= from && t < to)?.t;
    return { ...transition, waves: own, until: own.at(-1)?.to ?? settled ?? to };
  });
}
