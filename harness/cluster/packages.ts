import { join } from 'node:path';
import { CannotRun } from '../errors.ts';
import { logged, tryCommand } from './command.ts';
import { noteChange } from './journal.ts';
import { cacheFolder } from './state.ts';

/** How set-up may change the machine, and how it asks. */
export interface Consent {
  /** Undefined where nobody can be asked (no terminal). */
  ask: ((question: string) => Promise<boolean>) | undefined;
  say(text: string): void;
}

/**
 * Installs Debian packages that are not there yet. A terminal is asked first; without one it says so and goes ahead;
 * ROLLPROOF_INSTALL=never forbids it.
 *
 * @throws CannotRun where it is not allowed or not possible, with what to install by hand.
 */
export async function installPackages(names: string[], why: string, consent: Consent): Promise<void> {
  const missing = await missingPackages(names);
  if (missing.length === 0) return;
  const remedy = `install ${missing.join(' ')} (Debian's names), then try again`;
  if (process.env.ROLLPROOF_INSTALL === 'never')
    throw new CannotRun(`${why}, and ROLLPROOF_INSTALL=never forbids installing it`, { remedy });
  if (process.getuid?.() !== 0) throw new CannotRun(`${why}, and only root can install it`, { remedy });
  if ((await tryCommand('apt-get', ['--version'])) === undefined)
    throw new CannotRun(`${why}, and this machine has no apt-get`, { remedy });
  if (consent.ask !== undefined) {
    if (!(await consent.ask(`${why}. Install ${missing.join(', ')} with apt-get?`)))
      throw new CannotRun(`${why}`, { remedy });
  } else consent.say(`${why}: installing ${missing.join(', ')} with apt-get (ROLLPROOF_INSTALL=never forbids it)`);
  noteChange({ what: 'packages', names: missing });
  const log = join(cacheFolder(), 'logs', 'apt.log');
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  // Lists of other people's repositories may fail to update; what counts is whether the packages can be installed.
  await logged('apt-get update', log, ['apt-get', 'update'], { env }).catch(() => {});
  await logged(
    `apt-get install ${missing.join(' ')}`,
    log,
    ['apt-get', 'install', '-y', '--no-install-recommends', ...missing],
    { env },
  );
}

/** Of these, the ones that set-up would have to install. */
export async function missingPackages(names: string[]): Promise<string[]> {
  const missing: string[] = [];
  for (const name of names) if (!(await isInstalled(name))) missing.push(name);
  return missing;
}

async function isInstalled(name: string): Promise<boolean> {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholder.
  const status = await tryCommand('dpkg-query', ['-W', '-f', '${Status}', name]);
  return status === 'install ok installed';
}
