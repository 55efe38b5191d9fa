import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CannotRun } from '../errors.ts';
import { forCgroupV1, readKindConfig } from './kind-config.ts';

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
