import { execa } from 'execa';
import { expect, test } from 'vitest';
import type { NewObservation, Observation } from '../history/types.ts';
import { clockSince } from './clock.ts';
import { startSecondWitness } from './second-witness.ts';
import { startTestApiserver, type TestApiserver } from './testing/apiserver.ts';
import { startWatches } from './watch.ts';

/** With the kubectl on the PATH, against an apiserver on loopback. */
const clusterOf = (server: TestApiserver) => ({
  async kubectl(args: string[], { signal }: { signal?: AbortSignal } = {}) {
    const { stdout } = await execa('kubectl', ['--kubeconfig', server.kubeconfig, ...args], {
      stdin: 'ignore',
      ...(signal ? { cancelSignal: signal } : {}),
    });
    return stdout;
  },
});

const POD = { apiVersion: 'v1', kind: 'Pod' };
const until = (holds: () => boolean) => expect.poll(holds, { timeout: 60_000, interval: 50 }).toBe(true);

/** Both watch while `happens`; what is told at the end. `hide` keeps a state from the history. */
async function witnessed(happens: (server: TestApiserver) => void, hide = ''): Promise<NewObservation[]> {
  await using server = await startTestApiserver();
  server.put('pods', 'web-1', POD);
  const clock = clockSince(new Date().toISOString());
  const told: NewObservation[] = [];
  const seen: Observation[] = [];
  const watches = await startWatches({
    api: server.api,
    namespace: 'ns',
    clock,
    redact: (object) => object,
    append(one) {
      if (one.type === 'object' && one.resourceVersion !== hide) seen.push({ id: 'x', scenario: 'test', ...one });
    },
  });
  const append = (one: NewObservation) => void told.push(one);
  const witness = startSecondWitness({ cluster: clusterOf(server), namespace: 'ns', clock, append });
  await until(() => server.requests.filter((one) => one.startsWith('WATCH')).length === 12);
  happens(server);
  // What came within the last second it need not have seen.
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  await witness.stop();
  await watches.stop();
  witness.finish(seen);
  return told;
}

const life = (server: TestApiserver) => {
  server.put('pods', 'web-1', POD);
  server.put('deployments', 'web', { apiVersion: 'apps/v1', kind: 'Deployment' });
  server.remove('pods', 'web-1');
};

test('what both see is whole', async () => {
  expect(await witnessed(life)).toMatchObject([
    { type: 'action', ok: true, detail: 'second witness: 4 states, all of them seen' },
  ]);
});

test('what only kubectl sees is a gap', async () => {
  expect(await witnessed(life, '104')).toMatchObject([
    { type: 'gap', source: 'watch:Pod', reason: expect.stringContaining('Pod web-1 deleted at 104') },
    { type: 'action', ok: false, detail: expect.stringContaining('4 states, 1 of them not seen') },
  ]);
});

test('a kubectl that cannot watch says why', async () => {
  const told: NewObservation[] = [];
  const cluster = { kubectl: async () => Promise.reject(new Error('no kubectl there')) };
  const witness = startSecondWitness({
    cluster,
    namespace: 'ns',
    clock: { now: () => 0 },
    append: (one) => void told.push(one),
  });
  await new Promise((resolve) => setTimeout(resolve, 10));
  await witness.stop();
  witness.finish([]);
  expect(told).toMatchObject([{ type: 'action', ok: false, detail: expect.stringContaining('no kubectl there') }]);
});
