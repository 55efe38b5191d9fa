import { Readable } from 'node:stream';
import { afterEach, expect, test, vi } from 'vitest';
import { ApiError, type KubeApi } from '../cluster/api.ts';
import { k6InCluster } from './job.ts';
import type { LaneScript } from './lane-script.ts';

interface Script extends LaneScript {
  body: string;
}
const SCRIPT = { name: 'kept-post', body: 'costs $$5, $(HOME)' } as unknown as Script;

interface State {
  running?: object;
  terminated?: { exitCode: number };
}

/** A cluster in which a Job has a pod whose k6 is in one of these states after the other, beside a proxy that runs; or none. */
function clusterWith(
  states: State[],
  { logs = [], events = [] }: { logs?: (string | Error)[]; events?: string[] } = {},
) {
  const sent: { method: string; path: string; body: unknown }[] = [];
  const asked: string[] = [];
  let deleted = false;
  const proxy = { name: 'istio-proxy', state: { running: {} } };
  const pod = () => {
    if (deleted) throw new ApiError(404, 'GET', '{}');
    const state = states.length > 1 ? states.shift() : states[0];
    const containerStatuses = [proxy, { name: 'k6', state }];
    return { metadata: { name: 'k6-pod' }, status: { containerStatuses } };
  };
  const api = {
    async get(path: string, query?: { fieldSelector?: string }) {
      asked.push(path);
      if (path.endsWith('/events')) return { items: events.map((message) => ({ message })), query };
      if (path.endsWith('/pods')) return { items: states.length === 0 ? [] : [pod()] };
      return pod();
    },
    async send(method: string, path: string, body: unknown) {
      sent.push({ method, path, body });
      if (method === 'DELETE' && path.endsWith('/k6-pod')) deleted = true;
    },
    async open() {
      const log = logs.shift() ?? '';
      if (log instanceof Error) throw log;
      return Readable.from([log]);
    },
  } as unknown as KubeApi;
  const place = { api, namespace: 'shop', image: 'k6', labels: {}, prefix: 'r1', signal: new AbortController().signal };
  return { sent, asked, begin: (onLine = (_: string) => {}) => k6InCluster(place)(SCRIPT, onLine) };
}

afterEach(() => {
  vi.useRealTimers();
});

test('whatever is injected into its pod, it is k6 that is waited for, whose log is read, and whose exit code counts', async () => {
  const states = [{}, { running: {} }, { running: {} }, { terminated: { exitCode: 99 } }];
  const lines: string[] = [];
  // Of a container that has not begun, the apiserver has no log yet.
  const logs = [new ApiError(400, 'GET', '{}'), 'one\ntwo\n'];
  const { asked, begin } = clusterWith(states, { logs });
  const k6 = await begin((line) => lines.push(line));
  expect(asked).toHaveLength(2);
  expect(await k6.ended).toBe(99);
  expect(lines).toEqual(['one', 'two']);
});

test('one that is killed has ended', async () => {
  const { begin } = clusterWith([{ running: {} }]);
  const k6 = await begin();
  await k6.stop('kill');
  expect(await k6.ended).toBe(137);
});

test('what is sent is what was written: Kubernetes would put values in its place', async () => {
  const { sent, begin } = clusterWith([{ running: {} }]);
  const k6 = await begin();
  await k6.stop('kill');
  const { spec } = sent.find(({ path }) => path.endsWith('/jobs'))!.body as {
    spec: { template: { spec: { containers: { env: { name: string; value: string }[] }[] } } };
  };
  const { value } = spec.template.spec.containers[0]!.env.find(({ name }) => name === 'ROLLPROOF_LANE')!;
  // As Kubernetes reads it: $$ is $, and what follows one is no name.
  expect(JSON.parse(value.replaceAll('$$', () => '$'))).toMatchObject(SCRIPT);
  expect(value.replaceAll('$$', '')).not.toContain('$');
});

test('why the Job has no pod is said, and nothing is left', async () => {
  vi.useFakeTimers();
  const { sent, begin } = clusterWith([], { events: ['pods "r1" is forbidden: exceeded quota: small'] });
  const begun = expect(begin()).rejects.toMatchObject({
    message: 'k6 did not start in the cluster within 120 s: pods "r1" is forbidden: exceeded quota: small',
    remedy: 'kubectl get events -n shop',
  });
  await vi.advanceTimersByTimeAsync(121_000);
  await begun;
  expect(sent.filter(({ method }) => method === 'DELETE').map(({ path }) => path.split('/').at(-2))).toEqual([
    'jobs',
    'configmaps',
  ]);
});
