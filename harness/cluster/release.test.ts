import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { downloadRelease } from './release.ts';

const BINARY = Buffer.from('#!/bin/sh\necho kind v0.33.0\n');
const SUM = createHash('sha256').update(BINARY).digest('hex');

/** A server on loopback that has the files given, by path. */
async function serving<T>(files: Record<string, string | Buffer>, use: (url: string) => Promise<T>): Promise<T> {
  const server = createServer((request, response) => {
    const body = files[request.url ?? ''];
    response.writeHead(body === undefined ? 404 : 200).end(body);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/kind`);
  } finally {
    server.close();
  }
}

const target = () => join(mkdtempSync(join(tmpdir(), 'rollproof-release-')), 'bin/kind');

test('a release with the right checksum becomes an executable', async () => {
  const path = target();
  const files = { '/kind': BINARY, '/kind.sha256sum': `${SUM}  kind-linux-amd64\n` };
  expect(await serving(files, (url) => downloadRelease(url, path))).toBe(true);
  expect(readFileSync(path)).toEqual(BINARY);
  expect(statSync(path).mode & 0o111).not.toBe(0);
});

test('one with another checksum is refused, and nothing of it stays', async () => {
  const path = target();
  const files = { '/kind': BINARY, '/kind.sha256sum': `${'0'.repeat(64)}  kind\n` };
  await expect(serving(files, (url) => downloadRelease(url, path))).rejects.toThrow(/SHA-256 .* but 0+ is published/);
  expect(existsSync(path)).toBe(false);
});

test.each([
  ['there is no release', {}],
  ['there is no checksum', { '/kind': BINARY }],
])('where %s, another way has to be found', async (_, files) => {
  expect(await serving(files, (url) => downloadRelease(url, target()))).toBe(false);
});

test('where nobody answers, too', async () => {
  expect(await downloadRelease('http://127.0.0.1:1/kind', target())).toBe(false);
});
