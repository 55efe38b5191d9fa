import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CannotRun } from '../errors.ts';
import { tryCommand } from './command.ts';
import { imageExists, importImage, makeRootFileSystem } from './debian.ts';
import { noteChange } from './journal.ts';
import { cacheFolder } from './state.ts';

const PUBLISHED = 'debian:bookworm-slim';
const MADE = 'rollproof/debian:bookworm';
/** 30 MB. */
const PULL_TIMEOUT_MS = 120_000;

let base: Promise<string> | undefined;

/**
 * A small Debian with apt, to build images on: the published one where it is there or can be pulled, else one that is made
 * of packages, which many networks have where they have no images.
 *
 * @throws CannotRun where it can be neither pulled nor made.
 */
export function ensureDebian(progress: (text: string) => void): Promise<string> {
  base ??= found(progress).finally(() => {
    base = undefined;
  });
  return base;
}

async function found(progress: (text: string) => void): Promise<string> {
  for (const ref of [PUBLISHED, MADE]) if (await imageExists(ref)) return ref;
  progress(`pulling ${PUBLISHED}`);
  if ((await tryCommand('docker', ['pull', '--quiet', PUBLISHED], PULL_TIMEOUT_MS)) !== undefined) return PUBLISHED;
  progress('making a Debian out of packages');
  const folder = mkdtempSync(join(tmpdir(), 'rollproof-debian-'));
  try {
    const tar = join(folder, 'root.tar');
    await makeRootFileSystem(tar, { packages: ['ca-certificates'], variant: 'minbase' }, log());
    noteChange({ what: 'image', ref: MADE });
    await importImage(tar, MADE, ['CMD ["bash"]', 'LABEL dev.rollproof=debian']);
    return MADE;
  } catch (cause) {
    throw new CannotRun(`images: base: ${PUBLISHED} can't be pulled, and a Debian can't be made: ${reason(cause)}`, {
      remedy: 'let Docker pull it, or install the Debian package mmdebstrap',
      cause,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const log = () => join(cacheFolder(), 'logs', 'debian-base.log');

const reason = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause));
