import { readFileSync } from 'node:fs';
import { renameImages } from './images.ts';
import { kubectl } from './kubectl.ts';
import { rolledOut, type StartedWorkload, type Transition } from './workload.ts';

/**
 * Any manifests, by `kubectl apply`: of the Deployment in another version, or of what belongs to it. Its end is the
 * Deployment's, rolled out as it is then.
 *
 * @param path of a file: absolute, or relative to the working directory. It is read when the transition is driven.
 */
export function applyFile(path: string): Transition {
  return applied(`kubectl apply -f ${path}`, () => readFileSync(path, 'utf8'));
}

/** Any object, or several, by `kubectl apply`. */
export function apply(...manifests: object[]): Transition {
  const list = { apiVersion: 'v1', kind: 'List', items: manifests };
  return applied(`kubectl apply: ${manifests.map(told).join(', ')}`, () => JSON.stringify(list));
}

/** Manifests that are made when the transition is driven: from a chart, from a kustomization. */
export const applyRendered = (detail: string, render: (workload: StartedWorkload) => Promise<string>): Transition =>
  applied(detail, render);

function applied(detail: string, read: (workload: StartedWorkload) => string | Promise<string>): Transition {
  return {
    kind: 'apply',
    detail,
    async drive(workload) {
      await kubectl(workload, { action: 'apply', detail }, ['apply', '-f', '-'], { input: await read(workload) });
      return rolledOut(workload);
    },
    withImages: (images) => applied(detail, async (workload) => renameImages(await read(workload), images)),
  };
}

function told(manifest: object): string {
  const { kind = 'object', metadata } = manifest as { kind?: string; metadata?: { name?: string } };
  return `${kind.toLowerCase()}/${metadata?.name ?? ''}`;
}
