import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { setUp } from '../cli/setup-view.ts';
import { ensureFixtureImage } from '../cluster/fixture-images.ts';
import { proveReady } from '../cluster/readiness.ts';
import type { Toolchain } from '../cluster/setup.ts';
import { CannotRun } from '../errors.ts';
import { calling } from '../faults/run-under-fault.ts';
import { packageRoot } from '../package-root.ts';
import { CONTROL } from '../scenario/control-service.ts';
import { freshCluster } from '../scenario/run-cluster.ts';
import { newRunId } from '../scenario/run-folder.ts';
import { createByHand, scenariosByHand } from './by-hand.ts';
import { alternating, figure, median } from './median.ts';
import { keepSpeed } from './speed.ts';

/** Of the scenario `sound`: load before the trigger, and after the last pod is gone. It takes as long by hand. */
const AROUND = { baselineMs: 5_000, tailMs: 5_000 };
const STEADY_SECONDS = (AROUND.baselineMs + AROUND.tailMs) / 1000;

/**
 * `npm run bench -- scenario [TIMES]`: one scenario on a cluster of its own, from the command's start to its end, beside the
 * same steps by hand: kind, kubectl, and k6 in a container. Baseline and quiet tail are subtracted from both. Medians,
 * alternating.
 */
export async function scenarioBench([times = '7']: string[]): Promise<string> {
  const row = { what: 'a scenario on a cluster of its own', ...(await beside(Number(times), 1)) };
  return keepSpeed('scenario', Number(times), [row]);
}

/** Scenarios of the suite that is measured. A suite with more has less of the cluster in each. */
const SUITE = 5;

/**
 * `npm run bench -- suite [TIMES]`: some scenarios that share a cluster, as a nightly run has them, beside the sum of the same
 * steps by hand, on one cluster too. Baselines and quiet tails are subtracted from both. Medians, alternating.
 */
export async function suiteBench([times = '7']: string[]): Promise<string> {
  const row = { what: `${SUITE} scenarios on one cluster`, ...(await beside(Number(times), SUITE)) };
  return keepSpeed('suite', Number(times), [row]);
}

async function beside(times: number, scenarios: number): Promise<Record<string, number>> {
  const toolchain = await ready();
  const pairs = await alternating(times, {
    byHand: () => seconds(() => scenariosByHand(toolchain, scenarios, AROUND)),
    rollproof: () => seconds(() => byRollproof(scenarios)),
  });
  const steady = scenarios * STEADY_SECONDS;
  return {
    byHandSeconds: figure(median(pairs.map(({ byHand }) => byHand - steady))),
    rollproofSeconds: figure(median(pairs.map(({ rollproof }) => rollproof - steady))),
    ratio: figure(median(pairs.map(({ byHand, rollproof }) => (rollproof - steady) / (byHand - steady)))),
    wholeRatio: figure(median(pairs.map(({ byHand, rollproof }) => rollproof / byHand))),
  };
}

/**
 * `npm run bench -- cluster [TIMES]`: a cluster in which a pod runs, DNS answers and a Service can be called, as a run has it,
 * beside a bare `kind create cluster`, which returns before its node is Ready, and beside one that waits for that. Medians,
 * alternating.
 */
export async function clusterBench([times = '7']: string[]): Promise<string> {
  const toolchain = await ready();
  const byHand = async (...flags: string[]) => {
    const begun = performance.now();
    await using _cluster = await createByHand(toolchain, flags);
    return (performance.now() - begun) / 1000;
  };
  const pairs = await alternating(Number(times), {
    bare: () => byHand(),
    ready: () => byHand('--wait', '3m'),
    usable: async () => {
      const settings = { run: newRunId(), nodes: 1, toolchain, kindConfig: join(packageRoot, 'kind-config.yaml') };
      const begun = performance.now();
      const cluster = await freshCluster({ ...settings, signal: new AbortController().signal }, () => {});
      await proveReady(cluster, CONTROL).control;
      const took = (performance.now() - begun) / 1000;
      await cluster.delete();
      return took;
    },
  });
  const rows = [
    {
      what: 'a cluster that can be used',
      bareKindSeconds: figure(median(pairs.map(({ bare }) => bare))),
      readyKindSeconds: figure(median(pairs.map(({ ready }) => ready))),
      rollproofSeconds: figure(median(pairs.map(({ usable }) => usable))),
      ratio: figure(median(pairs.map(({ bare, usable }) => usable / bare))),
      ratioToReady: figure(median(pairs.map(({ ready, usable }) => usable / ready))),
    },
  ];
  return keepSpeed('cluster', Number(times), rows);
}

async function ready(): Promise<Toolchain> {
  const toolchain = await setUp({ quiet: true });
  for (const version of ['1.0.0', '2.0.0']) await ensureFixtureImage('correct', version);
  return toolchain;
}

async function seconds(what: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await what();
  return (performance.now() - begun) / 1000;
}

async function byRollproof(scenarios: number): Promise<void> {
  const out = mkdtempSync(join(tmpdir(), 'rollproof-bench-'));
  const args = [...calling('sound', out), '--quiet', '--repeat', String(scenarios)];
  const { exitCode, stderr } = await execa(process.execPath, args, {
    cwd: packageRoot,
    stdin: 'ignore',
    reject: false,
  });
  rmSync(out, { recursive: true, force: true });
  if (exitCode !== 0)
    throw new CannotRun(`the scenario did not come out as it should: exit code ${exitCode}; ${stderr}`);
}
