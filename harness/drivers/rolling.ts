import { renameImage } from './images.ts';
import { rolledOut, type Transition } from './workload.ts';

/** A rolling update by `kubectl set image`, as people do it. */
export function rolling({ container, image }: { container: string; image: string }): Transition {
  const detail = `kubectl set image ${container}=${image}`;
  return {
    kind: 'rolling',
    detail,
    async drive(workload) {
      const { cluster, namespace, deployment } = workload;
      const args = ['-n', namespace, 'set', 'image', `deployment/${deployment}`, `${container}=${image}`];
      await workload.act('set-image', detail, () => cluster.kubectl(args));
      return rolledOut(workload);
    },
    withImages: (images) => rolling({ container, image: renameImage(image, images) }),
  };
}
