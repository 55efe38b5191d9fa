import type { StartedCluster } from '../cluster/kind.ts';
import { createNamespace, freeNamespace, namespaceExists } from '../cluster/readiness.ts';
import { noteApplied } from '../cluster/state.ts';
import { CannotRun } from '../errors.ts';
import type { KubeObject } from '../history/types.ts';
import { reasonOf } from './reason.ts';

/** The namespace that a scenario works in. */
export interface ClaimedNamespace {
  name: string;
  /** Applies manifests there. In a namespace that was there already, nothing that is in it is touched. */
  apply(manifests: string, refusal: string): Promise<void>;
  /** Takes away what the scenario made. */
  release(): Promise<void>;
}

export interface Claim {
  cluster: StartedCluster;
  run: string;
  labels: Record<string, string>;
  /** The cluster is somebody's: a namespace of a given name may be there. */
  existing: boolean;
}

/**
 * A namespace of the scenario's own, or the one whose name was given. On a cluster that is somebody's, that one may be there
 * already: what is made in it is then taken away again one by one.
 *
 * @throws CannotRun where it can't be made, or is there and should not be.
 */
export async function claimNamespace(
  { cluster, run, labels, existing }: Claim,
  name: string,
  given: boolean,
): Promise<ClaimedNamespace> {
  const { kubectl } = cluster;
  if (given && existing && (await namespaceExists(cluster, name))) return shared(cluster, run, name);
  if (given) await freeNamespace(cluster, name);
  try {
    await createNamespace(cluster, name, labels);
  } catch (cause) {
    if (!existing || cause instanceof CannotRun) throw cause;
    throw new CannotRun(`a namespace can't be made: ${reasonOf(cause)}`, {
      remedy: 'service.namespace names one that is there; `rollproof doctor --context` says what rights either needs',
      cause,
    });
  }
  return {
    name,
    async apply(manifests, refusal) {
      if (existing) await refuseWide(cluster, JSON.parse(manifests).items);
      await applied(cluster, name, manifests, refusal);
    },
    async release() {
      await kubectl(['delete', 'namespace', name, '--ignore-not-found', '--wait=false']);
      if (!existing) await hurried(cluster, name);
    },
  };
}

/**
 * Nobody calls these pods any more, and everything that they could tell is written down: their grace periods would only
 * hold up the next scenario, which waits for them. Where they can't be hurried, it waits.
 */
const hurried = ({ api }: StartedCluster, namespace: string): Promise<unknown> =>
  api.send('DELETE', `/api/v1/namespaces/${namespace}/pods?gracePeriodSeconds=1`).catch(() => {});

/**
 * What is in no namespace, a ClusterRole, say, may be there already, would be changed, and would not go with the namespace.
 *
 * @param field what names the objects
 * @throws CannotRun where one of them is such.
 */
export async function refuseWide(
  { kubectl }: Pick<StartedCluster, 'kubectl'>,
  items: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>[],
  field = 'manifests',
): Promise<void> {
  // Where one of several apiservers does not answer, kubectl fails, and lists what the others have.
  const listed = await kubectl(['api-resources', '--namespaced=false', '--no-headers']).catch(
    (error: { stdout?: unknown }) => String(error.stdout ?? ''),
  );
  // Whoever lists none has not been told: a Namespace is one.
  if (listed.trim() === '')
    throw new CannotRun(`${field}: the cluster does not say which kinds are in no namespace`, {
      remedy: '`kubectl api-resources` says why',
    });
  // NAME [SHORTNAMES] APIVERSION NAMESPACED KIND
  const wide = new Set(listed.split('\n').map((line) => line.trim().split(/\s+/).slice(-3).join(' ')));
  const found = items.find(({ apiVersion, kind }) => wide.has(`${apiVersion} false ${kind}`));
  if (found === undefined) return;
  throw new CannotRun(
    `${field}: ${found.kind} ${found.metadata?.name} is in no namespace, and nothing of a cluster that is there already is changed`,
    { remedy: 'leave it out of the manifests, and apply it yourself where it is not there yet' },
  );
}

function shared(cluster: StartedCluster, run: string, name: string): ClaimedNamespace {
  const made: string[] = [];
  const names = new Set<string>();
  return {
    name,
    async apply(manifests, refusal) {
      const there = await cluster.kubectl(['get', '-n', name, '-f', '-', '--ignore-not-found', '-o', 'name'], {
        input: manifests,
      });
      // What the environment and the service both have, the environment has made.
      const others = there.split('\n').filter((line) => line !== '' && !names.has(line));
      if (others.length > 0)
        throw new CannotRun(`service.namespace: ${name} has ${others.join(', ')} already`, {
          remedy: 'another namespace; or --in-place, to roll what is there',
        });
      // Before they are: a run that is killed then has them taken away by the next.
      made.push(manifests);
      noteApplied(run, made);
      const output = await applied(cluster, name, manifests, refusal);
      for (const line of output.split('\n')) names.add(line);
    },
    async release() {
      for (const input of made.toReversed())
        await cluster.kubectl(['delete', '-n', name, '-f', '-', '--ignore-not-found', '--wait=false'], { input });
    },
  };
}

/** @returns "deployment.apps/web" and the like, a line each */
async function applied(cluster: StartedCluster, namespace: string, input: string, refusal: string): Promise<string> {
  try {
    return await cluster.kubectl(['apply', '-n', namespace, '-f', '-', '-o', 'name'], { input });
  } catch (cause) {
    throw new CannotRun(`${refusal}: ${reasonOf(cause)}`, { cause });
  }
}
