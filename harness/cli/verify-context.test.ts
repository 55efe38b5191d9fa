import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ApiError } from '../cluster/api.ts';
import { checkImages, checkOwn, checkReversible, checkTakenAway } from '../scenario/verify/live.ts';
import { parseConfig } from '../scenario/verify/read-config.ts';
import { type ContextOptions, checkRights, consent, modeOf } from './verify-context.ts';

describe('flags that go together', () => {
  test.each<[ContextOptions, string]>([
    [{}, 'made'],
    [{ context: 'prod' }, 'made'],
    [{ context: 'prod', inPlace: true, leave: true, yes: true }, 'in-place'],
    [{ context: 'prod', observe: true, observeSeconds: 5 }, 'observe'],
  ])('%o', (options, mode) => {
    expect(modeOf(options)).toBe(mode);
  });

  test.each<[Parameters<typeof modeOf>[0], string]>([
    [{ inPlace: true }, '--in-place is for a run with --context'],
    [{ observe: true }, '--observe is for a run with --context'],
    [{ context: 'prod', leave: true }, '--leave is for a run with --in-place'],
    [{ context: 'prod', observeSeconds: 5 }, '--observe-seconds is for a run with --observe'],
    [{ context: 'prod', inPlace: true, observe: true }, '--in-place and --observe: either'],
    [{ context: 'prod', inPlace: true, proveFix: true }, '--prove-fix is not for --in-place: it rolls a copy'],
    [{ context: 'prod', observe: true, proveFix: true }, '--prove-fix is not for --observe'],
  ])('not %o', (options, words) => {
    expect(() => modeOf(options)).toThrow(words);
  });
});

test('nothing that lives is touched without a yes', async () => {
  await expect(consent('roll web', {})).rejects.toMatchObject({
    message: 'it is about to roll web, and there is no terminal to ask at',
    remedy: '--yes says yes',
  });
  await expect(consent('roll web', { yes: true })).resolves.toBeUndefined();
});

test('rights that are missing are named, and where a Role with them comes from', async () => {
  const asked: object[] = [];
  const api = {
    async send(_: string, __: string, body: { spec: { resourceAttributes: Record<string, string> } }) {
      const { resource, verb, namespace, subresource } = body.spec.resourceAttributes;
      asked.push({ resource, verb, namespace, subresource });
      return { status: { allowed: !(resource === 'jobs' || subresource === 'proxy') } };
    },
  };
  const called = { context: 'prod', kubectl: 'kubectl', cluster: { api } } as unknown as Parameters<
    typeof checkRights
  >[0];
  await expect(checkRights(called, 'in-place', 'shop')).rejects.toMatchObject({
    message:
      '--context: no right in the namespace shop to get jobs.batch, list jobs.batch, create jobs.batch, delete jobs.batch, patch pods/proxy',
    remedy: 'rollproof doctor --context prod --namespace shop prints a Role that has it',
  });
  expect(asked).toContainEqual({ resource: 'deployments', verb: 'patch', namespace: 'shop', subresource: undefined });
  asked.length = 0;
  await checkRights(called, 'observe', 'shop').catch(() => {});
  expect(asked).not.toContainEqual(expect.objectContaining({ resource: 'deployments', verb: 'patch' }));
});

const config = (text: string) =>
  parseConfig(`service: { manifests: k8s, deployment: web, service: web${text}`, 'rollproof.yaml');

test('a live Deployment is only changed in ways that can be taken back', () => {
  expect(() => checkReversible(config(' }\ntransitions: [restart: {}, scale: { replicas: 2 }]\n'))).not.toThrow();
  expect(() => checkReversible(config(' }\ntransitions: [restart: {}, drain: {}]\n'))).toThrow(
    'transitions.1.drain: not with --in-place: it could not be taken back',
  );
});

test('a node of a cluster that is there already is not drained', () => {
  expect(() => checkOwn(config(' }\ntransitions: [restart: {}]\n'))).not.toThrow();
  expect(() => checkOwn(config(' }\ntransitions: [restart: {}, drain: {}]\n'))).toThrow(
    'transitions.1.drain: not with --context',
  );
});

describe('what a transition makes is taken away again', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rollproof-'));
  const object = (kind: string, name: string, apiVersion = 'v1') =>
    JSON.stringify({ apiVersion, kind, metadata: { name } });
  writeFileSync(join(folder, 'k8s.json'), object('Service', 'web'));
  writeFileSync(join(folder, 'next.json'), object('Service', 'web'));
  writeFileSync(join(folder, 'more.json'), object('ConfigMap', 'more'));
  writeFileSync(join(folder, 'wide.json'), object('ClusterRole', 'reader', 'rbac/v1'));
  /** @param shop the namespace, where it is there */
  const looked = (transitions: string, namespace: string, shop?: { deletionTimestamp?: string }) => {
    const cluster = {
      api: {
        async get() {
          if (shop === undefined) throw new ApiError(404, 'GET', '{}');
          return { metadata: shop };
        },
      },
      kubectl: async () => 'clusterroles  rbac/v1  false  ClusterRole\n',
    } as unknown as Parameters<typeof checkTakenAway>[0];
    const service = `{ manifests: k8s.json, deployment: web, service: web${namespace} }`;
    const text = `service: ${service}\ntransitions: [${transitions}]\n`;
    return checkTakenAway(cluster, parseConfig(text, 'rollproof.yaml'), folder);
  };
  const SHOP = ', namespace: shop';
  const GREEN = '{ blue-green: { deployment: green, image: web:2 } }';

  test.each([
    ['{ apply: wide.json }', '', 'transitions.0.apply: ClusterRole reader is in no namespace'],
    ['{ restart: }, { apply: more.json }', SHOP, 'transitions.1.apply: ConfigMap more is not in service.manifests'],
    [GREEN, SHOP, 'transitions.0.blue-green.deployment: Deployment green is not in service.manifests'],
  ])('else it is refused: %s', async (transitions, namespace, words) => {
    await expect(looked(transitions, namespace, {})).rejects.toThrow(words);
  });

  test('what the manifests have is; and with a namespace of its own, or one that is just going, all that is in it', async () => {
    await looked('{ apply: next.json }', SHOP, {});
    for (const shop of [undefined, { deletionTimestamp: 'now' }]) {
      await looked(GREEN, SHOP, shop);
      await looked('{ apply: more.json }', SHOP, shop);
    }
    await looked(`{ apply: more.json }, ${GREEN}`, '', {});
  });
});

test('no image is brought to nodes that are out of reach', () => {
  const text = (source: string) => config(`, images: { "web:2": ${source} } }\ntransitions: [restart: {}]\n`);
  expect(() => checkImages(text('auto'), 'prod')).not.toThrow();
  expect(() => checkImages(text('local'), 'prod')).toThrow(
    "service.images: web:2 can't be loaded into the cluster of prod",
  );
});
