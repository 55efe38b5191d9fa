import { expect, test } from 'vitest';
import { type NewProbe, probeConfig, readProbe, thinning } from './probe-calls.ts';

const pod = (readinessProbe: object | undefined, more: object = {}) => ({
  spec: {
    containers: [{ name: 'side' }, { name: 'app', ports: [{ name: 'web', containerPort: 8000 }], readinessProbe }],
  },
  status: { podIP: '10.244.0.9', containerStatuses: [{ name: 'app', state: { running: {} } }], ...more },
});
const lineOf = (config: string | undefined, field: string) =>
  config?.split('\n').filter((line) => line.startsWith(`${field} = `));

test('the endpoint that the kubelet asks, in a new connection each time', () => {
  const config = probeConfig(pod({ httpGet: { path: '/ready', port: 8000 } }), 3, 4);
  expect(lineOf(config, 'url')).toEqual(['url = "http://10.244.0.9:8000/ready#[1-1000000]"']);
  expect(lineOf(config, 'header')).toEqual(['header = "Connection: close"']);
  expect(lineOf(config, 'rate')).toEqual(['rate = "4/s"']);
  expect(lineOf(config, 'write-out')![0]).toContain('"3 %{http_code}');
});

test.each([
  ['a named port', { port: 'web' }, 'http://10.244.0.9:8000/#[1-1000000]'],
  ['a host of its own', { port: 1, host: 'example.internal' }, 'http://example.internal:1/#[1-1000000]'],
  ['HTTPS', { port: 8443, scheme: 'HTTPS' }, 'https://10.244.0.9:8443/#[1-1000000]'],
  ['what curl would take for a range', { port: 1, path: '/a[0]?b={1}"' }, '/a\\\\[0\\\\]?b=\\\\{1\\\\}\\"#[1-1000000]'],
])('%s', (_, httpGet, url) => {
  expect(lineOf(probeConfig(pod({ httpGet }), 0, 4), 'url')![0]).toContain(url);
});

test('headers of the probe, as text and nothing more', () => {
  const httpHeaders = [{ name: 'X-A', value: 'one"\noutput = "/etc/passwd' }];
  const config = probeConfig(pod({ httpGet: { port: 1, httpHeaders } }), 0, 4);
  expect(lineOf(config, 'header')).toContain('header = "X-A: one\\" output = \\"/etc/passwd"');
  expect(lineOf(config, 'output')).toEqual(['output = "/dev/null"']);
});

test.each([
  ['has no probe', pod(undefined)],
  ['has a probe of another kind', pod({ tcpSocket: { port: 1 } })],
  ['has no address yet', pod({ httpGet: { port: 1 } }, { podIP: undefined })],
  ['does not run yet', pod({ httpGet: { port: 1 } }, { containerStatuses: [{ name: 'app', state: { waiting: {} } }] })],
])('nobody is asked where the pod %s', (_, object) => expect(probeConfig(object, 0, 4)).toBeUndefined());

test('lines of curl', () => {
  expect(readProbe('3 200 0.001906 0 ')).toEqual({ key: 3, status: 200, ms: 1.906 });
  expect(readProbe('3 000 1.000308 28 Operation timed out after 1000 milliseconds with 0 bytes received')).toEqual({
    key: 3,
    status: 0,
    ms: 1000.308,
    error: 'Operation timed out after 1000 milliseconds with 0 bytes received',
  });
  expect(readProbe('curl: (2) no URL specified')).toBeUndefined();
});

test('failures, changes and what lies beside them are written; successes on end once a second', () => {
  const calls: [number, number][] = [
    ...[0, 0.25, 0.5, 0.75, 1, 1.25].map((t): [number, number] => [t, 200]),
    [1.5, 503],
    [1.75, 503],
    [2, 200],
    [2.25, 200],
    [2.5, 204],
    [2.75, 204],
  ];
  const thin = thinning();
  const written = calls.flatMap(([t, status]) =>
    thin({ type: 'probe', pod: 'a', ms: 1, t: t * 1e9, status } as NewProbe),
  );
  expect(written.map(({ t, status }) => [t / 1e9, status])).toEqual([
    [0, 200],
    [1, 200],
    [1.25, 200],
    [1.5, 503],
    [1.75, 503],
    [2, 200],
    [2.25, 200],
    [2.5, 204],
  ]);
});
