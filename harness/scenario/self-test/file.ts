import { basename, join, relative } from 'node:path';

const COMPILED = import.meta.url.endsWith('.js');

/** The file of the scenario that tests the detector, sources or compiled. */
export const SELF_TEST = join(import.meta.dirname, `self-test.scenario.${COMPILED ? 'js' : 'ts'}`);

/** Path of a scenario's file as people are told it: in their project. The self-test is in nobody's. */
export const shownPath = (root: string, file: string): string =>
  file === SELF_TEST ? basename(file) : relative(root, file);
