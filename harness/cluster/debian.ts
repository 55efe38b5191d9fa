import { execa } from 'execa';
import { logged, tryCommand } from './command.ts';

/** The release whose packages the images are made of: its systemd (252) still runs on cgroup v1. */
const SUITE = 'bookworm';

export interface RootFileSystem {
  packages: string[];
  /** `minbase` is a small Debian; `extract` is nothing but the packages' files, no maintainer script run. */
  variant: 'minbase' | 'extract';
  /** Shell commands that finish an extracted tree; "$1" is its root. */
  finish?: string[];
  exclude?: string[];
}

/**
 * Makes a root file system out of Debian packages, with the host's own apt sources where the host is of that release,
 * so that a company's mirror and its keys are used.
 *
 * @param target path of the tar file
 */
export async function makeRootFileSystem(target: string, system: RootFileSystem, log: string): Promise<void> {
  const hooks = (system.finish ?? []).map((command) => `--extract-hook=${command}`);
  const excludes = (
    system.exclude ?? ['/usr/share/doc/*', '/usr/share/man/*', '/usr/share/locale/*', '/usr/share/info/*']
  ).map((path) => `--dpkgopt=path-exclude=${path}`);
  const command: [string, ...string[]] = [
    'mmdebstrap',
    `--variant=${system.variant}`,
    '--aptopt=Apt::Install-Recommends "false"',
    ...excludes,
    `--include=${system.packages.join(',')}`,
    ...hooks,
    SUITE,
    target,
    ...(await hostSources()),
  ];
  await logged(`making a root file system of ${system.packages.length} Debian packages`, log, command);
}

/** The host's apt lines for the release; none where the host is another system: then mmdebstrap's own default is used. */
async function hostSources(): Promise<string[]> {
  const format = '$(REPO_URI)|$(RELEASE)|$(COMPONENT)';
  const targets = await tryCommand('apt-get', [
    'indextargets',
    '--format',
    format,
    'Created-By: Packages',
    'Origin: Debian',
  ]);
  const lines = new Set(
    (targets ?? '')
      .split('\n')
      .map((line) => line.split('|'))
      .filter(
        ([uri, release, component]) => uri && component && (release === SUITE || release?.startsWith(`${SUITE}-`)),
      )
      .map(([uri, release, component]) => `deb ${uri} ${release} ${component}`),
  );
  return [...lines].some((line) => line.includes(` ${SUITE} `)) ? [...lines] : [];
}

export async function importImage(tar: string, ref: string, changes: string[] = []): Promise<void> {
  await execa('docker', ['import', ...changes.flatMap((change) => ['--change', change]), tar, ref], {
    stdin: 'ignore',
  });
}

export async function imageExists(ref: string): Promise<boolean> {
  return (await tryCommand('docker', ['image', 'inspect', '--format', '{{.Id}}', ref])) !== undefined;
}
