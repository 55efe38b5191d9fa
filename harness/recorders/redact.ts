import { createHmac, randomBytes } from 'node:crypto';
import type { KubeObject } from '../history/types.ts';

/** Takes secrets out of an object before it is written anywhere. */
export interface Redactor {
  (object: KubeObject): KubeObject;
  /** Takes tokens, and the values that were found in objects so far, out of a text such as a log. */
  text(text: string): string;
}

/**
 * Names stay, values of environment variables, headers and annotations that are not Kubernetes' own become keyed hashes:
 * equal values still look equal within the scenario, and
 * the key is never written, so that they cannot be guessed from the history. Tokens are replaced wherever they stand.
 */
export function redactor(key: Uint8Array = randomBytes(32)): Redactor {
  const hash = (value: string) => `hmac:${createHmac('sha256', key).update(value).digest('hex').slice(0, 16)}`;

  /** Values of environment variables that were seen: they may come back in a message. */
  const secrets = new Set<string>();
  const hidden = (value: string) => {
    if (value.length >= SHORTEST_SECRET) secrets.add(value);
    return hash(value);
  };
  const scrub = (text: string) =>
    [...secrets].reduce((rest, secret) => rest.replaceAll(secret, hash(secret)), scrubTokens(text, hash));

  function visit(value: unknown, path: string[]): unknown {
    if (typeof value === 'string')
      return ARGUMENTS.has(path.at(-1) ?? '') ? scrub(argument(value, hash)) : scrub(value);
    if (Array.isArray(value)) return value.map((item) => visit(item, path));
    if (value === null || typeof value !== 'object') return value;
    const entries = Object.entries(value).flatMap(([name, inner]): [string, unknown][] => {
      if (path.length === 1 && path[0] === 'metadata' && name === 'managedFields') return [];
      if (name === LAST_APPLIED && typeof inner === 'string') return [[name, hash(inner)]];
      if (path.at(-1) === 'env' && name === 'value' && typeof inner === 'string') return [[name, hidden(inner)]];
      if (path.at(-1) === 'httpHeaders' && name === 'value' && typeof inner === 'string')
        return [[name, hidden(inner)]];
      if (path.at(-1) === 'annotations' && typeof inner === 'string' && !KUBERNETES_OWN.test(name))
        return [[name, hash(inner)]];
      return [[name, visit(inner, [...path, name])]];
    });
    return Object.fromEntries(entries);
  }

  const redact = (object: KubeObject): KubeObject => {
    const clean = visit(object, []) as KubeObject;
    if (object.kind !== 'Secret') return clean;
    for (const field of ['data', 'stringData']) {
      const data = clean[field];
      if (data !== null && typeof data === 'object') {
        clean[field] = Object.fromEntries(Object.entries(data).map(([name, value]) => [name, hash(String(value))]));
      }
    }
    return clean;
  };
  return Object.assign(redact, { text: scrub });
}

/** A shorter value ("1", "true", "info") is no secret, and is found everywhere. */
const SHORTEST_SECRET = 8;
const ARGUMENTS = new Set(['args', 'command']);
/** Annotations that Kubernetes itself makes and reads: the revision of a ReplicaSet, why a pod was rolled. */
const KUBERNETES_OWN = /(^|\.)(kubernetes|k8s)\.io\//;

/** `--db-password=…`, `API_KEY=…`: the name stays. */
function argument(text: string, hash: (value: string) => string): string {
  return text.replace(
    /((?:password|passwd|secret|token|credential|api-?_?key|access-?_?key)[\w-]*[= ])(\S+)/gi,
    (_, name: string, value: string) => `${name}${hash(value)}`,
  );
}

/** It repeats the whole manifest, environment values and all. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** JSON Web Tokens, bearer tokens, kubeadm bootstrap tokens, userinfo in URLs, private keys. */
const TOKENS = [
  /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g,
  /(?<=\b(?:[Bb]earer|[Bb]asic) )[\w.~+/=-]{8,}/g,
  /\b[a-z0-9]{6}\.[a-z0-9]{16}\b/g,
  /(?<=:\/\/)[^/\s@]+(?=@)/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
];

function scrubTokens(text: string, hash: (value: string) => string): string {
  return TOKENS.reduce((rest, pattern) => rest.replace(pattern, hash), text);
}
