import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ensureFixtureImage } from './fixture-images.ts';
import { cacheFolder } from './state.ts';
import { RUN_LABEL, releaseRun } from './sweep.ts';

const docker = (...args: string[]) => execFileSync('docker', args, { encoding: 'utf8' }).trim();

test('containers that somebody else removes at the same moment are removed all the same', async () => {
  const { ref } = await ensureFixtureImage('correct', '1.0.0');
  for (let round = 0; round < 3; round++) {
    const run = `20260101-000000-000${round}`;
    const label = `label=${RUN_LABEL}=${run}`;
    const start = () => docker('run', '-d', '--label', label.replace('label=', ''), ref);
    const ids = Array.from({ length: 6 }, start);
    const other = spawn('docker', ['rm', '-f', ...ids]);
    const [removed] = await Promise.all([releaseRun(tools(), run), once(other, 'exit')]);
    expect(removed).toEqual(['6 load containers of run '.concat(run)]);
    expect(docker('ps', '-aq', '--filter', label)).toBe('');
  }
});

/** As set-up has built or downloaded them. */
function tools(): { kind: string; kubectl: string } {
  const built = join(cacheFolder(), 'built');
  const found = (name: string) =>
    readdirSync(built)
      .map((folder) => join(built, folder, name))
      .find((path) => existsSync(path)) ?? name;
  return { kind: found('kind'), kubectl: found('kubectl') };
}
