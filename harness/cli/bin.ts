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
  // Loading what it is made of takes half the processor time with it.
  try {
    const folder = join(cacheFolder(), 'compiled');
    enableCompileCache(folder);
    // Threads have their own.
    process.env.NODE_COMPILE_CACHE ??= folder;
  } catch {
    // Whoever has no home, as in a container, has no cache.
  }
  await import('./main.ts');
}
