// Installs the dependencies where the lock file has changed since they were installed. It runs with whatever Node the
// machine has (20 or newer) and nothing else; all the rest runs on the Node that is among the dependencies.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const stamp = join(root, 'node_modules/.rollproof-lock');
const wanted = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');
const installed = existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';

if (installed !== wanted || !existsSync(join(root, 'node_modules/.bin/node'))) {
  const started = Date.now();
  process.stdout.write('Dependencies: npm ci …\n');
  const { status, stdout, stderr } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status !== 0) {
    // npm prints its whole manual after the reason.
    const reason = `${stdout ?? ''}${stderr ?? ''}`.split(/\n.*Clean install a project/)[0].trim();
    process.stderr.write(`${reason}\nrollproof: npm ci failed (see above); is the npm registry reachable?\n`);
    process.exit(3);
  }
  writeFileSync(stamp, wanted);
  process.stdout.write(`✔ Dependencies (${((Date.now() - started) / 1000).toFixed(1)} s)\n`);
}
