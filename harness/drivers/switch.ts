import type { LiveDeployment } from './twin.ts';
import { deploymentPath, type StartedWorkload, type WorkloadView } from './workload.ts';

/**
 * Switches the Service's selector to a Deployment's pods, by `kubectl patch`.
 *
 * @throws Error where the selector can't tell them from those that it asks for now.
 */
export async function switchTo(workload: StartedWorkload, deployment: string): Promise<void> {
  const { cluster, namespace, service } = workload;
  const [{ spec: now }, { spec: other }] = await Promise.all([
    cluster.api.get<{ spec: { selector?: Record<string, string> } }>(
      `/api/v1/namespaces/${namespace}/services/${service}`,
    ),
    cluster.api.get<LiveDeployment>(deploymentPath({ namespace, deployment })),
  ]);
  const selector = selectorFor(now.selector ?? {}, other.template.metadata?.labels ?? {}, deployment);
  const patch = JSON.stringify({ spec: { selector } });
  const args = ['patch', `service/${service}`, '--type=merge', `--patch=${patch}`];
  await workload.act('switch', `kubectl patch service/${service} ${patch}`, () =>
    cluster.kubectl(['-n', namespace, ...args]),
  );
}

/** The same labels as a selector asks for now, with the values that a Deployment's pods have. */
export function selectorFor(
  now: Record<string, string>,
  labels: Record<string, string>,
  deployment: string,
): Record<string, string> {
  const asked = Object.keys(now);
  const missing = asked.find((label) => labels[label] === undefined);
  if (missing !== undefined)
    throw new Error(`the Service's selector asks for the label ${missing}, which the pods of ${deployment} don't have`);
  if (asked.every((label) => now[label] === labels[label]))
    throw new Error(`the Service's selector (${asked.join(', ')}) asks for the pods of ${deployment} already`);
  return Object.fromEntries(asked.map((label) => [label, labels[label]!]));
}

type Pods = ReturnType<WorkloadView['pods']>;

/** As many as it wants are ready, and have been for minReadySeconds. */
export const isUp = (pods: Pods): boolean =>
  pods !== undefined && pods.wanted > 0 && pods.ready === pods.wanted && pods.available >= pods.wanted;

export const isGone = (pods: Pods): boolean =>
  pods === undefined || pods.wanted + pods.ready + pods.available + pods.terminating === 0;

/** The Service's ready endpoints are all pods of one Deployment, and none of the other's. */
export function endpointsAre(now: WorkloadView, { of, not }: { of: string; not: string }): boolean {
  const wanted = now.pods(of)?.wanted ?? 0;
  return wanted > 0 && now.endpoints(of) >= wanted && now.endpoints(not) === 0;
}
