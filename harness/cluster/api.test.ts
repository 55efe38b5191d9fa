import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { ApiError, kubeApi } from './api.ts';

/** An apiserver that answers with what it was sent. */
async function echo(status = 200) {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { method, url, headers } = request;
    response.writeHead(status).end(JSON.stringify({ message: 'no', method, url, type: headers['content-type'], body }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const file = join(mkdtempSync(join(tmpdir(), 'rollproof-')), 'kubeconfig');
  const cluster = { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true };
  const context = { cluster: 'there', user: 'me' };
  writeFileSync(
    file,
    stringify({
      clusters: [{ name: 'there', cluster }],
      users: [{ name: 'me', user: {} }],
      contexts: [{ name: 'it', context }],
      'current-context': 'it',
    }),
  );
  return { api: kubeApi(file), [Symbol.dispose]: () => void server.close() };
}

const OPTIONS = { propagationPolicy: 'Background' };

test.each(['POST', 'PUT', 'PATCH', 'DELETE'] as const)('what is sent with %s arrives', async (method) => {
  using there = await echo();
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  expect(await there.api.send(method, '/apis/x', OPTIONS)).toMatchObject({
    method,
    type,
    body: JSON.stringify(OPTIONS),
  });
});

test('another type of patch, and nothing at all', async () => {
  using there = await echo();
  expect(await there.api.send('PATCH', '/x', OPTIONS, 15_000, 'application/json')).toMatchObject({
    type: 'application/json',
  });
  expect(await there.api.send('DELETE', '/x')).toMatchObject({ body: '' });
  expect(await there.api.get('/x', { a: 'b c' })).toMatchObject({ url: '/x?a=b+c' });
});

test('a no is an error with its code', async () => {
  using there = await echo(409);
  await expect(there.api.send('POST', '/x', OPTIONS)).rejects.toMatchObject({
    code: 409,
    message: 'POST /x: the apiserver answered 409: no',
  });
  await expect(there.api.get('/x')).rejects.toBeInstanceOf(ApiError);
});
