import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { imageExists } from './debian.ts';
import { pull } from './published.ts';

/**
 * The path that most users take, against a registry on loopback: an image is pulled by digest, not built. Needs Docker,
 * and Go for the registry (crane's, from Go modules).
 */
const REGISTRY = '127.0.0.1:5017';
const CRANE = 'github.com/google/go-containerregistry/cmd/crane@v0.20.6';
const TAG = `${REGISTRY}/grafana/k6:1.8.1`;
let registry: ChildProcess;
let digest = '';

beforeAll(async () => {
  registry = spawn('go', ['run', CRANE, 'registry', 'serve', '--address', REGISTRY], {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  await once(registry.stderr!, 'data');
  for (let attempt = 0; ; attempt += 1) {
    const answer = await fetch(`http://${REGISTRY}/v2/`).catch(() => undefined);
    if (answer?.ok) break;
    if (attempt > 200) throw new Error('the registry did not come up within a minute');
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  const { stdout: empty } = await execa('docker', ['import', '-'], { input: Buffer.alloc(1024) });
  await execa('docker', ['tag', empty.trim(), TAG]);
  const { stdout } = await execa('docker', ['push', TAG]);
  digest = /sha256:[0-9a-f]{64}/.exec(stdout)![0];
  await execa('docker', ['rmi', '-f', TAG, empty.trim()]);
}, 120_000);

afterAll(async () => {
  if (registry?.pid !== undefined) process.kill(-registry.pid);
  vi.unstubAllEnvs();
  await execa('docker', ['rmi', '-f', `${REGISTRY}/grafana/k6@${digest}`], { reject: false });
});

test('an image is pulled by its digest', async () => {
  const ref = `${REGISTRY}/grafana/k6@${digest}`;
  vi.stubEnv('ROLLPROOF_K6_IMAGE', ref);
  expect(await imageExists(ref)).toBe(false);
  expect(await pull('k6', () => {})).toBe(ref);
  expect(await imageExists(ref)).toBe(true);
});

test('a mirror is asked for the published name', async () => {
  vi.stubEnv('ROLLPROOF_K6_IMAGE', '');
  vi.stubEnv('ROLLPROOF_REGISTRY', REGISTRY);
  expect(await pull('k6', () => {})).toBe(TAG);
  await execa('docker', ['rmi', '-f', TAG], { reject: false });
});

test('a digest that the registry does not have is not pulled, and an image that was asked for by name is an error', async () => {
  vi.stubEnv('ROLLPROOF_REGISTRY', REGISTRY);
  expect(await pull('node', () => {})).toBeUndefined();
  vi.stubEnv('ROLLPROOF_NODE_IMAGE', `${REGISTRY}/kindest/node:none`);
  await expect(pull('node', () => {})).rejects.toThrow(/ROLLPROOF_NODE_IMAGE=.*can be neither found nor pulled/);
});

test('`build` never pulls', async () => {
  vi.stubEnv('ROLLPROOF_K6_IMAGE', 'build');
  expect(await pull('k6', () => {})).toBeUndefined();
});
