/** A Deployment as the apiserver has it, as far as a copy of it is changed. */
export interface LiveDeployment {
  metadata: { name: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  spec: {
    selector: { matchLabels?: Record<string, string> };
    template: {
      metadata?: { labels?: Record<string, string> };
      spec: { containers: { name: string; image?: string }[] };
    };
  };
}

export interface Differences {
  name: string;
  /** Added to its own, to its selector and to its pods, or in place of those that are there. */
  labels: Record<string, string>;
  image: string;
  /** Whose image it is. Default: the first. */
  container?: string;
}

/**
 * Another Deployment like a live one, but for its name, some labels and an image: as an object to apply.
 *
 * @throws Error where there is no such container.
 */
export function twinOf({ metadata, spec }: LiveDeployment, { name, labels, image, container }: Differences): object {
  const { template } = spec;
  const { containers } = template.spec;
  const changed = container ?? containers[0]?.name;
  if (!containers.some((one) => one.name === changed))
    throw new Error(`the Deployment ${metadata.name} has no container ${changed}`);
  const own = Object.entries(metadata.annotations ?? {}).filter(([key]) => !NOT_ITS_OWN.has(key));
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, labels: { ...metadata.labels, ...labels }, annotations: Object.fromEntries(own) },
    spec: {
      ...spec,
      selector: { ...spec.selector, matchLabels: { ...spec.selector.matchLabels, ...labels } },
      template: {
        ...template,
        metadata: { ...template.metadata, labels: { ...template.metadata?.labels, ...labels } },
        spec: {
          ...template.spec,
          containers: containers.map((one) => (one.name === changed ? { ...one, image } : one)),
        },
      },
    },
  };
}

/** What the controller and kubectl wrote there about the other one. */
const NOT_ITS_OWN = new Set([
  'deployment.kubernetes.io/revision',
  'kubectl.kubernetes.io/last-applied-configuration',
  'kubernetes.io/change-cause',
]);
