import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { goBuild } from '../cluster/node-image/go-build.ts';
import { kind } from '../cluster/node-image/programs.ts';
import { buildK6, buildNodeImage } from '../cluster/setup.ts';
import { packageRoot } from '../package-root.ts';
import { figure } from './median.ts';
import { keepSpeed } from './speed.ts';

/**
 * `npm run bench -- set-up`: what set-up does on a machine that has nothing yet and can pull no image, step by step: with
 * empty caches, also of Go. What apt-get installs (Docker, mmdebstrap) and npm install are not in it. Once: it takes a
 * quarter of an hour.
 */
export async function setUpBench(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'rollproof-set-up-'));
  const caches = { XDG_CACHE_HOME: 'cache', XDG_STATE_HOME: 'state', GOCACHE: 'go-build', GOMODCACHE: 'go-mod' };
  for (const [variable, name] of Object.entries(caches)) process.env[variable] = join(folder, name);
  mkdirSync(join(folder, 'cache/rollproof'), { recursive: true });
  const [node, k6] = ['rollproof/node:bench', 'rollproof/k6:bench'];
  const rows: { what: string; seconds: number }[] = [];
  const took = (what: string, seconds: number) => {
    rows.push({ what, seconds: figure(seconds) });
    process.stderr.write(`${what}: ${figure(seconds)} s\n`);
  };
  const timed = async (what: string, work: () => Promise<unknown>) => {
    const begun = performance.now();
    await work();
    took(what, (performance.now() - begun) / 1000);
  };
  try {
    await timed('all of it', async () => {
      await timed('kind', () => goBuild(kind));
      await buildNodeImage(node, () => {}, took);
      await timed('k6', () => buildK6(k6, () => {}));
    });
  } finally {
    await execa('docker', ['rmi', '-f', node, k6], { reject: false });
    // Go writes its modules read-only.
    await execa('go', ['clean', '-modcache'], { cwd: packageRoot, reject: false });
    rmSync(folder, { recursive: true, force: true });
  }
  return keepSpeed('set-up', 1, rows);
}
