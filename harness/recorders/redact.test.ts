import { expect, test } from 'vitest';
import { redactor } from './redact.ts';

const redact = redactor(new Uint8Array(32));

test('values of environment variables become hashes, names stay, and equal values look equal', () => {
  const pod = redact({
    kind: 'Pod',
    spec: {
      containers: [
        {
          name: 'app',
          env: [
            { name: 'PASSWORD', value: 'hunter2' },
            { name: 'AGAIN', value: 'hunter2' },
          ],
        },
      ],
    },
  });
  const env = (pod.spec as { containers: { env: { name: string; value: string }[] }[] }).containers[0]!.env;
  expect(JSON.stringify(pod)).not.toContain('hunter2');
  expect(env.map(({ name }) => name)).toEqual(['PASSWORD', 'AGAIN']);
  expect(env[0]!.value).toBe(env[1]!.value);
  expect(env[0]!.value).toMatch(/^hmac:[0-9a-f]{16}$/);
});

test('the last applied manifest and managedFields, which repeat the values, do not pass', () => {
  const object = redact({
    kind: 'Deployment',
    metadata: {
      name: 'web',
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"env":[{"value":"hunter2"}]}' },
      ...{ managedFields: [{ manager: 'kubectl' }] },
    },
  });
  expect(JSON.stringify(object)).not.toMatch(/hunter2|managedFields/);
});

test.each([
  ['a JWT in an event', 'failed with eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZG1pbiJ9.c2lnbmF0dXJl', 'eyJhbGci'],
  ['a bearer token in a command', 'curl -H "Authorization: Bearer abcdef0123456789"', 'abcdef0123456789'],
  ['a password in a URL', 'postgres://admin:hunter2@db:5432/app', 'hunter2'],
  ['a private key', 'loaded -----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\n-----END RSA PRIVATE KEY-----', 'MIIE'],
  ['a bootstrap token', 'kubeadm join --token abcdef.0123456789abcdef', '0123456789abcdef'],
])('%s is taken out', (_, message, secret) => {
  expect(JSON.stringify(redact({ kind: 'Event', message }))).not.toContain(secret);
});

test('what else may hold a secret: headers of probes, arguments, annotations, and a value that comes back in a message', () => {
  const redactOne = redactor(new Uint8Array(32));
  const pod = redactOne({
    kind: 'Pod',
    metadata: {
      annotations: { 'example.com/api-key': 'hunter2-key', 'deployment.kubernetes.io/revision': '3' },
    },
    spec: {
      containers: [
        {
          name: 'app',
          args: ['--db-password=hunter2-arg', '--verbose'],
          env: [{ name: 'PASSWORD', value: 'hunter2-env' }],
          readinessProbe: { httpGet: { httpHeaders: [{ name: 'Authorization', value: 'Basic hunter2-head' }] } },
        },
      ],
    },
  });
  const event = redactOne({ kind: 'Event', message: 'exec failed: psql -W hunter2-env: no such user' });
  expect(JSON.stringify([pod, event])).not.toContain('hunter2');
  expect(JSON.stringify(pod)).toContain('"deployment.kubernetes.io/revision":"3"');
  expect(JSON.stringify(pod)).toContain('--verbose');
});

test('the data of a Secret is hashed even where it is a plain word', () => {
  expect(redact({ kind: 'Secret', data: { key: 'cGxhaW4=' } }).data).toEqual({ key: expect.stringMatching(/^hmac:/) });
});
