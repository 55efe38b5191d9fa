import type { ScenarioHistory } from '../history/select.ts';
import type { KubeObject, Nanos } from '../history/types.ts';

/** What somebody wrote into an object's spec, field by field. */
export interface Change {
  t: Nanos;
  kind: 'Deployment' | 'Service';
  name: string;
  fields: { path: string; from: string | undefined; to: string | undefined }[];
}

/**
 * Every change of the spec of the workload's Deployments and Services after they were first seen. Values of fields that
 * are known to be no secret are shown; of all others it is said only that they changed.
 */
export function changesOf(history: ScenarioHistory): Change[] {
  const { namespace } = history.started?.workload ?? {};
  const last = new Map<string, Map<string, string>>();
  const changes: Change[] = [];
  for (const one of history.observations) {
    if (one.type !== 'object' || one.namespace !== namespace || one.verb === 'deleted') continue;
    const { kind, name, uid, t, object } = one;
    if (kind !== 'Deployment' && kind !== 'Service') continue;
    const now = flat(object);
    const key = `${kind} ${uid}`;
    const before = last.get(key);
    last.set(key, now);
    if (before === undefined) continue;
    const paths = [...new Set([...before.keys(), ...now.keys()])].filter((path) => before.get(path) !== now.get(path));
    if (paths.length === 0) continue;
    const fields = paths.map((path) => ({ path, from: shown(path, before.get(path)), to: shown(path, now.get(path)) }));
    changes.push({ t, kind, name, fields });
  }
  return changes;
}

/** `spec` alone: what the controllers say is told elsewhere. Lists of named things by name, others by position. */
function flat({ spec }: KubeObject): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (value: unknown, path: string) => {
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) visit(item, `${path}[${nameOf(item) ?? index}]`);
    } else if (value !== null && typeof value === 'object') {
      for (const [key, inner] of Object.entries(value)) visit(inner, path === '' ? key : `${path}.${key}`);
    } else found.set(path, String(value));
  };
  visit(spec, '');
  return found;
}

function nameOf(item: unknown): string | undefined {
  const { name } = (item ?? {}) as { name?: unknown };
  return typeof name === 'string' ? name : undefined;
}

/** Fields that say how a rollout goes, none of which holds a secret. */
const OPEN =
  /(^|\.)(image|replicas|paused|type|protocol|port|targetPort|containerPort|path|maxSurge|maxUnavailable|\w+Seconds|\w+Threshold|restartPolicy|sleep\.seconds|kubectl\.kubernetes\.io\/restartedAt)$|(^|\.)(labels|selector|matchLabels)\./;
const CLOSED = /(^|\.)(env|envFrom|args|command|httpHeaders)(\[|\.|$)/;

const shown = (path: string, value: string | undefined): string | undefined =>
  value === undefined || (OPEN.test(path) && !CLOSED.test(path)) ? value : '…';
