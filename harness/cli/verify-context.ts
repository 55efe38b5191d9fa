import { checkContext, openContext, ownKubectl } from '../cluster/existing.ts';
import type { StartedCluster } from '../cluster/kind.ts';
import { publishedImage } from '../cluster/published.ts';
import { type Mode, missingRights, rulesFor } from '../cluster/rights.ts';
import { sweepContexts } from '../cluster/sweep-context.ts';
import { CannotRun } from '../errors.ts';
import { contextSource } from '../scenario/cluster-source.ts';
import { ask, hasTerminal } from './ask.ts';
import type { Surroundings } from './run.ts';

/** What `verify` is told of a cluster that is somebody's. */
export interface ContextOptions {
  context?: string;
  inPlace?: boolean;
  leave?: boolean;
  observe?: boolean;
  observeSeconds?: number;
  yes?: boolean;
}

/** A cluster that is somebody's, once it answers. */
export interface CalledContext {
  context: string;
  cluster: StartedCluster;
  kubectl: string;
}

/** @throws CannotRun where the flags don't fit together. */
export function modeOf({
  context,
  inPlace,
  observe,
  leave,
  observeSeconds,
  yes,
  proveFix,
}: ContextOptions & { proveFix?: boolean }): Mode {
  const needs = (flag: string, given: unknown, what: string, there: unknown) => {
    if (given !== undefined && there === undefined) throw new CannotRun(`${flag} is for a run with ${what}`);
  };
  needs('--in-place', inPlace, '--context', context);
  needs('--observe', observe, '--context', context);
  needs('--yes', yes, '--context', context);
  needs('--leave', leave, '--in-place', inPlace);
  needs('--observe-seconds', observeSeconds, '--observe', observe);
  if (inPlace && observe)
    throw new CannotRun('--in-place and --observe: either rollproof drives the rollout, or somebody else does');
  if (proveFix && (inPlace || observe))
    throw new CannotRun(`--prove-fix is not for ${inPlace ? '--in-place' : '--observe'}: it rolls a copy, mended`, {
      remedy: 'where rollproof makes the service, with -f or service.manifests, it can make a copy',
    });
  return observe ? 'observe' : inPlace ? 'in-place' : 'made';
}

const KIND_FLAGS = {
  cluster: '--cluster',
  kindConfig: '--kind-config',
  exportLogs: '--export-logs',
  static: '--static',
  // Its images are built here.
  selfTest: '--self-test',
};

/** @throws CannotRun where a flag asks for what only a kind cluster has. */
export function refuseKindFlags(options: Partial<Record<keyof typeof KIND_FLAGS, unknown>>): void {
  for (const [key, flag] of Object.entries(KIND_FLAGS))
    if (options[key as keyof typeof KIND_FLAGS])
      throw new CannotRun(`${flag} is for a kind cluster, not for --context`);
}

export async function callContext(context: string): Promise<CalledContext> {
  // What is written wrong comes before what is not installed.
  checkContext(context);
  const kubectl = await ownKubectl();
  return { context, kubectl, cluster: await openContext(context, kubectl) };
}

/** @throws CannotRun that names the rights that are missing. */
export async function checkRights({ cluster, context }: CalledContext, mode: Mode, namespace?: string): Promise<void> {
  const missing = await missingRights(cluster.api, rulesFor(mode, namespace), namespace);
  if (missing.length === 0) return;
  const where = namespace === undefined ? 'in the whole cluster' : `in the namespace ${namespace}`;
  throw new CannotRun(`--context: no right ${where} to ${missing.join(', ')}`, {
    remedy: `rollproof doctor --context ${context}${namespace === undefined ? '' : ` --namespace ${namespace}`} prints a Role that has it`,
  });
}

/**
 * Before anything is touched that rollproof did not make, somebody has to say yes.
 *
 * @param what is about to be done: "roll the live Deployment web in shop"
 */
export async function consent(what: string, { yes }: ContextOptions): Promise<void> {
  if (yes) return;
  if (!hasTerminal())
    throw new CannotRun(`it is about to ${what}, and there is no terminal to ask at`, { remedy: '--yes says yes' });
  if (!(await ask(`rollproof is about to ${what}. Go ahead?`, 'no'))) throw new CannotRun('nothing was touched');
}

/** Where a run on somebody's cluster takes place. */
export async function onContext({ context, kubectl }: CalledContext, namespace?: string): Promise<Surroundings> {
  const k6Image = await publishedImage('k6');
  if (k6Image === undefined)
    throw new CannotRun('ROLLPROOF_K6_IMAGE=build: no image of this machine is in that cluster', {
      remedy: 'name one that it can pull',
    });
  const source = contextSource({ context, kubectl, k6Image, ...(namespace === undefined ? {} : { namespace }) });
  return { source, sweep: () => sweepContexts(kubectl) };
}
