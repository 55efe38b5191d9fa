import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { rollproofIn } from '../testing/rollproof.ts';

/**
 * What is wrong before any cluster is there, as somebody meets it who calls the command: exit 3, one line that says what and
 * where, nothing written. Those that only a cluster or its tools show are in refusals.integration.test.ts.
 */
let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'rollproof-bad-'));
});
afterEach(() => rmSync(home, { recursive: true }));

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: app, image: web:1, ports: [{ name: http, containerPort: 8000 }] }] }
`;
const SERVICE = `apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: http }] }
`;
const WEB = `${DEPLOYMENT}---\n${SERVICE}`;
const CONFIG = `service: { manifests: web.yaml, deployment: web, service: web }
transitions: [{ rolling: { image: web:2 } }]
`;

/** As it is written in the file. */
const TAG = `web:$\{TAG}`;

interface Bad {
  /** What is there, by path. */
  files?: Record<string, string>;
  args?: string[];
  env?: Record<string, string>;
  /** All but "rollproof: ". */
  says: RegExp;
}

const config = (text: string, files: Record<string, string> = {}) => ({
  'web.yaml': WEB,
  'rollproof.yaml': text,
  ...files,
});
const withConfig = (change: (text: string) => string) => config(change(CONFIG));
const withManifests = (text: string) => ({ 'web.yaml': text, 'rollproof.yaml': CONFIG });
const load = (text: string) => config(`${CONFIG}load: { ${text} }\n`);
const transition = (text: string) => config(CONFIG.replace('{ rolling: { image: web:2 } }', text));
const run = (...args: string[]) => args;

const BAD: Record<string, Bad> = {
  // the file
  'no file': { says: /^rollproof.yaml cannot be read: ENOENT; `rollproof init` writes one; -c names another/ },
  'another file that is not there': {
    args: run('verify', '-c', 'other.yaml'),
    says: /^other.yaml cannot be read: ENOENT/,
  },
  'no YAML': { files: config('service: [\n'), says: /^rollproof.yaml:2:1: it is not YAML: Flow sequence/ },
  'a key that is nearly right': {
    files: load('rat: 60'),
    says: /^rollproof.yaml:3:9: load.rat is no setting; did you mean rate\?$/,
  },
  'a value of another type': {
    files: load('rate: fast'),
    says: /^rollproof.yaml:3:15: load.rate: it has to be a whole number$/,
  },
  'a variable that is not set': {
    files: withConfig((text) => text.replace('web:2', `'${TAG}'`)),
    says: /^rollproof.yaml:2:35: the environment variable TAG is not set; set it, or give it a default: \$\{TAG:-…\}$/,
  },
  'a variable in a place where its brace is a map': {
    files: withConfig((text) => text.replace('web:2', TAG)),
    says: /^rollproof.yaml:2:40: it is not YAML: .*; inside \{ \} it needs quotes: 'web:\$\{TAG\}'$/,
  },
  // the manifests
  'manifests that are not there': {
    files: { 'rollproof.yaml': CONFIG },
    says: /^service.manifests.0: there is no \S+\/web.yaml; paths are relative to the file that names them$/,
  },
  'manifests that are no YAML': {
    files: withManifests('kind: [\n'),
    says: /^service.manifests.0: \S+\/web.yaml is not YAML: Flow sequence .* at line 2, column 1/,
  },
  'manifests that say nothing': {
    files: withManifests(''),
    says: /^service.deployment: the manifests have no Deployment web; there is no Deployment at all$/,
  },
  'no Deployment of this name': {
    files: withManifests(WEB.replace('name: web }', 'name: api }')),
    says: /^service.deployment: the manifests have no Deployment web; there are: api$/,
  },
  'another kind': {
    files: withManifests(WEB.replace('kind: Deployment', 'kind: StatefulSet')),
    says: /^service.deployment: web is a StatefulSet; so far only Deployments can be verified$/,
  },
  'no Service of this name': {
    files: withManifests(DEPLOYMENT),
    says: /^service.service: the manifests have no Service web; there is no Service at all$/,
  },
  'a selector that no pod fits': {
    files: withManifests(WEB.replace('selector: { app: web }', 'selector: { app: api }')),
    says: /^Service web: spec.selector: it selects app=api, and the pods of Deployment web are app=web: none is reached; the same labels in both$/,
  },
  'a target port that no container has': {
    files: withManifests(WEB.replace('targetPort: http', 'targetPort: web')),
    says: /^Service web: spec.ports\[0\].targetPort: web is none of the ports that the pods declare \(http\): none is reached; a targetPort that a container listens on$/,
  },
  'a port that the Service does not have': {
    files: withConfig((text) => text.replace('service: web', 'service: web, port: 81')),
    says: /^service.port: Service web has no port 81; there are: 80$/,
  },
  'a chart, and no helm': {
    files: { ...withConfig((text) => text.replace('web.yaml', '{ helm: chart }')), 'chart/Chart.yaml': '' },
    env: { PATH: '/nowhere' },
    says: /^service.manifests.0.helm: it is not on the PATH; install it, or render the chart yourself: helm template chart \S+\/chart --no-hooks > manifests.yaml$/,
  },
  'a chart that is not there': {
    files: withConfig((text) => text.replace('web.yaml', '{ helm: chart }')),
    says: /^service.manifests.0.helm: there is no chart \S+\/chart; helm pull gets one$/,
  },
  'an environment that is not there': {
    files: config(`${CONFIG}environment: { manifests: db/ }\n`),
    says: /^environment.manifests.0: there is no \S+\/db; paths are relative to the file that names them$/,
  },
  // what is rolled, and how
  'no image to build': {
    files: withConfig((text) => text.replace('service: web', 'service: web, images: { web:2: { build: ./app } }')),
    says: /^images: web:2: build: there is no \S+\/app\/Dockerfile; paths are relative to the file that names them$/,
  },
  'an archive that is not there': {
    files: withConfig((text) => text.replace('service: web', 'service: web, images: { web:2: { archive: web.tar } }')),
    says: /^images: web:2: archive: there is no \S+\/web.tar; docker save -o FILE writes one$/,
  },
  'no container of this name': {
    files: transition('{ rolling: { image: web:2, container: sidecar } }'),
    says: /^transitions.0.rolling.container: web has no container sidecar; there are: app$/,
  },
  'a patch that is not there': {
    files: transition('{ rolling: { patch: more.yaml } }'),
    says: /^transitions.0.rolling.patch: there is no \S+\/more.yaml; paths are relative to the file that names them$/,
  },
  'manifests to apply that are not there': {
    files: transition('{ apply: more.yaml }'),
    says: /^transitions.0.apply: there is no \S+\/more.yaml; paths are relative to the file that names them$/,
  },
  'another Deployment that is not there': {
    files: withConfig((text) => text.replace('service: web', 'service: web, others: [api]')),
    says: /^service.others.0: the manifests have no Deployment api; there are: web$/,
  },
  'a canary that is not there': {
    files: transition('{ canary: { deployment: web-canary, steps: [1] } }'),
    says: /^transitions.0.canary.deployment: the manifests have no Deployment web-canary; there are: web$/,
  },
  'an unknown transition': {
    files: transition('{ rolback: {} }'),
    says: /^rollproof.yaml:2:17: transitions.0.rolback is no setting; did you mean rollback\?$/,
  },
  // the load
  'an unknown lane': {
    files: load('lanes: [fast]'),
    says: /^rollproof.yaml:3:17: load.lanes.0: there is no lane "fast": there are new, kept, kept-post, slow, stream, own$/,
  },
  'a target that is none': {
    files: load('target: web'),
    says: /^rollproof.yaml:3:17: load.target: it has to be service, nodePort, or a URL of scheme, host and port: http:\/\/localhost:8080$/,
  },
  'a script that is not there': {
    files: load('script: load.js'),
    says: /^load.script: there is no \S+\/load.js; paths are relative to the file that names them$/,
  },
  'a script that is no JavaScript': {
    files: { ...load('script: load.js'), 'load.js': 'export default function ( {' },
    says: /^load.script: \S+\/load.js:1: Unexpected end of input; it is read as a module of JavaScript$/,
  },
  'a status that is none': {
    files: load('good: [2000]'),
    says: /^rollproof.yaml:3:16: load.good.0: it has to be an HTTP status$/,
  },
  // the flags
  'no such command': {
    args: run('verfy'),
    says: /^unknown command 'verfy' \(Did you mean verify\?\) \(see rollproof --help\)$/,
  },
  'no such flag': {
    args: run('verify', '--rat', '60'),
    says: /^unknown option '--rat' \(Did you mean --rate\?\) \(see rollproof --help\)$/,
  },
  'a rate that is none': {
    files: config(CONFIG),
    args: run('verify', '--rate', '0'),
    says: /^option '--rate <n>' argument '0' is invalid. it has to be a whole number of at least 1. \(see rollproof --help\)$/,
  },
  'a file and flags': {
    files: config(CONFIG),
    args: run('verify', '-c', 'rollproof.yaml', '-f', 'web.yaml'),
    says: /^-c and -f: what is to be proven is said by a file or by flags; leave one of them out$/,
  },
  'a flag that needs another': {
    files: config(CONFIG),
    args: run('verify', '--in-place'),
    says: /^--in-place is for a run with --context$/,
  },
  'two Deployments, and none named': {
    files: { 'web.yaml': `${WEB}---\n${DEPLOYMENT.replace('name: web }', 'name: api }')}` },
    args: run('verify', '-f', 'web.yaml', '--image', 'web:2'),
    says: /^the manifests have 2 Deployments with a Service; name one with --deployment: web, api$/,
  },
  'a folder of runs that is a file': {
    files: { ...config(CONFIG), out: '' },
    args: run('verify', '--out', 'out'),
    says: /^--out: \S+\/out is no folder$/,
  },
  'a flag of kind for a cluster that is there': {
    files: config(CONFIG),
    args: run('verify', '--context', 'nowhere', '--kind-config', 'kind-config.yaml'),
    says: /^--kind-config is for a kind cluster, not for --context$/,
  },
  'no such context': {
    files: config(CONFIG),
    args: run('verify', '--context', 'nowhere'),
    env: { KUBECONFIG: 'none' },
    says: /^--context: the kubeconfig cannot be read: ENOENT: .* open 'none'; KUBECONFIG names another$/,
  },
  'no such scenario': {
    args: run('run', 'nothing like this'),
    says: /^no scenario matches "nothing like this"; nearest: ".*"; rollproof run --list names all \d+$/,
  },
  'a shard that is none': {
    args: run('run', '--shard', '5/4'),
    says: /^option '--shard <i\/n>' argument '5\/4' is invalid. it has to look like 1\/4. \(see rollproof --help\)$/,
  },
  'no such run': {
    args: run('judge', 'gone'),
    says: /^gone holds no history.jsonl.gz and no history.jsonl; name a run folder such as reports\/latest$/,
  },
  'a run that is none': {
    files: { 'run/verdict.json': '{}' },
    args: run('judge', 'run'),
    says: /^run holds no history.jsonl.gz and no history.jsonl; name a run folder such as reports\/latest$/,
  },
  'a report of no run': {
    args: run('report', 'gone'),
    says: /^gone is neither a run folder nor a folder of runs; name a run folder such as reports\/latest, or the parent of some$/,
  },
};

test.each(Object.entries(BAD))(
  '%s',
  { timeout: 180_000 },
  async (_, { files = {}, args = ['verify'], env = {}, says }) => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(home, path)), { recursive: true });
      writeFileSync(join(home, path), text);
    }
    const before = readdirSync(home, { recursive: true });
    const { exitCode, stdout, stderr } = await rollproofIn(home, args, env);
    expect(exitCode, stdout + stderr).toBe(3);
    expect(stderr).toMatch(/^rollproof: /);
    expect(stderr.slice('rollproof: '.length)).toMatch(says);
    expect(stderr.split('\n'), 'one line').toHaveLength(1);
    expect(readdirSync(home, { recursive: true }), 'nothing is left behind').toEqual(before);
  },
);

test('a Docker daemon whose clock is not this machine’s is refused, by doctor too', { timeout: 180_000 }, async () => {
  // On another machine, or in a VM. It answers at once, 7 s ahead.
  const docker = `#!/usr/bin/env node
    console.log(process.argv[2] === 'info' ? new Date(Date.now() + 7_000).toISOString() : '29.0.0');`;
  writeFileSync(join(home, 'docker'), docker, { mode: 0o755 });
  const env = { PATH: `${home}:${process.env['PATH']}` };
  const doctor = await rollproofIn(home, ['doctor'], env);
  expect(doctor.stdout).toMatch(
    /✘ Docker +29\.0\.0, but its clock is [1-7]\.\d s ahead of this machine's\n +set it by /,
  );
  const { exitCode, stderr } = await rollproofIn(home, ['run', 'smallest fix'], env);
  expect([doctor.exitCode, exitCode]).toEqual([3, 3]);
  expect(stderr).toContain('rollproof: the Docker daemon answers, but its clock is ');
});

/** Node by itself does not; bit 0 of the mask is signal 1. */
const hearsHangUps = (pid: number) => /^SigCgt:\t.*[13579bdf]$/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));

test.skipIf(!existsSync('/proc/self/status')).each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s before anything was begun: it says so, and exits as whatever is stopped',
  {
    timeout: 180_000,
  },
  async (signal) => {
    // It collects the scenarios, which takes seconds, and would print them.
    const listing = rollproofIn(home, ['run', '--list']);
    await expect.poll(() => hearsHangUps(listing.pid!), { timeout: 60_000, interval: 5 }).toBe(true);
    listing.kill(signal);
    const { exitCode, stdout, stderr } = await listing;
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 130, stdout: '', stderr: '\nrollproof: stopped' });
  },
);

test('whoever reads the output may go away: the command ends as it would have', { timeout: 180_000 }, async () => {
  const listing = rollproofIn(home, ['run', '--list']);
  listing.stdout.destroy();
  const { exitCode, stderr } = await listing;
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
});
