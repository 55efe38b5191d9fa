/** A Deployment, live or as it was applied, as far as it is read here. */
export interface LastApplied {
  apiVersion?: string;
  kind?: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  spec: { template: { spec: { containers: { name: string; image?: string }[] } } };
}

/**
 * What whoever keeps the manifest of a live Deployment has in a file: what was last applied. For one that was never
 * applied, what it is, without what the cluster wrote there.
 */
export function manifestOf({ metadata, spec }: LastApplied): LastApplied {
  const { name, namespace, labels, annotations = {} } = metadata;
  const applied = annotations[LAST_APPLIED];
  if (applied !== undefined) return JSON.parse(applied);
  const own = Object.fromEntries(Object.entries(annotations).filter(([key]) => key !== REVISION));
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, ...(namespace ? { namespace } : {}), ...(labels ? { labels } : {}), annotations: own },
    spec,
  };
}

/**
 * The same with another image in one container.
 *
 * @throws Error where there is no such container.
 */
export function withImage(of: LastApplied, { container, image }: { container: string; image: string }): LastApplied {
  const { template } = of.spec;
  const { containers } = template.spec;
  if (!containers.some(({ name }) => name === container))
    throw new Error(`the Deployment ${of.metadata.name} has no container ${container}`);
  const changed = containers.map((one) => (one.name === container ? { ...one, image } : one));
  return {
    ...of,
    spec: { ...of.spec, template: { ...template, spec: { ...template.spec, containers: changed } } },
  };
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const REVISION = 'deployment.kubernetes.io/revision';
