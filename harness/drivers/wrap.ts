import type { Transition } from './workload.ts';

/** The same transition with some things done differently, also where it is driven with other images. */
export function wrap(transition: Transition, change: (inner: Transition) => Partial<Transition>): Transition {
  const { withImages } = transition;
  return {
    ...transition,
    ...change(transition),
    ...(withImages ? { withImages: (images) => wrap(withImages(images), change) } : {}),
  };
}
