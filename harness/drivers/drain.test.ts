import { expect, test } from 'vitest';
import { overtaken } from './combine.ts';
import { drain } from './drain.ts';
import { rolling } from './rolling.ts';
import { fakeWorkload, settledAt, wave } from './testing/fake.ts';

const node = (name: string, controlPlane = false) => ({
  metadata: { name, labels: controlPlane ? { 'node-role.kubernetes.io/control-plane': '' } : {} },
});
const pod = (name: string, nodeName: string, phase = 'Running') => ({
  metadata: { name },
  spec: { nodeName },
  status: { phase },
});
const NODES = [node('head', true), node('hand-b'), node('hand-a')];
const PODS = [
  pod('web-1', 'head'),
  pod('web-2', 'head'),
  pod('web-3', 'head'),
  pod('web-4', 'hand-a'),
  pod('web-5', 'hand-b'),
  pod('web-6', 'hand-b'),
  pod('web-7', 'hand-a', 'Failed'),
  pod('other-1', 'hand-a'),
  pod('other-2', 'hand-a'),
];
const deploymentOf = (name: string) => name.split('-')[0];

/** What the apiserver tells: nodes, the Deployment, and pods as they were and, once the node is drained, are. */
function answers(nodes = NODES, before = PODS, after = PODS.filter(({ spec }) => spec.nodeName !== 'hand-b')) {
  let drained = false;
  return {
    get: (path: string) => {
      if (path === '/api/v1/nodes') return { items: [...nodes] };
      return path.endsWith('/pods') ? { items: drained ? after : before } : { metadata: { generation: 2 } };
    },
    kubectl: ([verb]: string[]) => {
      if (verb === 'drain') drained = true;
      return `${verb} done`;
    },
  };
}

const FLAGS = '--ignore-daemonsets --delete-emptydir-data --timeout=120s';

test('the worker with most of its pods: labelled, cordoned, drained, and uncordoned in the end', async () => {
  const { workload, done, release } = fakeWorkload({ shows: [{ deploymentOf }], ...answers() });
  await drain().drive(workload);
  expect(done).toEqual([
    'kubectl label node hand-b dev.rollproof.cordoned=shop --overwrite',
    'kubectl cordon hand-b',
    `kubectl drain hand-b ${FLAGS}`,
  ]);
  await release();
  expect(done.slice(3)).toEqual(['kubectl uncordon hand-b', 'kubectl label node hand-b dev.rollproof.cordoned-']);
});

test('it ends when the Deployment is settled and none of its pods is left there, also none that came late', async () => {
  const late = [...PODS.filter(({ spec }) => spec.nodeName !== 'hand-b'), pod('web-8', 'hand-b')];
  const { workload } = fakeWorkload({ shows: [{ deploymentOf }], ...answers(NODES, PODS, late) });
  const { holds, what } = await drain().drive(workload);
  expect(what).toContain('no pod on hand-b');
  const alive = (...names: string[]) => ({ ...settledAt(2), alive: (name: string) => names.includes(name) });
  expect(holds(alive('web-5') as never)).toBe(false);
  expect(holds(alive('web-8') as never)).toBe(false);
  expect(holds(wave(1, 3, { alive: () => false }) as never)).toBe(false);
  expect(holds(alive('web-1') as never)).toBe(true);
});

test('a node by its name', async () => {
  const { workload, done } = fakeWorkload({ shows: [{ deploymentOf }], ...answers() });
  await drain({ node: 'hand-a', timeoutSeconds: 30 }).drive(workload);
  expect(done.at(-1)).toBe('kubectl drain hand-a --ignore-daemonsets --delete-emptydir-data --timeout=30s');
});

test('a drain that does not come to its end is an error, and the node is uncordoned all the same', async () => {
  const { get } = answers();
  const kubectl = ([verb]: string[]) => {
    if (verb !== 'drain') return '';
    throw Object.assign(new Error('exit code 1'), {
      stderr: 'will retry after 5s\nerror: global timeout reached: 2m0s',
    });
  };
  const { workload, done, release } = fakeWorkload({ shows: [{ deploymentOf }], get, kubectl });
  await expect(drain().drive(workload)).rejects.toThrow('global timeout reached');
  await release();
  expect(done).toContain('kubectl uncordon hand-b');
});

test('one node: there is no worker, and nothing is done', async () => {
  const { workload, done } = fakeWorkload({ shows: [{ deploymentOf }], ...answers([node('head', true)]) });
  await expect(drain().drive(workload)).rejects.toThrow('there is no worker to drain');
  expect(done).toEqual([]);
});

test('none of its pods on the node: an error, for nothing would be shown', async () => {
  const { workload, done } = fakeWorkload({
    shows: [{ deploymentOf }],
    ...answers(
      NODES,
      PODS.filter(({ spec }) => spec.nodeName === 'head'),
    ),
  });
  await expect(drain().drive(workload)).rejects.toThrow('web has no pod on hand-a');
  expect(done.some((one) => one.startsWith('kubectl drain'))).toBe(false);
});

test('in the middle of an update it is a transition of its own', async () => {
  const { workload, done } = fakeWorkload({ shows: [wave(4, 1), wave(2, 2, { deploymentOf })], ...answers() });
  await overtaken(rolling({ container: 'app', image: 'web:2' }), { wave: [2, 2] }, drain()).drive(workload);
  expect(done.slice(1, 3)).toEqual(['… until wave (2,2)', 'trigger drain: kubectl drain the worker with most pods']);
});
