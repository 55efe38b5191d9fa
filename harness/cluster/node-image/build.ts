import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { packageRoot } from '../../package-root.ts';
import { logged } from '../command.ts';
import { imageExists, importImage, makeRootFileSystem, type RootFileSystem } from '../debian.ts';
import { noteChange } from '../journal.ts';
import { cacheFolder } from '../state.ts';
import { builtFolder, fingerprint, goBuild } from './go-build.ts';
import { containerd, coredns, etcd, helpers, KUBERNETES, kind, kubernetes, NODE_PROGRAMS } from './programs.ts';

const here = join(packageRoot, 'harness/cluster/node-image');

const ROOT: RootFileSystem = {
  variant: 'minbase',
  packages: [
    'systemd',
    'systemd-sysv',
    'dbus',
    'conntrack',
    'iptables',
    'nftables',
    'ebtables',
    'ipset',
    'iproute2',
    'ethtool',
    'socat',
    'kmod',
    'mount',
    'libseccomp2',
    'pigz',
    'ca-certificates',
    'curl',
    'jq',
    'procps',
    'runc',
    'containernetworking-plugins',
  ],
};

/** What kube-proxy and the pod network need, and no more: containerd unpacks it on every node before they can start. */
const NETWORK_TOOLS: RootFileSystem = {
  variant: 'extract',
  packages: [
    'dash',
    'coreutils',
    'iptables',
    'nftables',
    'conntrack',
    'iproute2',
    'kmod',
    'ipset',
    'curl',
    'jq',
    'base-files',
  ],
  exclude: ['/usr/share/*'],
  finish: [
    // What the packages' own scripts would have set up.
    'for t in iptables iptables-save iptables-restore ip6tables ip6tables-save ip6tables-restore; do ln -sf xtables-nft-multi "$1/usr/sbin/$t"; done',
    '[ -e "$1/bin/sh" ] || ln -s dash "$1/bin/sh"',
  ],
};

const INPUTS = ['base/Dockerfile', 'images/net.sh', 'manifests/default-cni.yaml', 'manifests/default-storage.yaml'];
/** To be raised when the code below makes another image of the same inputs. */
const RECIPE = 1;

/** Changes with anything that the node image is made of. */
export function nodeImageRef(): string {
  const hash = createHash('sha256').update(
    JSON.stringify([RECIPE, ROOT, NETWORK_TOOLS, ...NODE_PROGRAMS.map(fingerprint)]),
  );
  for (const file of INPUTS) hash.update(readFileSync(join(here, file)));
  return `rollproof/node:${KUBERNETES}-${hash.digest('hex').slice(0, 12)}`;
}

/** A part of the build that shows its own progress and time, and is not done twice. */
export interface BuildPart {
  title: string;
  done(): boolean;
  run(progress: (text: string) => void): Promise<void>;
}

/** Parts that can be made side by side: the root file systems wait for the network, the Go builds for the processor. */
export function nodeParts(): { files: BuildPart[]; programs: BuildPart[] } {
  return {
    files: [rootPart('root file system', ROOT), rootPart('network tools', NETWORK_TOOLS)],
    programs: NODE_PROGRAMS.map((program) => ({
      title: program.name,
      done: () => existsSync(builtFolder(program)),
      run: async (progress) => void (await goBuild(program, progress)),
    })),
  };
}

function rootPart(name: string, system: RootFileSystem): BuildPart {
  const target = tarOf(system);
  return {
    title: name,
    done: () => existsSync(target),
    async run(progress) {
      progress(`${name}: ${system.packages.length} packages and what they need`);
      mkdirSync(join(cacheFolder(), 'built'), { recursive: true });
      const partial = `${target}.partial.tar`;
      rmSync(partial, { force: true });
      await makeRootFileSystem(partial, system, join(cacheFolder(), 'logs', `${name.replaceAll(' ', '-')}.log`));
      renameSync(partial, target);
    },
  };
}

const tarOf = (system: RootFileSystem) =>
  join(
    cacheFolder(),
    'built',
    `root-${createHash('sha256').update(JSON.stringify(system)).digest('hex').slice(0, 12)}.tar`,
  );

const IMAGE_LABEL = 'dev.rollproof=node-image';

/** Puts the parts together, as kind's own `build node-image` does. All parts have to be done. */
export async function assemble(ref: string, progress: (text: string) => void): Promise<void> {
  if (await imageExists(ref)) return;
  mkdirSync(cacheFolder(), { recursive: true });
  const work = mkdtempSync(join(cacheFolder(), 'assemble-'));
  const log = join(cacheFolder(), 'logs', 'node-image.log');
  const tag = ref.split(':')[1]!;
  const [root, tools, base] = [
    `rollproof/build-root:${tag}`,
    `rollproof/build-tools:${tag}`,
    `rollproof/build-base:${tag}`,
  ];
  const temporary: string[] = [root, tools, base];
  const container = `rollproof-build-${tag.replaceAll('.', '-')}`;
  try {
    progress('importing the root file systems');
    await importImage(tarOf(ROOT), root);
    await importImage(tarOf(NETWORK_TOOLS), tools);
    progress('building the base');
    await buildBase(join(work, 'base'), root, base, log);
    const images = await kubeadmImages(base);
    progress('building the images of the control plane');
    const built = await buildControlPlane(join(work, 'images'), tools, images, log);
    temporary.push(...built);
    const archive = join(work, 'images.tar');
    await logged('saving the images', log, ['docker', 'save', '-o', archive, ...built]);
    progress('loading them into the node image');
    await execa('docker', ['rm', '-f', container], { reject: false });
    await logged('starting the base', log, [
      'docker',
      'run',
      '-d',
      '--privileged',
      '--name',
      container,
      '-v',
      `${work}:/work:ro`,
      '--entrypoint',
      'sleep',
      base,
      'infinity',
    ]);
    await logged('importing the images', log, ['docker', 'exec', container, 'bash', '-euc', LOAD_IMAGES]);
    await logged('placing the manifests', log, [
      'docker',
      'cp',
      `${join(here, 'manifests')}/.`,
      `${container}:/kind/manifests/`,
    ]);
    noteChange({ what: 'image', ref });
    const changes = ['ENTRYPOINT ["/usr/local/bin/entrypoint","/sbin/init"]', 'CMD []', `LABEL ${IMAGE_LABEL}`];
    await logged('committing the node image', log, [
      'docker',
      'commit',
      ...changes.flatMap((change) => ['--change', change]),
      container,
      ref,
    ]);
  } finally {
    await execa('docker', ['rm', '-f', '-v', container], { reject: false });
    await execa('docker', ['rmi', ...temporary.toReversed()], { reject: false });
    rmSync(work, { recursive: true, force: true });
  }
}

/** Pinned: the kubelet's garbage collection may not take them away, there is nowhere to pull them from. */
const LOAD_IMAGES = `
mkdir -p /kind/manifests
echo ${KUBERNETES} > /kind/version
containerd >/dev/null 2>&1 &
for i in $(seq 50); do ctr version >/dev/null 2>&1 && break; sleep 0.2; done
ctr --namespace=k8s.io images import --label=io.cri-containerd.pinned=pinned --no-unpack --digests /work/images.tar
kill %1
wait
`;

async function buildBase(context: string, root: string, ref: string, log: string): Promise<void> {
  mkdirSync(join(context, 'sbin'), { recursive: true });
  const sources = await kindSources(log);
  cpSync(join(sources, 'images/base/files'), join(context, 'files'), { recursive: true });
  // The module cache is read-only and its files are not executable; a chmod in the image would store them twice.
  await logged('preparing the base', log, ['chmod', '-R', 'u+w', context]);
  for (const folder of ['usr/local/bin', 'kind/bin'])
    await logged('preparing the base', log, ['chmod', '-R', '755', join(context, 'files', folder)]);
  cpSync(builtFolder(containerd), join(context, 'bin'), { recursive: true });
  for (const file of ['kubeadm', 'kubelet', 'kubectl'])
    cpSync(join(builtFolder(kubernetes), file), join(context, 'bin', file));
  cpSync(join(builtFolder(helpers), 'runc-wrapper'), join(context, 'sbin/runc'));
  const config = join(context, 'files/etc/containerd/config.toml');
  const text = readFileSync(config, 'utf8');
  // Where root lacks CAP_SYS_RESOURCE, a lower OOM score than one's own can't be asked for.
  writeFileSync(config, text.replace('restrict_oom_score_adj = false', 'restrict_oom_score_adj = true'));
  cpSync(join(here, 'base/Dockerfile'), join(context, 'Dockerfile'));
  await dockerBuild(context, ref, log, { ROOTFS: root });
}

/** kind's own sources, as Go's module cache has them. */
async function kindSources(log: string): Promise<string> {
  const cwd = join(packageRoot, 'harness/cluster', kind.module);
  await logged('fetching the sources of kind', log, ['go', 'mod', 'download', 'sigs.k8s.io/kind'], { cwd });
  const { stdout } = await execa('go', ['list', '-m', '-f', '{{.Dir}}', 'sigs.k8s.io/kind'], { cwd });
  return stdout.trim();
}

/** Names and versions that this kubeadm asks for: etcd, coredns, pause and the control plane. */
async function kubeadmImages(base: string): Promise<string[]> {
  const args = [
    'run',
    '--rm',
    '--entrypoint',
    'kubeadm',
    base,
    'config',
    'images',
    'list',
    '--kubernetes-version',
    KUBERNETES,
  ];
  const { stdout } = await execa('docker', args, { stdin: 'ignore' });
  return stdout.split('\n').filter(Boolean);
}

async function buildControlPlane(work: string, tools: string, wanted: string[], log: string): Promise<string[]> {
  const built: string[] = [];
  const from = builtFolder(kubernetes);
  const scratch = (file: string) =>
    `FROM scratch\nCOPY ${file} /usr/local/bin/${file}\nENV PATH=/usr/local/bin\nENTRYPOINT ["/usr/local/bin/${file}"]\n`;
  const withTools = (file: string) =>
    `FROM ${tools}\nCOPY ${file} /usr/local/bin/${file}\nENV PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\nENTRYPOINT ["/usr/local/bin/${file}"]\n`;
  const recipes: Record<string, { file: string; source: string; dockerfile: string }> = {
    etcd: { file: 'etcd', source: join(builtFolder(etcd), 'server'), dockerfile: scratch('etcd') },
    // The path that kubeadm's manifest does not name, but its image has always had.
    coredns: {
      file: 'coredns',
      source: join(builtFolder(coredns), 'coredns'),
      dockerfile: 'FROM scratch\nCOPY coredns /coredns\nENTRYPOINT ["/coredns"]\n',
    },
    pause: {
      file: 'pause',
      source: join(builtFolder(helpers), 'pause'),
      dockerfile: 'FROM scratch\nCOPY pause /pause\nENTRYPOINT ["/pause"]\n',
    },
    'kube-proxy': { file: 'kube-proxy', source: join(from, 'kube-proxy'), dockerfile: withTools('kube-proxy') },
    net: {
      file: 'net.sh',
      source: join(here, 'images/net.sh'),
      dockerfile: withTools('net.sh').replace('["/usr/local', '["/bin/sh","/usr/local'),
    },
  };
  for (const name of ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler']) {
    recipes[name] = { file: name, source: join(from, name), dockerfile: scratch(name) };
  }
  for (const ref of [...wanted, 'rollproof.local/net:1']) {
    const name = ref.split('/').at(-1)!.split(':')[0]!;
    const recipe = recipes[name];
    if (recipe === undefined) throw new Error(`kubeadm ${KUBERNETES} wants the image ${ref}, which is not known here`);
    const context = join(work, name);
    mkdirSync(context, { recursive: true });
    cpSync(recipe.source, join(context, recipe.file));
    writeFileSync(join(context, 'Dockerfile'), recipe.dockerfile);
    await dockerBuild(context, ref, log);
    built.push(ref);
  }
  return built;
}

async function dockerBuild(
  context: string,
  ref: string,
  log: string,
  args: Record<string, string> = {},
): Promise<void> {
  const buildArgs = Object.entries(args).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
  // The classic builder: Debian's docker.io comes without buildx.
  await logged(`building ${ref}`, log, ['docker', 'build', '-t', ref, ...buildArgs, context], {
    env: { DOCKER_BUILDKIT: '0' },
  });
}
