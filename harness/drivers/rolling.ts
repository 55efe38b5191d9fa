import { edit } from './edit.ts';
import { renameImage } from './images.ts';
import { KubectlRefused, kubectl } from './kubectl.ts';
import { type LastApplied, manifestOf, withImage } from './manifest.ts';
import { deploymentPath, rolledOut, type StartedWorkload, type Transition } from './workload.ts';

export type Rolling = {
  container: string;
  image: string;
  /** Written to the annotation kubernetes.io/change-cause after the update, as `rollout history` shows it. */
  changeCause?: string;
} & (
  | {
      by?: 'set-image';
      /** With `--record`. Where kubectl refuses that, the history says so, and the update is done without it. */
      record?: boolean;
    }
  | {
      /**
       * `edit`: through an editor that changes the image only. `patch`: a strategic merge patch of the image only.
       * `apply`: the manifest that was last applied, with another image. `api`: PATCH without kubectl.
       */
      by: 'edit' | 'patch' | 'apply' | 'api';
    }
);

/** A rolling update: `kubectl set image`, as people do it, unless another way is named. Only the image changes. */
export function rolling(options: Rolling): Transition {
  const { container, image, by = 'set-image', changeCause } = options;
  const { detail, write } = WAYS[by];
  const told = `${detail}${container}=${image}${recorded(options) ? ' --record' : ''}`;
  return {
    kind: 'rolling',
    detail: told,
    async drive(workload) {
      await write(workload, options, told);
      if (changeCause !== undefined) await annotate(workload, changeCause);
      return rolledOut(workload);
    },
    withImages: (images) => rolling({ ...options, image: renameImage(image, images) }),
  };
}

interface Way {
  /** Before "app=web:2.0.0". */
  detail: string;
  write(workload: StartedWorkload, options: Rolling, detail: string): Promise<unknown>;
}

const WAYS: Record<NonNullable<Rolling['by']>, Way> = {
  'set-image': {
    detail: 'kubectl set image ',
    async write(workload, options, detail) {
      const { container, image } = options;
      const args = ['set', 'image', `deployment/${workload.deployment}`, `${container}=${image}`];
      try {
        const flags = recorded(options) ? ['--record'] : [];
        return await kubectl(workload, { action: 'set-image', detail }, [...args, ...flags]);
      } catch (error) {
        if (!(recorded(options) && error instanceof KubectlRefused)) throw error;
        return kubectl(workload, { action: 'set-image', detail: detail.replace(' --record', '') }, args);
      }
    },
  },
  edit: { detail: 'kubectl edit: ', write: edit },
  patch: {
    detail: 'kubectl patch: ',
    write(workload, { container, image }, detail) {
      const change = { spec: { template: { spec: { containers: [{ name: container, image }] } } } };
      const flags = ['--type=strategic', `--patch=${JSON.stringify(change)}`];
      return kubectl(workload, { action: 'patch', detail }, ['patch', `deployment/${workload.deployment}`, ...flags]);
    },
  },
  apply: {
    detail: 'kubectl apply: ',
    async write(workload, change, detail) {
      const live = await workload.cluster.api.get<LastApplied>(deploymentPath(workload));
      const input = JSON.stringify(withImage(manifestOf(live), change));
      return kubectl(workload, { action: 'apply', detail }, ['apply', '-f', '-'], { input });
    },
  },
  api: {
    detail: 'PATCH: ',
    async write(workload, change, detail) {
      const path = deploymentPath(workload);
      const { spec } = withImage(await workload.cluster.api.get<LastApplied>(path), change);
      // A JSON merge patch takes lists as a whole.
      const { containers } = spec.template.spec;
      const body = { spec: { template: { spec: { containers } } } };
      await workload.act('api', detail, async () => void (await workload.cluster.api.send('PATCH', path, body)));
    },
  },
};

const recorded = (options: Rolling): boolean => 'record' in options && options.record === true;

async function annotate(workload: StartedWorkload, cause: string): Promise<void> {
  const annotation = `kubernetes.io/change-cause=${cause}`;
  const args = ['annotate', `deployment/${workload.deployment}`, annotation, '--overwrite'];
  await kubectl(workload, { action: 'annotate', detail: `kubectl annotate ${annotation}` }, args);
}
