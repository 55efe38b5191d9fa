import { expect, test } from 'vitest';
import { parseEvidence } from './logs.ts';

const clock = { toNanos: (unixMs: number) => Math.round((unixMs - 1_700_000_000_000) * 1e6) };

test('an evidence line becomes an observation at the instant that the service stamped', () => {
  const line = '{"rollproof":"handled","t":1700000001.5,"id":"new-1-1","method":"GET","status":200,"version":"1.0.0"}';
  expect(parseEvidence(line, 'web-1', clock)).toEqual({
    type: 'server',
    t: 1_500_000_000,
    pod: 'web-1',
    version: '1.0.0',
    event: 'handled',
    request: 'new-1-1',
    status: 200,
  });
});

test.each([
  ['plain text', 'Serving on http://0.0.0.0:8000'],
  ['JSON of the service itself', '{"level":"info"}'],
  ['a line that was cut', '{"rollproof":"handled","t":17000'],
  ['a line without its instant', '{"rollproof":"handled"}'],
])('%s is no evidence', (_, line) => {
  expect(parseEvidence(line, 'web-1', clock)).toBeUndefined();
});
