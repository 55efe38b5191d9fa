import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CannotRun } from '../../errors.ts';
import { packageRoot } from '../../package-root.ts';
import { logged, tryCommand } from '../command.ts';
import { lock } from '../lock.ts';
import { cacheFolder } from '../state.ts';

/** Go programs built from a module of this repository, whose go.sum pins all that goes into them. */
export interface GoProgram {
  /** Name of the step, and of its log. */
  name: string;
  /** Folder of the go.mod, relative to harness/cluster. */
  module: string;
  /** What to build in it: "tool" (its tool lines), or packages. */
  packages: string[];
  tags?: string;
  ldflags?: string;
}

/** Changes when anything that goes into the program does. */
export function fingerprint(program: GoProgram): string {
  const hash = createHash('sha256').update(JSON.stringify(program));
  for (const file of filesBelow(moduleFolder(program))) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 12);
}

/**
 * Builds it once; a folder named by its fingerprint is the proof that it was. Go's own cache lets an interrupted build
 * go on at the package where it stopped.
 *
 * @returns the folder of the binaries.
 */
export async function goBuild(program: GoProgram, progress: (text: string) => void = () => {}): Promise<string> {
  const folder = builtFolder(program);
  if (existsSync(folder)) return folder;
  if ((await tryCommand('go', ['version'])) === undefined) {
    throw new CannotRun(`${program.name} has to be built, and there is no Go on the PATH`, {
      remedy: 'install Go 1.26 or newer',
    });
  }
  using _lock = await lock(`${folder}.lock`, () =>
    progress(`${program.name}: another set-up builds it: waiting for it`),
  );
  if (existsSync(folder)) return folder;
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  const flags = [
    '-mod=readonly',
    '-buildvcs=false',
    '-trimpath',
    '-v',
    '-ldflags',
    `-s -w ${program.ldflags ?? ''}`.trim(),
  ];
  const tags = program.tags === undefined ? [] : ['-tags', program.tags];
  let packages = 0;
  await logged(
    `building ${program.name}`,
    join(cacheFolder(), 'logs', `${program.name}.log`),
    ['go', 'build', ...flags, ...tags, '-o', `${partial}/`, ...program.packages],
    {
      cwd: moduleFolder(program),
      env: { CGO_ENABLED: '0', GOFLAGS: '' },
      onLine(line) {
        if (line.startsWith('go: downloading')) return progress(`${program.name}: downloading modules`);
        packages += 1;
        progress(`${program.name}: ${packages} packages compiled`);
      },
    },
  );
  renameSync(partial, folder);
  return folder;
}

export const builtFolder = (program: GoProgram): string =>
  join(cacheFolder(), 'built', `${program.name}-${fingerprint(program)}`);

const moduleFolder = ({ module }: GoProgram) => join(packageRoot, 'harness/cluster', module);

function filesBelow(folder: string): string[] {
  return readdirSync(folder)
    .toSorted()
    .map((name) => join(folder, name))
    .flatMap((path) => (statSync(path).isDirectory() ? filesBelow(path) : [path]));
}
