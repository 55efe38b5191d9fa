#!/usr/bin/env node
/** The installed command: an older Node would end in a syntax error or a missing global, somewhere in a dependency. */
const [major] = process.versions.node.split('.').map(Number);

if (major === undefined || major < 24) {
  process.stderr.write(
    `rollproof: it needs Node 24 or newer, and this is ${process.version}; see https://nodejs.org\n`,
  );
  process.exitCode = 3;
} else {
  await import('./main.ts');
}

export {};
