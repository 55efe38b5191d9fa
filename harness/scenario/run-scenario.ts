import { statSync } from 'node:fs';
import { join } from 'node:path';
import { maybeProxied } from '../checks/connections.ts';
import { baselineProblem, controlProblem } from '../checks/drops.ts';
import type { StartedCluster } from '../cluster/kind.ts';
import { bringBack, startingState } from '../cluster/way-back.ts';
import { PROXIES_KNOW_MS } from '../drivers/proxies.ts';
import { NotReached, type StartedWorkload } from '../drivers/workload.ts';
import { CannotRun } from '../errors.ts';
import { scenariosOf } from '../history/select.ts';
import type {
  Expectation,
  LoadPlan,
  MarkerSet,
  Observation,
  Proof,
  ScenarioStarted,
  Workload,
} from '../history/types.ts';
import { type Clock, clockSince } from '../recorders/clock.ts';
import { type HistoryWriter, openHistory } from '../recorders/history-writer.ts';
import type { RunContext, ScenarioMessage } from './context.ts';
import type { ScenarioDefinition } from './definition.ts';
import { writeDiagnostics } from './diagnostics.ts';
import { lanesOn, removed, warm } from './lanes-on.ts';
import { leftoversGone } from './leftovers.ts';
import { type LiveState, liveState } from './live.ts';
import { planLoad } from './load-plan.ts';
import { type Outcome, outcomesOf } from './outcome.ts';
import { namespaceOf, type Provisioned, provision } from './provision.ts';
import { areEndpoints, proxiesKnow } from './proxies.ts';
import { type StartedRecording, startRecording } from './recording.ts';
import { streamHistory } from './run-folder.ts';
import { shownPath } from './self-test/file.ts';
import { targetOf } from './target.ts';
import { often, steady, waiter } from './until.ts';

/** Load before the trigger: proves the service is sound, and is what stalls are measured against. */
const BASELINE_SECONDS = 10;
/** Load after the last pod is gone: what a proxy that lags behind would still drop. */
const TAIL_MS = 5_000;
const READY_SECONDS = 120;
const SETTLE_SECONDS = 180;
/** A pod that waits for what will not come (an image, a Secret) for so long is not waited for any longer. */
const STUCK_MS = 15_000;
/** Every replica has to have been available for so long under load when the transition begins: a dip then is its own. */
const STEADY_MS = 3_000;
/** An apiserver that was killed is back sooner. */
const SILENT_MS = 60_000;
/** … at so many looks on end, a few seconds: whoever was stopped himself, by a signal or a lid, has heard nothing either. */
const SILENT_LOOKS = 200;
const STEADY_BUDGET_MS = 60_000;

interface ScenarioRun {
  /** Where it tries the fix of another scenario. */
  proof?: Proof;
  name: string;
  file: string;
  definition: ScenarioDefinition;
  context: RunContext;
  signal: AbortSignal;
  tell(message: ScenarioMessage): void;
  /** What was made for it while the one before it was judged. Without it, it makes that itself. */
  provisioned?: Provisioned;
  /** Its load is over, and what it changed in the cluster is undone: what the next one needs may be made. */
  onQuiet?(): void;
}

/**
 * The life of one scenario, step by step:
 *
 * 1. provision: a namespace, the images, the manifests, while the cluster is proven to work
 * 2. record: watches, logs and the harness's own health, before the workload is up (or, where it was made ahead, as it comes up)
 * 3. wait until the workload is up, and the cluster proven
 * 4. load: every lane starts and warms up (the control lane until the trigger), and runs a baseline against the untouched service
 * 5. act: stamp the trigger, drive the transition (one that is made of several stamps the others' triggers)
 * 6. settle: until the Deployment is rolled out and no pod terminates, then a quiet tail
 * 7. stop the load, then the recorders; the history is complete on disk
 * 8. judge what is on disk; where it is not as expected, keep the objects, the events and the containers' logs
 *
 * Whatever happens, the load is stopped before its target is deleted, and the namespace goes (unless kept).
 *
 * @throws CannotRun where the service is not sound before the transition.
 */
export async function runScenario(run: ScenarioRun): Promise<Outcome> {
  const { name, definition, context, signal } = run;
  await using releases = new AsyncDisposableStack();
  if (run.provisioned !== undefined) releases.use(run.provisioned);
  const clock = clockSince(context.epoch);
  // What tests the detector is as fast as it has to be for that.
  const plan = planLoad(definition.under, definition.selfTest ? undefined : context.rate);
  const namespace = namespaceOf(context, name, definition.given);
  const before = statSync(historyFile(context.folder)).size;
  const history = openHistory(historyFile(context.folder), name);
  releases.defer(async () => history.close());
  const mark = (marker: MarkerSet['marker'], extra: Partial<MarkerSet> = {}) =>
    history.append({ type: 'marker', t: clock.now(), marker, ...extra });
  releases.defer(async () => void (signal.aborted && mark('aborted')));

  const seen: Observation[] = [];
  let untouched = true;
  history.onAppend((observation) => void (untouched && seen.push(observation)));
  const { deployment, others = [], service } = definition.given;
  const live = liveState({ namespace, deployment, others, service }, plan);
  history.onAppend(live.see);
  let step = '';
  const show = (text: string) => {
    step = text;
    run.tell({ type: 'live', scenario: name, view: live.view(step) });
  };
  const ticker = setInterval(() => show(step), 250);
  releases.defer(async () => clearInterval(ticker));

  show('deploying');
  const { place, workload } = run.provisioned ?? releases.use(await provision(run, show));
  const { cluster } = place;
  show('starting the recorders');
  history.append(opening(run, clock, workload, plan));

  const recording = await startRecording({ cluster, workload, labels: context.labels, clock, history });
  releases.use(recording);

  show('waiting for the cluster');
  await place.nodesReady();
  show('waiting for the pods');
  const until = waiter(signal);
  const readyBudgetMs = (definition.readySeconds ?? READY_SECONDS) * 1000;
  const stuck = steady(live.stuck, STUCK_MS);
  const begun = performance.now();
  let proven = false;
  const control = place.control().then((target) => {
    proven = true;
    return target;
  });
  control.catch(() => {});
  const rolledOut = async () => (await until(() => live.rolled(1) || stuck(), readyBudgetMs)) && live.rolled(1);
  let ready = await rolledOut();
  if (!(ready || proven || stuck())) {
    // The cluster itself was not all there: where it does not work, that is said; else the service has its time from now on.
    show('waiting for the control service');
    await control;
    show('waiting for the pods');
    ready = await rolledOut();
  }
  if (!(ready && (await listening(run, live, recording)))) {
    const waited = Math.round((performance.now() - begun) / 1000);
    throw new CannotRun(`${name}: ${definition.given.deployment} was not up before the transition, after ${waited} s`, {
      remedy: `last state: ${live.describe()}; where it needs longer: readySeconds`,
    });
  }

  show('waiting for the control service');
  const controlled = await control;
  show('waiting until what earlier scenarios left is gone');
  if (!place.existing) await until(await leftoversGone(cluster, context.labels), LEFTOVERS_BUDGET_MS);
  const target = await targetOf(cluster, workload, plan);
  if (target.tracked !== undefined) await recording.trackConnections(target.tracked);
  show('waiting for the proxies');
  // Of a sample service it is known when it listens. One of one's own has some seconds more until it has to answer, as has
  // what stands before a service.
  const known = definition.given.logsRequestIds && !maybeProxied(plan);
  if (!known) await until(() => false, PROXIES_KNOW_MS);
  const start = lanesOn({ definition, place, namespace, plan, clock, history, signal });
  // It takes longest to use all of its connections, and what it calls the proxies have known for long.
  const controlLane = start.control(controlled);
  // It is looked at further down.
  controlLane.catch(() => {});
  releases.defer(() => removed(controlLane));
  if (known) await proxiesKnow(cluster, workload, () => areEndpoints(live.now(), [deployment, ...others]), signal);
  show('starting the load');
  const judgedLanes = start.judged(target);
  releases.defer(() => removed(judgedLanes));
  const [inControl, judged] = await Promise.all([controlLane, judgedLanes]);
  await warm(known ? judged : [...judged, ...inControl], signal);
  mark('load-ready');
  show('baseline');
  let used = false;
  let lost: Error | undefined;
  void warm(inControl, signal).then(
    () => {
      used = true;
    },
    (error: Error) => {
      lost = error;
    },
  );
  const calm = steady(() => live.rolled(1), STEADY_MS);
  await until(() => calm() && false, (definition.under?.baselineSeconds ?? BASELINE_SECONDS) * 1000);
  // The control lane's connections only have to be there when something happens.
  const isCalm = await until(() => lost !== undefined || (calm() && used), STEADY_BUDGET_MS);
  if (lost !== undefined) throw lost;
  if (!isCalm) {
    throw new CannotRun(
      `${name}: ${definition.given.deployment} did not stay available under load before the transition: not for ${STEADY_MS / 1000} s on end within ${STEADY_BUDGET_MS / 1000} s`,
      { remedy: `last state: ${live.describe()}; a lower --rate, or a faster machine, may do` },
    );
  }
  untouched = false;
  const [sofar] = scenariosOf({ header: headerOf(context), observations: seen.splice(0), truncated: false });
  const unsound = sofar && baselineProblem(sofar);
  if (unsound !== undefined) {
    throw new CannotRun(`${name}: ${unsound}`, {
      remedy:
        'a service has to be sound before the transition: mend it; or say what it is to be asked for: load.path (--path), load.headers, load.target',
    });
  }

  const apart = sofar && controlProblem(sofar);
  if (apart !== undefined) {
    throw new CannotRun(`${name}: ${apart}`, {
      remedy: `it tells drops from faults of the cluster: pods in the namespace ${namespace} have to reach ${controlled.url} (a NetworkPolicy?)`,
    });
  }

  /** @returns why it has not come to that; undefined where it has */
  async function waitFor(what: string, budgetMs: number, holds: () => boolean): Promise<string | undefined> {
    const begun = performance.now();
    // Of a cluster that is gone nothing will come, however long it is waited for.
    const gone = often(() => recording.silentMs() > SILENT_MS, SILENT_LOOKS);
    if ((await until(() => holds() || gone(), budgetMs)) && holds()) return undefined;
    const waited = `waited ${Math.round((performance.now() - begun) / 1000)} s for ${what}`;
    const silent = recording.silentMs() > SILENT_MS ? `the apiserver has not answered for ${SILENT_MS / 1000} s; ` : '';
    return `${waited}; ${silent}last state: ${live.describe()}`;
  }

  await using undone = new AsyncDisposableStack();
  const started: StartedWorkload = {
    ...startedWorkload(cluster, workload, clock, history),
    now: live.now,
    settleBudgetMs: (definition.settleSeconds ?? SETTLE_SECONDS) * 1000,
    trigger({ kind, detail, to, limits, deletes, at }) {
      show(detail);
      mark('trigger', {
        transition: kind,
        detail,
        ...(at === undefined ? {} : { t: at }),
        ...(to === undefined ? {} : { to }),
        ...(limits === undefined ? {} : { limits }),
        ...(deletes === undefined ? {} : { deletes }),
      });
    },
    async until(what, budgetMs, holds) {
      show(`waiting for ${what}`);
      const problem = await waitFor(what, budgetMs, () => holds(live.now()));
      if (problem !== undefined) throw new NotReached(problem);
    },
    defer: (undo) => undone.defer(undo),
  };
  const after = definition.given.live?.after;
  if (after === 'restore' || after === 'leave') {
    const { scales = false } = definition.given.live ?? {};
    const before = await startingState(cluster, workload, { scales, seconds: started.settleBudgetMs / 1000 });
    run.tell({ type: 'to-restore', scenario: name, before });
    undone.defer(async () => {
      // Whoever stops it is told what brings it back.
      if (after === 'leave' || signal.aborted) return;
      show('bringing it back to where it was');
      await bringBack(cluster, before);
      run.tell({ type: 'to-restore', scenario: name, before: undefined });
    });
  }
  await definition.when.prepare?.(started);
  started.trigger({ ...definition.when, ...definition.when.facts?.(started) });
  const ending = await definition.when.drive(started);
  show('rolling');
  const budgetMs = ending.budgetMs ?? started.settleBudgetMs;
  const problem = await waitFor(ending.what, budgetMs, () => ending.holds(live.now()));
  if (problem === undefined) mark('settled');
  else {
    const detail = ending.missed ?? problem;
    history.append({ type: 'action', t: clock.now(), action: 'wait', detail, ok: false });
  }
  show('quiet tail');
  await until(() => false, TAIL_MS);
  mark('tail-end');

  show('ending the load');
  await Promise.all(
    [...judged, ...inControl].map(async (lane) => {
      const summary = await lane.stop();
      history.append({ type: 'lane', t: clock.now(), ...summary });
    }),
  );
  mark('load-stopped');
  await undone.disposeAsync();
  run.onQuiet?.();
  show('reading the last events');
  await recording.finish();
  history.close();

  show('judging');
  const outcome = await outcomeIn(context.folder, name, before);
  if (!outcome.verdict.asExpected) {
    show('keeping what may explain it');
    writeDiagnostics(context.folder, namespace, outcome, await recording.containerLogs());
  }
  return outcome;
}

/** Without a readiness probe, ready does not mean that it listens: the baseline waits for what the services log. */
async function listening(
  { definition, signal }: ScenarioRun,
  live: LiveState,
  recording: StartedRecording,
): Promise<boolean> {
  if (!definition.given.logsRequestIds) return true;
  const deadline = performance.now() + READY_SECONDS * 1000;
  while (performance.now() < deadline) {
    if (signal.aborted) throw signal.reason;
    await recording.collectLogs();
    if (live.listening()) return true;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return false;
}

/** Longest that is waited for the pods of earlier scenarios. */
const LEFTOVERS_BUDGET_MS = 180_000;

export const historyFile = (folder: string): string => join(folder, 'history.jsonl');

/** Judged from the file, not from memory: what is not on disk is no evidence. It begins `from` so many bytes. */
async function outcomeIn(folder: string, name: string, from: number): Promise<Outcome> {
  const history = await streamHistory(historyFile(folder), from);
  const own = history.observations.filter(({ scenario }) => scenario === name);
  const [outcome] = outcomesOf({ ...history, observations: own });
  if (outcome === undefined) throw new Error(`the history has nothing of "${name}"`);
  return outcome;
}

const headerOf = ({ run, epoch }: RunContext) => ({ type: 'history', schema: 1, rollproof: '', run, epoch }) as const;

function opening(
  { name, file, definition, proof, context }: ScenarioRun,
  clock: Clock,
  workload: Workload,
  load: LoadPlan,
): Omit<ScenarioStarted, 'id' | 'scenario'> {
  const expectation: Expectation =
    typeof definition.expect === 'string' ? { verdict: definition.expect } : definition.expect;
  const { logsRequestIds } = definition.given;
  return {
    type: 'scenario',
    t: clock.now(),
    title: name,
    file: shownPath(context.root, file),
    workload,
    load,
    expectation,
    logsRequestIds,
    ...(proof === undefined ? {} : { proof }),
    ...(definition.selfTest === undefined ? {} : { selfTest: definition.selfTest }),
    ...(definition.claims === undefined ? {} : { claims: definition.claims }),
    ...(context.cluster.facts === undefined ? {} : { cluster: context.cluster.facts }),
  };
}

/** Characters of a command's output that are kept. */
const MOST_OUTPUT = 16_000;

function startedWorkload(
  cluster: StartedCluster,
  workload: Workload,
  clock: Clock,
  history: HistoryWriter,
): Pick<StartedWorkload, 'cluster' | 'namespace' | 'deployment' | 'service' | 'clock' | 'act'> {
  return {
    cluster,
    ...workload,
    clock: clock.now,
    async act(action, detail, what) {
      const t = clock.now();
      const tell = (ok: boolean, detail: string, printed: unknown) => {
        const output = typeof printed === 'string' ? { output: printed.slice(0, MOST_OUTPUT) } : {};
        history.append({ type: 'action', t, action, detail, ok, end: clock.now(), ...output });
      };
      try {
        const result = await what();
        tell(true, detail, result);
        return result;
      } catch (error) {
        const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
        tell(false, `${detail}: ${reason}`, (error as { output?: unknown }).output);
        throw error;
      }
    },
  };
}
