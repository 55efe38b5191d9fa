import { expect, test } from 'vitest';
import { looksAt, ofHey, ofK6, ofLooks, ofStatus, ofVegeta } from './says.ts';

const HEY = `
Summary:
  Total:	10.0021 secs

Response time histogram:
  0.001 [1]	|
  0.002 [150]	|■■■■

Latency distribution:
  10% in 0.0011 secs

Status code distribution:
  [200]	180 responses
  [503]	2 responses

Error distribution:
  [12]	Get "http://10.96.0.7/api/data": dial tcp 10.96.0.7:80: connect: connection refused
  [6]	Get "http://10.96.0.7/api/data": EOF
`;

test('hey: its answers and its errors', () => {
  expect(ofHey(HEY, 0.9)).toEqual({ says: 'fine', detail: '20 of 200 failed' });
  expect(ofHey(HEY, 0.99)).toEqual({ says: 'alarm', detail: '20 of 200 failed' });
  expect(ofHey(HEY.split('Error')[0]!, 0.98)).toEqual({ says: 'fine', detail: '2 of 182 failed' });
  expect(ofHey('Error distribution:\n  [3]\tGet "x": EOF\n', 0.99)).toEqual({ says: 'alarm', detail: '3 of 3 failed' });
  expect(ofHey('', 0.99).says).toBe('nothing');
});

test('vegeta: its success ratio', () => {
  const report = (requests: number, success: number) => JSON.stringify({ requests, success });
  expect(ofVegeta(report(1000, 0.99), 0.99)).toEqual({ says: 'fine', detail: '10 of 1000 failed' });
  expect(ofVegeta(report(30, 29 / 30), 1)).toEqual({ says: 'alarm', detail: '1 of 30 failed' });
  expect(ofVegeta('', 1).says).toBe('nothing');
});

test('k6: its own threshold decides', () => {
  const metric = (ok: boolean) =>
    JSON.stringify({ values: { passes: 3, fails: 597, rate: 0.005 }, thresholds: { 'rate<0.01': { ok } } });
  expect(ofK6(metric(true))).toEqual({ says: 'fine', detail: '3 of 600 failed' });
  expect(ofK6(metric(false)).says).toBe('alarm');
  expect(ofK6('k6 was killed').says).toBe('nothing');
});

test('kubectl rollout status: success each time', () => {
  expect(ofStatus([0, 0])).toEqual({ says: 'fine', detail: 'success 2 of 2 times' });
  expect(ofStatus([0, undefined]).says).toBe('alarm');
  expect(ofStatus([1]).says).toBe('alarm');
  expect(ofStatus([]).says).toBe('nothing');
});

test('a look at the Deployment', () => {
  const seen = (available: number, replicas = 3, type = 'RollingUpdate', wanted = 3) => ({
    spec: { replicas: wanted, strategy: { type, rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } },
    status: { replicas, updatedReplicas: 1, availableReplicas: available },
  });
  const shortOf = (...args: Parameters<typeof seen>) => looksAt()(seen(...args));
  expect(shortOf(3, 4)).toBeUndefined();
  expect(shortOf(2)).toBe('2 of 3 available');
  expect(shortOf(3, 5)).toBe('5 pods where 3 are wanted');
  expect(shortOf(0, 0, 'Recreate')).toBeUndefined();
  // Scaled up: as many as there were are enough, until there are more.
  const look = looksAt();
  expect([seen(3), seen(3, 6, 'RollingUpdate', 5)].map(look)).toEqual([undefined, undefined]);
  expect(look(seen(2, 6, 'RollingUpdate', 5))).toBe('2 of 3 available');
  expect(ofLooks([undefined, '2 of 3 available', undefined])).toEqual({
    says: 'alarm',
    detail: '1 of 3 looks: 2 of 3 available',
  });
  expect(ofLooks([undefined]).says).toBe('fine');
  expect(ofLooks([]).says).toBe('nothing');
});
