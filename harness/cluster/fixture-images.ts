import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { GenericContainer } from 'testcontainers';
import { CannotRun } from '../errors.ts';
import { packageRoot } from '../package-root.ts';
import { logged, tryCommand } from './command.ts';
import { imageExists, importImage, makeRootFileSystem } from './debian.ts';
import { cacheFolder } from './state.ts';

export interface FixtureImage {
  ref: string;
  /** False where the image was there already, made of the same files. */
  built: boolean;
}

const servicesFolder = join(packageRoot, 'fixtures/services');

/**
 * Makes sure that Docker holds the image of a sample service as its files are now.
 *
 * @param service folder under fixtures/services
 * @throws CannotRun where there is no such service, or it can't be built here.
 */
export async function ensureFixtureImage(
  service: string,
  version: string,
  progress: (text: string) => void = () => {},
): Promise<FixtureImage> {
  const ref = `rollproof/${service}:${version}`;
  const content = contentOf(service, version);
  if ((await contentLabel(ref)) === content) return { ref, built: false };
  const base = await ensureBase(progress);
  progress(`building ${ref}`);
  // Its reaper is an image that some networks can't pull; these images are meant to stay.
  process.env.TESTCONTAINERS_RYUK_DISABLED = 'true';
  const args = { BASE: base, SERVICE: service, VERSION: version, CONTENT: content };
  const failure = await GenericContainer.fromDockerfile(servicesFolder)
    .withBuildArgs(args)
    .build(ref, { deleteOnExit: false })
    .then(() => undefined, String);
  // Testcontainers does not look at the outcome of a build, only at whether an image of that name is there.
  if ((await contentLabel(ref)) === content) return { ref, built: true };
  const byHand = Object.entries(args).map(([name, value]) => `--build-arg ${name}=${value}`);
  throw new CannotRun(`the image of the sample service ${service} could not be built${failure ? `: ${failure}` : ''}`, {
    remedy: `see why with: docker build ${byHand.join(' ')} ${servicesFolder}`,
  });
}

const contentLabel = (ref: string): Promise<string | undefined> =>
  tryCommand('docker', ['image', 'inspect', '--format', '{{index .Config.Labels "dev.rollproof.content"}}', ref]);

/**
 * Digest of everything that an image is made of.
 *
 * @throws CannotRun where there is no such service.
 */
export function contentOf(service: string, version: string, folder: string = servicesFolder): string {
  if (!existsSync(join(folder, service, 'app.py'))) {
    const known = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'app.py')));
    throw new CannotRun(`there is no sample service "${service}"`, { remedy: `there are: ${known.sort().join(', ')}` });
  }
  const sources = ['common', service].flatMap((name) => pythonFiles(join(folder, name)));
  const parts = [join(folder, 'Dockerfile'), ...sources].flatMap((file) => [
    relative(folder, file),
    readFileSync(file, 'utf8'),
  ]);
  return digest([baseRef(), version, ...parts]);
}

const pythonFiles = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.py'))
    .sort()
    .map((name) => join(folder, name));

const digest = (parts: string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12);

/** Python, Flask and waitress as Debian packages them: no pip, which on many networks needs a CA or a mirror of its own. */
const BASE = {
  packages: ['python3', 'python3-flask', 'python3-waitress', 'dash'],
  finish: [
    // The package's own script, which is not run, would link it.
    'ln -sf dash "$1/bin/sh"',
    'cd "$1/usr/share" && rm -rf doc man info locale javascript lintian bug perl5 pixmaps applications menu dpkg',
    'cd "$1" && rm -rf usr/bin/dpkg* usr/bin/perl* usr/lib/*/gconv usr/lib/dpkg usr/lib/python3.*/pydoc_data usr/lib/python3.*/test',
    // Only what the services import: compiled in the image, no pod spends its start on it.
    'chroot "$1" python3 -c "import flask, waitress, asyncio"',
  ],
};
const BASE_SETTINGS = [
  'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  'LABEL dev.rollproof=fixture-base',
];

const publishedBase = join(servicesFolder, 'base.Dockerfile');

const baseRef = (): string =>
  `rollproof/fixture-base:${digest([...BASE.packages, ...BASE.finish, ...BASE_SETTINGS, readFileSync(publishedBase, 'utf8')])}`;

let base: Promise<string> | undefined;

/** One build of the base at a time, and another try after a failure. */
function ensureBase(progress: (text: string) => void): Promise<string> {
  base ??= buildBase(progress).finally(() => {
    base = undefined;
  });
  return base;
}

async function buildBase(progress: (text: string) => void): Promise<string> {
  const ref = baseRef();
  if (await imageExists(ref)) return ref;
  const log = join(cacheFolder(), 'logs', 'fixture-base.log');
  let cause: unknown;
  if ((await tryCommand('mmdebstrap', ['--version'])) !== undefined) {
    progress('making the base image of the sample services from Debian packages');
    try {
      await baseFromPackages(ref, log);
      return ref;
    } catch (error) {
      // It is there, and not for us: no user namespaces, say, or no keys of Debian's on another distribution.
      cause = error;
    }
  }
  progress('pulling debian:bookworm-slim');
  if ((await tryCommand('docker', ['pull', '--quiet', 'debian:bookworm-slim'], PULL_TIMEOUT_MS)) === undefined) {
    const why = cause instanceof Error ? `: ${cause.message}` : '';
    throw new CannotRun(`the base image of the sample services can be neither made nor pulled${why}`, {
      remedy: 'install the Debian package mmdebstrap, or let Docker pull debian:bookworm-slim',
      cause,
    });
  }
  progress('installing Python, Flask and waitress in the base image of the sample services');
  const command: [string, ...string[]] = ['docker', 'build', '-t', ref, '-f', publishedBase, servicesFolder];
  await logged('building the base image of the sample services', log, command);
  return ref;
}

/** 30 MB. */
const PULL_TIMEOUT_MS = 120_000;

async function baseFromPackages(ref: string, log: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rollproof-base-'));
  try {
    const tar = join(folder, 'root.tar');
    await makeRootFileSystem(tar, { ...BASE, variant: 'extract' }, log);
    await importImage(tar, ref, BASE_SETTINGS);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
