import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** How long a server may take to begin with its answer, and to bring all of it: a closed network says no at once. */
const BUDGET_MS = { answer: 5_000, whole: 120_000 };

/**
 * Downloads a released binary and compares it with the SHA-256 that is published beside it (`<url>.sha256sum`).
 *
 * @returns false where the release can't be had here.
 * @throws Error where it was had and its checksum is another: that is never a reason to go on by other means.
 */
export async function downloadRelease(url: string, target: string): Promise<boolean> {
  const [sum, binary] = await Promise.all([fetchBytes(`${url}.sha256sum`), fetchBytes(url)]);
  if (sum === undefined || binary === undefined) return false;
  const wanted = sum.toString('utf8').trim().split(/\s+/)[0];
  const found = createHash('sha256').update(binary).digest('hex');
  if (wanted !== found) throw new Error(`${url} has the SHA-256 ${found}, but ${wanted} is published: not used`);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(`${target}.partial`, binary);
  chmodSync(`${target}.partial`, 0o755);
  renameSync(`${target}.partial`, target);
  return true;
}

async function fetchBytes(url: string): Promise<Buffer | undefined> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), BUDGET_MS.answer);
  try {
    const response = await fetch(url, {
      signal: AbortSignal.any([controller.signal, AbortSignal.timeout(BUDGET_MS.whole)]),
    });
    clearTimeout(timer);
    return response.ok ? Buffer.from(await response.arrayBuffer()) : undefined;
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
