import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CannotRun } from '../errors.ts';
import { forCgroupV1, readKindConfig, withNodes } from './kind-config.ts';

function file(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'rollproof-')), 'kind-config.yaml');
  writeFileSync(path, text);
  return path;
}

const GOOD = 'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n';

test('the configuration of this repository is a good one', () => {
  expect(readKindConfig('kind-config.yaml').nodes).toHaveLength(1);
});

test.each([
  ['no YAML', 'nodes: [', /is not YAML/],
  ['another kind', 'kind: Pod\napiVersion: v1\n', /kind: .*"Cluster"/],
  ['a wrong field', `${GOOD}nodes: 3\n`, /nodes: /],
  ['a role that does not exist', `${GOOD}nodes:\n  - role: master\n`, /nodes\.0\.role: .*control-plane/],
  ['a name', `${GOOD}name: mine\n`, /name: leave it out/],
  ['an empty file', '', /the file: /],
])('%s is refused in one line that names the file and the field', (_, text, message) => {
  const path = file(text);
  expect(() => readKindConfig(path)).toThrow(CannotRun);
  expect(() => readKindConfig(path)).toThrow(message);
  expect(() => readKindConfig(path)).toThrow(path);
});

test('a file that is not there is named', () => {
  expect(() => readKindConfig('/nowhere/kind.yaml')).toThrow('/nowhere/kind.yaml cannot be read');
});

test('the patch for cgroup v1 comes last and leaves the others', () => {
  const config = forCgroupV1(readKindConfig(file(`${GOOD}kubeadmConfigPatches: ["kind: KubeletConfiguration"]\n`)));
  expect(config.kubeadmConfigPatches).toEqual([
    'kind: KubeletConfiguration',
    expect.stringContaining('failCgroupV1: false'),
  ]);
});

const roles = (config: ReturnType<typeof readKindConfig>) => config.nodes?.map(({ role }) => role);
const workers = (count: number) => Array.from({ length: count }, () => 'worker');

test('for three nodes there are two workers, and the control plane takes pods', () => {
  const config = withNodes(readKindConfig('kind-config.yaml'), 3);
  expect(roles(config)).toEqual(['control-plane', ...workers(2)]);
  expect(config.nodes![0]!.kubeadmConfigPatches).toEqual([
    expect.stringMatching(/InitConfiguration\nnodeRegistration:\n {2}taints: \[\]/),
  ]);
  expect(config.kubeadmConfigPatches).toEqual(readKindConfig('kind-config.yaml').kubeadmConfigPatches);
});

test('a configuration with that many nodes is left as it is', () => {
  const config = readKindConfig(file(`${GOOD}nodes: [{role: worker}, {role: control-plane}]\n`));
  expect(withNodes(config, 2)).toBe(config);
  const none = readKindConfig(file(GOOD));
  expect(withNodes(none, 1)).toBe(none);
});

test('workers that there are come first, further ones are like the last; the control plane keeps its own patches', () => {
  const nodes =
    '[{role: worker, labels: {a: b}}, {role: control-plane, kubeadmConfigPatches: ["kind: JoinConfiguration"]}]';
  const config = withNodes(readKindConfig(file(`${GOOD}nodes: ${nodes}\n`)), 4);
  expect(roles(config)).toEqual(['control-plane', ...workers(3)]);
  expect(config.nodes!.slice(1).map((node) => node.labels)).toEqual([{ a: 'b' }, { a: 'b' }, { a: 'b' }]);
  expect(config.nodes![0]!.kubeadmConfigPatches).toHaveLength(2);
});

test('of a configuration with more nodes than asked for, the control plane and the first workers are left', () => {
  const config = readKindConfig(
    file(
      `${GOOD}nodes: [{role: control-plane}, {role: control-plane}, {role: worker, labels: {n: "1"}}, {role: worker}]\n`,
    ),
  );
  expect(roles(withNodes(config, 1))).toEqual(['control-plane']);
  expect(withNodes(config, 1).nodes![0]).not.toHaveProperty('kubeadmConfigPatches');
  expect(withNodes(config, 2).nodes![1]).toMatchObject({ role: 'worker', labels: { n: '1' } });
});

test('every node has room for 250 pods, and addresses for them', () => {
  const patches = readKindConfig('kind-config.yaml').kubeadmConfigPatches!.join('\n');
  const mask = Number(/node-cidr-mask-size: "(\d+)"/.exec(patches)?.[1]);
  expect(Number(/maxPods: (\d+)/.exec(patches)?.[1])).toBeLessThan(2 ** (32 - mask) - 2);
});
