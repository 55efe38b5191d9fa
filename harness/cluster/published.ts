import { execa } from 'execa';
import { tryCommand } from './command.ts';

/** Images that others publish, pinned. kind's is the default of the kind release that is used, with its digest. */
const PUBLISHED = {
  node: 'kindest/node:v1.37.0@sha256:a1ed56cfb0e7b93589bdf97c8cd566405a265939e3620fc4f5de89adff580ae5',
  k6: 'grafana/k6:1.8.1',
} as const;

const OVERRIDES = { node: 'ROLLPROOF_NODE_IMAGE', k6: 'ROLLPROOF_K6_IMAGE' } as const;

/**
 * The name under which an image is looked for: the environment's own (ROLLPROOF_NODE_IMAGE, ROLLPROOF_K6_IMAGE), else
 * the published one, behind a mirror where ROLLPROOF_REGISTRY names one. `build` as a name says: never pull.
 */
export async function publishedImage(what: keyof typeof PUBLISHED): Promise<string | undefined> {
  const own = process.env[OVERRIDES[what]];
  if (own === 'build') return undefined;
  if (own) return own;
  const mirror = process.env.ROLLPROOF_REGISTRY;
  return mirror ? `${mirror.replace(/\/$/, '')}/${PUBLISHED[what]}` : PUBLISHED[what];
}

/** Pulls it; undefined where that is not possible. A network that is closed says no at once. */
export async function pull(
  what: keyof typeof PUBLISHED,
  progress: (text: string) => void,
): Promise<string | undefined> {
  const ref = await publishedImage(what);
  if (ref === undefined) return undefined;
  progress(`pulling ${ref}`);
  // A registry that does not answer at all would hang docker for minutes: ask for the manifest first.
  const reachable = (await tryCommand('docker', ['manifest', 'inspect', '--insecure', ref], 20_000)) !== undefined;
  const { failed } = await execa('docker', ['pull', '-q', ref], {
    reject: false,
    stdin: 'ignore',
    timeout: reachable ? 900_000 : 20_000,
  });
  if (failed && process.env[OVERRIDES[what]]) {
    throw new Error(`${OVERRIDES[what]}=${ref} can be neither found nor pulled`);
  }
  return failed ? undefined : ref;
}
