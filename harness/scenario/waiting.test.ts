import { expect, test } from 'vitest';
import { waitingOf } from './waiting.ts';

const waiting = (reason: string, message?: string, more: object = {}) => ({
  status: { containerStatuses: [{ name: 'app', state: { waiting: { reason, message } }, ...more }] },
});

test.each([
  [
    'an image that nobody has',
    waiting('ImagePullBackOff', 'Back-off pulling image "web:3"'),
    'container app: ImagePullBackOff: Back-off pulling image "web:3"',
    true,
  ],
  [
    'a Secret that is not there',
    waiting('CreateContainerConfigError', 'secret "db" not found'),
    'container app: CreateContainerConfigError: secret "db" not found',
    true,
  ],
  [
    'the first failure of a pull, which may be the network',
    waiting('ErrImagePull', 'EOF'),
    'container app: ErrImagePull: EOF',
    false,
  ],
  [
    'a container that ends again and again: what it waits for may yet come',
    waiting('CrashLoopBackOff', 'back-off 10s', { lastState: { terminated: { exitCode: 3 } } }),
    'container app: CrashLoopBackOff: it ended with exit code 3',
    false,
  ],
  [
    'no room',
    {
      status: {
        conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/1 nodes' }],
      },
    },
    'Unschedulable: 0/1 nodes',
    false,
  ],
  [
    'an init container, which comes first',
    {
      status: {
        initContainerStatuses: [{ name: 'wait', state: { waiting: { reason: 'InvalidImageName' } } }],
        containerStatuses: [{ name: 'app', state: { waiting: { reason: 'PodInitializing' } } }],
      },
    },
    'container wait: InvalidImageName',
    true,
  ],
])('%s', (_, pod, words, hopeless) => {
  expect(waitingOf(pod)).toEqual({ words, hopeless });
});

test('a pod that is on its way waits for nothing', () => {
  expect(waitingOf({})).toBeUndefined();
  expect(waitingOf(waiting('ContainerCreating'))).toBeUndefined();
  expect(waitingOf({ status: { containerStatuses: [{ name: 'app', state: { running: {} } }] } })).toBeUndefined();
});

test('a long message is cut, and stays one line', () => {
  const { words } = waitingOf(waiting('ImagePullBackOff', `a\nb ${'x'.repeat(500)}`))!;
  expect(words).toMatch(/^container app: ImagePullBackOff: a b x+…$/);
  expect(words).toHaveLength(241);
});
