import type { Fault } from '../fault.ts';
import { DOCKER } from './docker.ts';
import { HARNESS } from './harness.ts';
import { KUBERNETES } from './kubernetes.ts';
import { LOAD } from './load.ts';
import { MACHINE } from './machine.ts';
import { NEIGHBOURS } from './neighbours.ts';
import { WATCH } from './watch.ts';

/** Every fault that is injected, by what it happens to. */
export const FAULTS: Record<string, Fault[]> = {
  rollproof: HARNESS,
  k6: LOAD,
  'watches of the cluster': WATCH,
  Kubernetes: KUBERNETES,
  'Docker and the node': DOCKER,
  'the machine': MACHINE,
  'others on it': NEIGHBOURS,
};
