import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CannotRun } from '../errors.ts';
import { CommandFailed, logged } from './command.ts';
import { imageExists } from './debian.ts';
import { cacheFolder } from './state.ts';

/** An image that is not ours: built from a Docker context, or in Docker already. */
export interface OwnImage {
  ref: string;
  build?: {
    /** Absolute. */
    context: string;
    /** Relative to the context; default Dockerfile. */
    dockerfile?: string;
    args?: Record<string, string>;
  };
}

/**
 * Makes sure that Docker holds the image. A build is left to Docker's own cache: what did not change costs nothing.
 *
 * @throws CannotRun that names the image, where it can't be built or is not there.
 */
export async function ensureOwnImage({ ref, build }: OwnImage, progress: (text: string) => void): Promise<void> {
  if (build === undefined) {
    if (await imageExists(ref)) return;
    throw new CannotRun(`images: ${ref}: Docker has no such image`, {
      remedy: `docker pull ${ref}, or say how it is built: { build: 'folder' }`,
    });
  }
  const { context, dockerfile = 'Dockerfile', args = {} } = build;
  if (!existsSync(join(context, dockerfile))) {
    throw new CannotRun(`images: ${ref}: build: there is no ${join(context, dockerfile)}`, {
      remedy: 'paths are relative to the folder in which rollproof is started; new URL(…, import.meta.url) is not',
    });
  }
  progress(`building ${ref}`);
  const log = join(cacheFolder(), 'logs', `image-${createHash('sha256').update(ref).digest('hex').slice(0, 8)}.log`);
  const named = Object.entries(args).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
  try {
    const file = join(context, dockerfile);
    await logged(`building ${ref}`, log, ['docker', 'build', '-t', ref, '-f', file, ...named, context]);
  } catch (cause) {
    if (!(cause instanceof CommandFailed)) throw cause;
    throw new CannotRun(`images: ${ref}: ${cause.message}`, { remedy: `mend ${join(context, dockerfile)}`, cause });
  }
}
