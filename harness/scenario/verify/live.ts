import type { StartedCluster } from '../../cluster/kind.ts';
import { namespaceExists } from '../../cluster/readiness.ts';
import { CannotRun } from '../../errors.ts';
import type { KubeObject } from '../../history/types.ts';
import { refuseWide } from '../namespace.ts';
import type { ManifestSource } from '../render.ts';
import { inFolder } from './definition-of.ts';
import { objectsIn } from './manifests.ts';
import type { Config } from './schema.ts';

/** The Deployments and the Services of a namespace, as they are. */
export async function liveObjects({ api }: Pick<StartedCluster, 'api'>, namespace: string): Promise<KubeObject[]> {
  const list = async (path: string, kind: string) => {
    const { items } = await api.get<{ items: KubeObject[] }>(path);
    // Of a list, the apiserver says the kind once for all.
    return items.map((one) => ({ ...one, kind }));
  };
  return [
    ...(await list(`/apis/apps/v1/namespaces/${namespace}/deployments`, 'Deployment')),
    ...(await list(`/api/v1/namespaces/${namespace}/services`, 'Service')),
  ];
}

/** What can be taken back again in a Deployment that lives. */
const REVERSIBLE = ['rolling', 'restart', 'rollback', 'pause-resume', 'scale'];

/** @throws CannotRun where a transition does what could not be taken back. */
export function checkReversible({ transitions = [] }: Config): void {
  for (const [index, transition] of transitions.entries()) {
    const [kind = ''] = Object.keys(transition);
    if (!REVERSIBLE.includes(kind))
      throw new CannotRun(`transitions.${index}.${kind}: not with --in-place: it could not be taken back`, {
        remedy: `there are: ${REVERSIBLE.join(', ')}`,
      });
  }
}

/** @throws CannotRun where a transition does something to more than the service: others' pods are on its nodes too. */
export function checkOwn({ transitions = [] }: Config): void {
  const index = transitions.findIndex((one) => 'drain' in one);
  if (index < 0) return;
  throw new CannotRun(`transitions.${index}.drain: not with --context: a node of that cluster is not ours to drain`, {
    remedy: 'on a cluster of rollproof’s own it is: leave --context out',
  });
}

interface Green {
  deployment: string;
  /** It is made, with this. */
  image?: string;
}

/**
 * On a cluster that is somebody's, transitions make nothing that stays there.
 *
 * @param folder what paths are relative to
 * @throws CannotRun where one would: something in no namespace; or, in a namespace that is there already, what the manifests
 *   do not have.
 */
export async function checkTakenAway(
  cluster: Pick<StartedCluster, 'api' | 'kubectl'>,
  { service, transitions = [] }: Config,
  folder: string,
): Promise<void> {
  const objects = (sources: ManifestSource[], field: string) =>
    objectsIn(
      sources.map((one) => inFolder(one, folder)),
      cluster,
      sources.map(() => field),
    );
  const key = ({ kind, metadata }: KubeObject) => `${kind} ${metadata?.name}`;
  const stays = service.namespace !== undefined && (await namespaceExists(cluster, service.namespace));
  const own = stays ? new Set((await objects(service.manifests ?? [], 'service.manifests')).map(key)) : undefined;
  const refuse = (field: string, what: string): never => {
    throw new CannotRun(
      `${field}: ${what} is not in service.manifests: in ${service.namespace} nobody would take it away`,
      {
        remedy:
          'put it there; or leave service.namespace out: a namespace of the run’s own goes with all that is in it',
      },
    );
  };
  for (const [index, one] of transitions.entries()) {
    const { apply, 'blue-green': green } = one as { apply?: ManifestSource; 'blue-green'?: Green };
    if (apply !== undefined) {
      const field = `transitions.${index}.apply`;
      const applied = await objects([apply], field);
      await refuseWide(cluster, applied, field);
      const other = own && applied.find((object) => !own.has(key(object)));
      if (other !== undefined) refuse(field, key(other));
    }
    const made = green?.image === undefined ? undefined : `Deployment ${green.deployment}`;
    if (made !== undefined && own?.has(made) === false) refuse(`transitions.${index}.blue-green.deployment`, made);
  }
}

/** @throws CannotRun where an image would have to be brought to nodes that are out of reach. */
export function checkImages({ service: { images = {} } }: Config, context: string): void {
  const [ref] = Object.entries(images).find(([, source]) => source !== 'auto') ?? [];
  if (ref === undefined) return;
  throw new CannotRun(`service.images: ${ref} can't be loaded into the cluster of ${context}`, {
    remedy: 'push it to where that pulls from, and leave service.images out',
  });
}
