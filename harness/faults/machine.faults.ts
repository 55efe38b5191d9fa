import { readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { clusterFolder } from '../cluster/state.ts';
import type { Observation } from '../history/types.ts';
import { type Outcome, runUnderFault } from './run-under-fault.ts';

/** A service that drops nothing, while something around it breaks: never a fail, and a pass only on whole evidence. */
const CORRECT = 'smallest fix';

const triggered = (one: Observation) => one.type === 'marker' && one.marker === 'trigger';
/** In the middle of the roll: the second new pod is there. */
const midRoll =
  (seen: Observation[] = []) =>
  (one: Observation) => {
    if (one.type === 'marker' && one.marker === 'trigger') seen.push(one);
    return (
      seen.length > 0 && one.type === 'object' && one.kind === 'Pod' && one.verb === 'added' && one.t > seen[0]!.t + 2e9
    );
  };
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function neverTheMachines({ scenario, exitCode }: Outcome): void {
  const { verdict, checks, causes } = scenario;
  const told = checks.filter((one) => one.verdict !== 'pass').map(({ name, detail }) => `${name}: ${detail}`);
  console.log([verdict, ...told].join('; '));
  expect(verdict, JSON.stringify([...told, ...causes], null, 1)).not.toBe('fail');
  expect(exitCode).toBe(scenario.verdict === 'pass' ? 0 : 2);
}

const check = ({ scenario }: Outcome, name: string) => scenario.checks.find((one) => one.name === name)!;

async function nothingIsLeft({ report }: Outcome): Promise<void> {
  for (const label of [`dev.rollproof.run=${report.run}`, `io.x-k8s.kind.cluster=rollproof-${report.run}`]) {
    const { stdout } = await execa('docker', ['ps', '-aq', '--filter', `label=${label}`]);
    expect(stdout, label).toBe('');
  }
}

test('the apiserver is killed in mid-roll, and comes back', async () => {
  const outcome = await runUnderFault(CORRECT, async (run) => {
    await run.observed(midRoll());
    await run.node('pkill', '-9', 'kube-apiserver');
  });
  neverTheMachines(outcome);
  // The roll went on to its end, and the watches saw it.
  expect(check(outcome, 'done').verdict).toBe('pass');
  await nothingIsLeft(outcome);
});

test('watches are cut in mid-roll, again and again', async () => {
  let cuts = 0;
  await using proxy = await cuttingProxy();
  const outcome = await runUnderFault(CORRECT, async (run) => {
    const kubeconfig = join(clusterFolder(await run.cluster()), 'kubeconfig');
    // The cluster is up; the scenario opens it anew, from this file.
    const text = readFileSync(kubeconfig, 'utf8');
    const port = Number(/server: https:\/\/127\.0\.0\.1:(\d+)/.exec(text)![1]);
    writeFileSync(kubeconfig, text.replace(`:${port}`, `:${proxy.listen(port)}`));
    await run.observed(triggered);
    for (let i = 0; i < 12; i += 1) {
      await sleep(1000);
      cuts += proxy.cut();
    }
  });
  expect(cuts).toBeGreaterThan(20);
  neverTheMachines(outcome);
  expect(check(outcome, 'done').verdict).toBe('pass');
  await nothingIsLeft(outcome);
});

test('a load container is killed in mid-roll', async () => {
  const outcome = await runUnderFault(CORRECT, async (run) => {
    await run.observed(midRoll());
    const [first] = await run.loadContainers();
    await execa('docker', ['kill', '-s', 'KILL', first!]);
  });
  expect(outcome.scenario.verdict, JSON.stringify(outcome.scenario.checks)).toBe('inconclusive');
  expect(check(outcome, 'coverage').detail).toMatch(/blind/);
  expect(outcome.exitCode).toBe(2);
  await nothingIsLeft(outcome);
});

test('the harness is stopped for three seconds in mid-roll', async () => {
  const outcome = await runUnderFault(CORRECT, async (run) => {
    await run.observed(midRoll());
    process.kill(run.pid, 'SIGSTOP');
    await sleep(3000);
    process.kill(run.pid, 'SIGCONT');
  });
  expect(outcome.scenario.verdict, JSON.stringify(outcome.scenario.checks)).toBe('inconclusive');
  expect(check(outcome, 'self').detail).toMatch(/held up/);
  await nothingIsLeft(outcome);
});

test('all cores are busy from before the roll to its end', async () => {
  const burners = new AbortController();
  const outcome = await runUnderFault(CORRECT, async (run) => {
    await run.observed((one) => one.type === 'marker' && one.marker === 'load-ready');
    for (let i = 0; i < 2 * availableParallelism(); i += 1) {
      execa(process.execPath, ['-e', 'for (;;);'], { cancelSignal: burners.signal, timeout: 240_000 }).catch(() => {});
    }
  }).finally(() => burners.abort());
  neverTheMachines(outcome);
  await nothingIsLeft(outcome);
});

interface CuttingProxy extends AsyncDisposable {
  /** Passes on to this port of loopback from now on; returns its own. */
  listen(port: number): number;
  /** Cuts every connection that is open, and says how many. */
  cut(): number;
}

/** A TCP proxy on loopback: TLS goes through it untouched. */
async function cuttingProxy(): Promise<CuttingProxy> {
  const open = new Set<Socket>();
  let target = 0;
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        open.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    listen(port) {
      target = port;
      return (server.address() as { port: number }).port;
    },
    cut() {
      const count = open.size;
      for (const socket of open) socket.destroy();
      return count;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
