import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { freemem } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { CannotRun } from '../errors.ts';
import { tryCommand } from './command.ts';
import { imageExists, importImage } from './debian.ts';
import { CLOCK_REMEDY, dockerClockProblem } from './docker-clock.ts';
import { dockerStartedByUs, reachDocker, startDocker } from './docker-daemon.ts';
import { noteChange } from './journal.ts';
import { lock } from './lock.ts';
import { assemble, nodeImageRef, nodeParts } from './node-image/build.ts';
import { builtFolder, fingerprint, goBuild } from './node-image/go-build.ts';
import { helpers, KUBERNETES, k6 as k6Program, kind as kindProgram, kubernetes } from './node-image/programs.ts';
import { type Consent, installPackages, missingPackages } from './packages.ts';
import { publishedImage, pull } from './published.ts';
import { downloadRelease } from './release.ts';
import { cacheFolder } from './state.ts';

/** What a run needs of the machine, found or made. */
export interface Toolchain {
  kind: string;
  kubectl: string;
  dockerStartedByUs: boolean;
  cgroupVersion: 1 | 2;
  nodeImage: { ref: string; origin: 'published' | 'built' };
  k6Image: { ref: string; origin: 'published' | 'built' };
}

export interface StepState {
  ok: boolean;
  detail: string;
  /** What to do about it, where it is not. */
  remedy?: string;
}

/** One line of set-up, and of `doctor`. */
export interface SetupStep {
  id: string;
  title: string;
  check(): Promise<StepState>;
  /** Makes it so. Long steps say what they are at. */
  run(progress: (text: string) => void): Promise<string>;
}

/** The steps in their order, and what they found so far. */
export interface SetUp {
  steps: SetupStep[];
  /** @throws Error where a step has not been run. */
  toolchain(): Toolchain;
}

const VERSIONS = { kind: 'v0.33.0', k6: '1.8.1' };

export function setUpSteps(consent: Consent): SetUp {
  const found: Partial<Toolchain> = { cgroupVersion: cgroupVersion() };
  return {
    steps: [dockerStep(consent), kindStep(found), nodeImageStep(found, consent), kubectlStep(found), k6Step(found)],
    toolchain() {
      const { kind, kubectl, nodeImage, k6Image, cgroupVersion } = found;
      if (!kind || !kubectl || !nodeImage || !k6Image || !cgroupVersion) throw new Error('set-up has not been run');
      return { kind, kubectl, nodeImage, k6Image, cgroupVersion, dockerStartedByUs: dockerStartedByUs() };
    },
  };
}

/** Packages that set-up may come to install: what a terminal is asked about, once, before the list of steps begins. */
export async function mayInstall({ steps }: SetUp): Promise<string[]> {
  const needs: Record<string, string[]> = { docker: ['docker.io'], 'node-image': ['mmdebstrap'] };
  const wanted: string[] = [];
  for (const { id, check } of steps) {
    if (needs[id] === undefined || (await check()).ok) continue;
    // One that answers is refused, not replaced.
    if (id !== 'docker' || (await reachDocker()) === undefined) wanted.push(...needs[id]);
  }
  return missingPackages(wanted);
}

function dockerStep(consent: Consent): SetupStep {
  return {
    id: 'docker',
    title: 'Docker',
    async check() {
      const version = await reachDocker();
      const clock = version === undefined ? undefined : await dockerClockProblem();
      if (clock !== undefined) return { ok: false, detail: `${version}, but ${clock}`, remedy: CLOCK_REMEDY };
      if (version !== undefined)
        return { ok: true, detail: `${version}${dockerStartedByUs() ? ', started by rollproof' : ''}` };
      return {
        ok: false,
        detail: 'no daemon answers',
        remedy: 'start Docker; on a Debian family machine, a run as root installs it',
      };
    },
    async run(progress) {
      const running = await reachDocker();
      const clock = running === undefined ? undefined : await dockerClockProblem();
      if (clock !== undefined)
        throw new CannotRun(
          `the Docker daemon answers, but ${clock}: what k6 and containers stamp could not be joined with what the watches tell`,
          { remedy: CLOCK_REMEDY },
        );
      if (running !== undefined) return running;
      progress('starting a daemon');
      return startDocker(consent, async () => (lacksCapabilities() ? runcWrapper(progress) : undefined));
    },
  };
}

/** Bit 24 is CAP_SYS_RESOURCE, which --privileged asks for and some sandboxes withhold even from root. */
function lacksCapabilities(): boolean {
  if (!existsSync('/proc/self/status')) return false;
  const bounding =
    /^CapBnd:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 'ffffffffffffffff';
  return (BigInt(`0x${bounding}`) & (1n << 24n)) === 0n;
}

async function runcWrapper(progress: (text: string) => void): Promise<string> {
  return join(await goBuild(helpers, progress), 'runc-wrapper');
}

function cgroupVersion(): 1 | 2 {
  return existsSync('/sys/fs/cgroup/cgroup.controllers') || !existsSync('/sys/fs/cgroup') ? 2 : 1;
}

function kindStep(found: Partial<Toolchain>): SetupStep {
  const cached = () => join(builtFolder(kindProgram), 'kind');
  const released = () => join(cacheFolder(), 'bin', `kind-${VERSIONS.kind}`);
  const locate = async () => {
    for (const path of ['kind', released(), cached()]) {
      const text = await tryCommand(path, ['version']);
      if (text?.includes(VERSIONS.kind)) return path;
    }
    return undefined;
  };
  return {
    id: 'kind',
    title: 'kind',
    async check() {
      found.kind = await locate();
      if (found.kind) return { ok: true, detail: `${VERSIONS.kind} at ${found.kind}` };
      return {
        ok: false,
        detail: `${VERSIONS.kind} is not here`,
        remedy: 'a run gets it, or: go install sigs.k8s.io/kind@v0.33.0',
      };
    },
    async run(progress) {
      found.kind = await locate();
      if (found.kind === undefined) {
        noteChange({ what: 'folder', path: cacheFolder() });
        progress('downloading its release');
        const name = `kind-${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;
        if (await downloadRelease(`https://kind.sigs.k8s.io/dl/${VERSIONS.kind}/${name}`, released())) {
          found.kind = released();
        } else {
          await goBuild(kindProgram, progress);
          found.kind = cached();
        }
      }
      return `${VERSIONS.kind}`;
    },
  };
}

/** kind's own published image where it can be pulled, else one built from packages. */
function nodeImageStep(found: Partial<Toolchain>, consent: Consent): SetupStep {
  const locate = async (): Promise<Toolchain['nodeImage'] | undefined> => {
    const published = await publishedImage('node');
    if (published !== undefined && (await imageExists(published))) return { ref: published, origin: 'published' };
    const built = nodeImageRef();
    return (await imageExists(built)) ? { ref: built, origin: 'built' } : undefined;
  };
  return {
    id: 'node-image',
    title: 'Node image',
    async check() {
      found.nodeImage = await locate();
      if (found.nodeImage) return { ok: true, detail: `${found.nodeImage.ref} (${found.nodeImage.origin})` };
      return {
        ok: false,
        detail: 'not here yet',
        remedy: 'any run pulls it, or builds it once (about 15 minutes on 2 cores)',
      };
    },
    async run(progress) {
      found.nodeImage = await locate();
      if (found.nodeImage === undefined) {
        using _lock = await lock(join(cacheFolder(), 'build.lock'), () =>
          progress('another set-up builds it: waiting for it'),
        );
        found.nodeImage = (await locate()) ?? (await obtainNodeImage(progress, consent));
      }
      return `${found.nodeImage.ref} (${found.nodeImage.origin})`;
    },
  };
}

async function obtainNodeImage(progress: (text: string) => void, consent: Consent): Promise<Toolchain['nodeImage']> {
  const published = await pull('node', progress);
  if (published !== undefined) return { ref: published, origin: 'published' };
  noteChange({ what: 'folder', path: cacheFolder() });
  await installPackages(
    ['mmdebstrap'],
    "kind's node image cannot be pulled here, and building it needs mmdebstrap",
    consent,
  );
  const ref = nodeImageRef();
  await buildNodeImage(ref, progress, (title, seconds) => consent.say(`${title}: ${seconds.toFixed(0)} s`));
  return { ref, origin: 'built' };
}

/**
 * Builds what there is not yet of the node image's parts, and puts them together.
 *
 * @param took is told of each part how many seconds it took; some are made at the same time
 */
export async function buildNodeImage(
  ref: string,
  progress: (text: string) => void,
  took: (title: string, seconds: number) => void,
): Promise<void> {
  const { files, programs } = nodeParts();
  // A Go build of Kubernetes takes up to 4 GiB: beside the package installation, but never two at once on a small machine.
  const groups = freemem() > 4 * 2 ** 30 ? [files, programs] : [[...files, ...programs]];
  const status = groups.map(() => '');
  await Promise.all(
    groups.map(async (group, index) => {
      for (const part of group) {
        if (part.done()) continue;
        const started = performance.now();
        await part.run((text) => {
          status[index] = text;
          progress(status.filter(Boolean).join(' · '));
        });
        took(part.title, (performance.now() - started) / 1000);
      }
      status[index] = '';
    }),
  );
  const started = performance.now();
  await assemble(ref, progress);
  took('node image', (performance.now() - started) / 1000);
}

function kubectlStep(found: Partial<Toolchain>): SetupStep {
  const locate = async () => {
    for (const path of [join(builtFolder(kubernetes), 'kubectl'), extractedKubectl(), 'kubectl']) {
      const text = await tryCommand(path, ['version', '--client', '-o', 'json']);
      const minor = Number(/"minor":\s*"(\d+)/.exec(text ?? '')?.[1]);
      // kubectl works with a server one minor version older or newer.
      if (Math.abs(minor - Number(KUBERNETES.split('.')[1])) <= 1) return path;
    }
    return undefined;
  };
  return {
    id: 'kubectl',
    title: 'kubectl',
    async check() {
      found.kubectl = await locate();
      if (found.kubectl) return { ok: true, detail: found.kubectl };
      return { ok: false, detail: `none that fits ${KUBERNETES}`, remedy: 'a run takes one out of the node image' };
    },
    async run(progress) {
      found.kubectl = await locate();
      if (found.kubectl === undefined) {
        progress('taking it out of the node image');
        found.kubectl = await extractKubectl(found.nodeImage!.ref);
      }
      return KUBERNETES;
    },
  };
}

const extractedKubectl = () => join(cacheFolder(), 'kubectl');

async function extractKubectl(image: string): Promise<string> {
  const target = extractedKubectl();
  mkdirSync(cacheFolder(), { recursive: true });
  const { stdout: container } = await execa('docker', ['create', image]);
  try {
    const { stdout: path } = await execa('docker', ['run', '--rm', '--entrypoint', 'which', image, 'kubectl']);
    await execa('docker', ['cp', '-L', `${container.trim()}:${path.trim()}`, target]);
  } finally {
    await execa('docker', ['rm', '-f', container.trim()], { reject: false });
  }
  return target;
}

function k6Step(found: Partial<Toolchain>): SetupStep {
  const built = () => `rollproof/k6:${VERSIONS.k6}-${fingerprint(k6Program)}`;
  const locate = async (): Promise<Toolchain['k6Image'] | undefined> => {
    const published = await publishedImage('k6');
    if (published !== undefined && (await imageExists(published))) return { ref: published, origin: 'published' };
    return (await imageExists(built())) ? { ref: built(), origin: 'built' } : undefined;
  };
  return {
    id: 'k6',
    title: 'k6',
    async check() {
      found.k6Image = await locate();
      if (found.k6Image) return { ok: true, detail: `${found.k6Image.ref} (${found.k6Image.origin})` };
      return { ok: false, detail: 'its image is not here yet', remedy: 'a run pulls it, or builds it with Go' };
    },
    async run(progress) {
      found.k6Image = await locate();
      if (found.k6Image === undefined) {
        using _lock = await lock(join(cacheFolder(), 'build.lock'), () =>
          progress('another set-up builds it: waiting for it'),
        );
        found.k6Image = (await locate()) ?? (await obtainK6(built(), progress));
      }
      return `${found.k6Image.ref} (${found.k6Image.origin})`;
    },
  };
}

async function obtainK6(ref: string, progress: (text: string) => void): Promise<Toolchain['k6Image']> {
  const published = await pull('k6', progress);
  if (published !== undefined) return { ref: published, origin: 'published' };
  noteChange({ what: 'folder', path: cacheFolder() });
  await buildK6(ref, progress);
  return { ref, origin: 'built' };
}

export async function buildK6(ref: string, progress: (text: string) => void): Promise<void> {
  const folder = await goBuild(k6Program, progress);
  progress('making the image');
  noteChange({ what: 'image', ref });
  // `docker import` of a tar with one file: the smallest image there is.
  const tar = `${folder}.tar`;
  await execa('tar', ['-C', dirname(join(folder, 'k6')), '--transform', 's,^k6$,usr/bin/k6,', '-cf', tar, 'k6']);
  await importImage(tar, ref, ['ENTRYPOINT ["/usr/bin/k6"]', 'LABEL dev.rollproof=k6-image']);
}
