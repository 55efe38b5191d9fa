#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { cacheFolder } from '../cluster/state.ts';

/** The command: an older Node would end in a syntax error or a missing global, somewhere in a dependency. */
const [major] = process.versions.node.split('.').map(Number);

if (major === undefined || major < 24) {
  process.stderr.write(
    `rollproof: it needs Node 24 or newer, and this is ${process.version}; see https://nodejs.org\n`,
  );
  process.exitCode = 3;
} else {
  // To load what it is made of takes half a second else, two times in three more than with this.
  enableCompileCache(join(cacheFolder(), 'compiled'));
  await import('./main.ts');
}
