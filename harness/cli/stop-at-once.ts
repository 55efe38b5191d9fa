import { stopAtOnce } from './stop.ts';

/** The first thing that the command loads: the rest takes a second or more on a busy machine, and somebody may have thought better of it. */
stopAtOnce();
