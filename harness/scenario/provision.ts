import { createHash } from 'node:crypto';
import type { Workload } from '../history/types.ts';
import type { RunContext } from './context.ts';
import type { ScenarioDefinition } from './definition.ts';
import { claimNamespace } from './namespace.ts';
import { openPlace, type Place } from './place.ts';
import { deploy } from './service.ts';

/** What a scenario needs before anything is recorded: a namespace, the images, the manifests. */
export interface Provisioned extends AsyncDisposable {
  place: Place;
  /** It need not be up. */
  workload: Workload;
}

export interface Provision {
  name: string;
  definition: Pick<ScenarioDefinition, 'given'>;
  context: RunContext;
  /** Ends the making of it. */
  signal: AbortSignal;
}

/** Disposed of, it takes away what was made (unless that is kept). Where something can't be made, nothing is left. */
export async function provision(
  { name, definition: { given }, context, signal }: Provision,
  progress: (text: string) => void = () => {},
  open: (context: RunContext, signal?: AbortSignal) => Promise<Place> = openPlace,
): Promise<Provisioned> {
  const place = await open(context, signal);
  await using releases = new AsyncDisposableStack();
  const { run, labels } = context;
  const claim = { cluster: place.cluster, run, labels, existing: place.existing };
  const claimed = await claimNamespace(claim, namespaceOf(context, name, given), given.namespace !== undefined);
  if (!context.keep) releases.defer(() => claimed.release());
  const workload = await deploy(place.cluster, given, claimed, progress, {
    ready: () => mayApply(place, given),
    signal,
  });
  const made = releases.move();
  return { place, workload, [Symbol.asyncDispose]: () => made.disposeAsync() };
}

/**
 * What a sample service needs of a cluster is known: its pods may wait for their one node, and of several for all, or they
 * would all go to the first. One's own may look up a name as it starts, and never try again.
 */
export async function mayApply(
  place: Pick<Place, 'nodesReady' | 'control'> & { cluster: Pick<Place['cluster'], 'nodes'> },
  { ownImages }: Pick<Provision['definition']['given'], 'ownImages'>,
): Promise<void> {
  if (ownImages !== undefined) await place.control();
  else if (place.cluster.nodes.length !== 1) await place.nodesReady();
}

/** The one that was asked for, or one of the scenario's own. */
export const namespaceOf = (
  { run }: Pick<RunContext, 'run'>,
  name: string,
  { namespace }: Pick<ScenarioDefinition['given'], 'namespace'>,
): string => namespace ?? namespaceFor(run, name);

/** A namespace's name: 63 characters of [a-z0-9-] at most. Two scenarios never share one, nor do two runs. */
export function namespaceFor(run: string, name: string): string {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 40);
  return `${slug}-${createHash('sha256').update(`${run} ${name}`).digest('hex').slice(0, 4)}`.replace(/-+/g, '-');
}
