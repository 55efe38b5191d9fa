import { clockSince } from '../clock.ts';
import { startSelfWatch } from '../self.ts';

/** A process of its own that watches itself and tells its parent what it sees: so that the parent can stop it. */
startSelfWatch(clockSince(new Date().toISOString()), (observation) => void process.send?.(observation));
