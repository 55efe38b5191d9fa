import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CannotRun } from '../errors.ts';
import { CommandFailed, logged } from './command.ts';
import { imageExists } from './debian.ts';
import { ensureDebian } from './debian-base.ts';
import { cacheFolder } from './state.ts';

/** An image that is not ours: built from a Docker context, pulled, read from a file, or in Docker already. */
export interface OwnImage {
  ref: string;
  /** Where Docker does not have it, the cluster gets it by itself. */
  optional?: true;
  pull?: true;
  /** A file that `docker save` wrote. Absolute. */
  archive?: string;
  build?: {
    /** Absolute. */
    context: string;
    /** Relative to the context; default Dockerfile. */
    dockerfile?: string;
    args?: Record<string, string>;
    /** Its Dockerfile begins with a Debian, which the build argument DEBIAN names. */
    base?: 'debian';
  };
}

/**
 * Makes sure that Docker holds the image. A build is left to Docker's own cache: what did not change costs nothing.
 *
 * @param signal ends the making of it
 * @returns whether it does: an image that is optional need not be there.
 * @throws CannotRun that names the image, where it can't be built or is not there.
 */
export async function ensureOwnImage(
  image: OwnImage,
  progress: (text: string) => void,
  signal?: AbortSignal,
): Promise<boolean> {
  const { ref, build, archive, pull, optional } = image;
  checkSource(image);
  if (archive !== undefined) await readArchive(ref, archive, progress, signal);
  else if (build !== undefined) await built(ref, build, progress, signal);
  else if (!(await imageExists(ref))) {
    if (optional) return false;
    if (!pull)
      throw new CannotRun(`images: ${ref}: Docker has no such image`, {
        remedy: `docker pull ${ref}, or say how it is built: { build: 'folder' }`,
      });
    await pulled(ref, progress, signal);
  }
  return true;
}

const DOCKERFILE = 'Dockerfile';

/**
 * What an image is made of can be missing long before anybody needs the image.
 *
 * @param remedy where its paths are relative to
 * @throws CannotRun that names the image and the path.
 */
export function checkSource(
  { ref, build, archive }: OwnImage,
  remedy = 'paths are relative to the folder in which rollproof is started; new URL(…, import.meta.url) is not',
): void {
  const file = build === undefined ? archive : join(build.context, build.dockerfile ?? DOCKERFILE);
  if (file === undefined || existsSync(file)) return;
  const field = build === undefined ? 'archive' : 'build';
  throw new CannotRun(`images: ${ref}: ${field}: there is no ${file}`, {
    remedy: build === undefined ? 'docker save -o FILE writes one' : remedy,
  });
}

async function built(
  ref: string,
  build: NonNullable<OwnImage['build']>,
  progress: (text: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  const { context, dockerfile = DOCKERFILE } = build;
  const args = { ...(build.base === 'debian' ? { DEBIAN: await ensureDebian(progress) } : {}), ...build.args };
  progress(`building ${ref}`);
  const log = join(cacheFolder(), 'logs', `image-${createHash('sha256').update(ref).digest('hex').slice(0, 8)}.log`);
  const named = Object.entries(args).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
  try {
    const file = join(context, dockerfile);
    await logged(`building ${ref}`, log, ['docker', 'build', '-t', ref, '-f', file, ...named, context], { signal });
  } catch (cause) {
    if (!(cause instanceof CommandFailed)) throw cause;
    throw new CannotRun(`images: ${ref}: ${cause.message}`, { remedy: `mend ${join(context, dockerfile)}`, cause });
  }
}

async function pulled(ref: string, progress: (text: string) => void, signal?: AbortSignal): Promise<void> {
  progress(`pulling ${ref}`);
  const log = join(cacheFolder(), 'logs', 'pull.log');
  await logged(`pulling ${ref}`, log, ['docker', 'pull', ref], { signal }).catch((cause: Error) => {
    if (signal?.aborted) throw cause;
    throw new CannotRun(`images: ${ref}: it can't be pulled: ${cause.message}`, {
      remedy: 'is the name right, and does this machine reach its registry?',
      cause,
    });
  });
}

async function readArchive(
  ref: string,
  archive: string,
  progress: (text: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  progress(`reading ${ref} from ${archive}`);
  const log = join(cacheFolder(), 'logs', 'archive.log');
  await logged(`reading ${archive}`, log, ['docker', 'load', '-i', archive], { signal }).catch((cause: Error) => {
    if (signal?.aborted) throw cause;
    throw new CannotRun(`images: ${ref}: archive: ${archive} can't be read: ${cause.message}`, { cause });
  });
  if (!(await imageExists(ref)))
    throw new CannotRun(`images: ${ref}: archive: ${archive} holds no image of that name`, {
      remedy: `docker save ${ref} -o FILE writes one that does`,
    });
}
