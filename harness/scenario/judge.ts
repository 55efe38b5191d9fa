import { stringify } from 'yaml';
import { type JudgedClaim, judgeClaims } from '../checks/claims/registry.ts';
import { dips } from '../checks/dips.ts';
import { drops } from '../checks/drops.ts';
import { controlLost } from '../checks/fault-spans.ts';
import { isTheServices } from '../checks/good.ts';
import { laneVerdict } from '../checks/lanes.ts';
import { counts } from '../checks/moments.ts';
import { type Reconciliation, reconcile } from '../checks/reconcile.ts';
import { runChecks, worst } from '../checks/run.ts';
import { type Sensitivity, sensitivity } from '../checks/sensitivity.ts';
import { stalls } from '../checks/stalls.ts';
import { starved, starvedAt } from '../checks/starved.ts';
import { took } from '../checks/took.ts';
import type { Finding } from '../checks/types.ts';
import { waves } from '../checks/waves.ts';
import { type Cause, diagnose } from '../diagnosis/diagnose.ts';
import { hazards } from '../diagnosis/hazards.ts';
import { endpointLags } from '../diagnosis/lag.ts';
import { podLives } from '../history/pod-lives.ts';
import {
  judgedRequests,
  judgedSpan,
  requestsIn,
  type ScenarioHistory,
  scenariosOf,
  within,
} from '../history/select.ts';
import { countBetween } from '../history/sorted.ts';
import type { Expectation, History, Nanos, RequestSeen, Verdict } from '../history/types.ts';
import { scopeOf } from '../report/scope.ts';
import { outcomeOf } from '../report/unexpected.ts';
import type {
  CauseVerdict,
  ClaimVerdict,
  LaneVerdict,
  ReconciliationVerdict,
  ScenarioVerdict,
  SensitivityVerdict,
  TransitionVerdict,
} from '../report/verdict.ts';
import { firstWitness } from '../report/witness.ts';
import { withProof } from './proof.ts';

/**
 * Judges a history: pure, so that the same history gives the same verdict anywhere. The run passes when every scenario
 * came out as expected.
 */
export function judge(history: History): { scenarios: ScenarioVerdict[]; verdict: Verdict } {
  return judgeAll(scenariosOf(history));
}

/** The same, of a history that is split into its scenarios already. */
export function judgeAll(histories: ScenarioHistory[]): { scenarios: ScenarioVerdict[]; verdict: Verdict } {
  const alone = histories.map(judgeScenario);
  const scenarios = alone.map((one, index) => withProof(one, histories[index]!.started?.proof, alone));
  return { scenarios, verdict: worst(scenarios.map(outcomeOf)) };
}

function judgeScenario(history: ScenarioHistory): ScenarioVerdict {
  const expectation: Expectation = history.started?.expectation ?? { verdict: 'pass' };
  const dropped = drops(history);
  const causes = readable(() => diagnose(history, dropped));
  const findings = runChecks(history)
    .map((finding) => notTheMachines(finding, causes, history))
    .map((finding) => notTheDamage(finding, history));
  const verdict = worst(findings.map((finding) => finding.verdict));
  const claims = judgeClaims(history);
  const failedTest = history.observations.find((one) => one.type === 'test')?.message;
  const met = meets(expectation, verdict, findings, causes) && claims.every(({ asExpected }) => asExpected);
  return {
    name: history.name,
    verdict,
    expected: expectation.verdict,
    asExpected: met && failedTest === undefined,
    ...(history.started?.selfTest === undefined ? {} : { selfTest: history.started.selfTest }),
    transitions: transitions(history),
    lanes: lanes(history),
    checks: findings.map(({ name, verdict, examined, witnesses, detail }) => ({
      name,
      verdict,
      examined,
      witnesses,
      detail,
      ...(verdict === 'pass' ? {} : inWords(history, witnesses)),
    })),
    causes: causes.map(told),
    ...hazardsBeside(causes, history),
    reconciliation: reconcile(history).map(counted),
    endpointLag: readable(() => endpointLags(history, podLives(history))).map(({ pod, ms, atMostMs }) => ({
      pod,
      ms,
      atMostMs,
    })),
    sensitivity: readable(() => sensitivity(history)).map(figures),
    ...(history.started === undefined ? {} : { scope: scopeOf(history.started) }),
    ...(claims.length > 0 ? { claims: claims.map((one) => claimed(one, history)) } : {}),
    ...(failedTest === undefined ? {} : { failedTest }),
    ...(history.started?.cluster === undefined ? {} : { cluster: history.started.cluster }),
  };
}

/** What a cause says already is not said again. */
function hazardsBeside(causes: Cause[], history: ScenarioHistory): Pick<ScenarioVerdict, 'hazards'> {
  const others = readable(() => hazards(history)).filter((one) => causes.every(({ cause }) => cause !== one.cause));
  if (others.length === 0) return {};
  return { hazards: others.map((one) => ({ ...one, page: pageOf(one.cause) })) };
}

const pageOf = (cause: string) => `docs/causes/${cause}.md`;

function inWords(history: ScenarioHistory, witnesses: string[]): { witness?: string } {
  const witness = firstWitness(history, witnesses);
  return witness === undefined ? {} : { witness };
}

function claimed(
  { claim, holds, asExpected, figures, examined, witnesses }: JudgedClaim,
  history: ScenarioHistory,
): ClaimVerdict {
  const { text, measure, holds: expected, article, onlyIf, instead } = claim;
  return {
    text,
    measure,
    holds: holds ?? null,
    expected,
    asExpected,
    figures,
    examined,
    witnesses,
    ...(article === undefined ? {} : { article }),
    ...(onlyIf === undefined ? {} : { onlyIf }),
    ...(instead === undefined ? {} : { instead }),
    ...inWords(history, witnesses),
  };
}

/**
 * On a starved machine a drop is the service's only where a cause in the service is proven for one of them at least; else
 * it may be the machine's, and nobody can say.
 */
function notTheMachines(finding: Finding, causes: Cause[], history: ScenarioHistory): Finding {
  if (finding.name !== 'no-drops' || finding.verdict !== 'fail' || !maybeStarved(history)) return finding;
  const proven = causes.some(
    ({ cause, certain }) =>
      (certain > 0 && cause !== 'unattributed' && cause !== 'endpoint-lag') || HAD_TIME.has(cause),
  );
  const plan = history.started?.load;
  if (proven || (plan !== undefined && drops(history).some((drop) => isTheServices(drop, plan)))) return finding;
  const detail = `${finding.detail}; the machine was starved, and no cause in the service is proven; needed: a run on a machine with more processor time to spare, or with a lower --rate`;
  return { ...finding, verdict: 'inconclusive', detail };
}

/** All along, or about each of what was dropped: then, or when the probes timed out that had taken the pods away. */
function maybeStarved(history: ScenarioHistory): boolean {
  if (starved(history)) return true;
  const outages = readable(() => dips(history, counts(history))).filter(({ excuse }) => excuse === 'no-processor');
  const dropped = drops(history);
  return (
    dropped.length > 0 &&
    dropped.every(
      ({ t, end }) =>
        starvedAt(history, t) ||
        starvedAt(history, end) ||
        outages.some(({ from, to = Number.POSITIVE_INFINITY }) => end >= from && t <= to + PROXIES_FOLLOW),
    )
  );
}

/** A slice and the proxies, after the pods. */
const PROXIES_FOLLOW: Nanos = 5e9;

/** Never certain, but its pods answered others at once meanwhile: no want of a processor. */
const HAD_TIME: ReadonlySet<Cause['cause']> = new Set(['connection-limit']);

/** A dropped request proves itself, and so does nothing else where lines are lost: a pod whose return is not there never came back. */
function notTheDamage(finding: Finding, { damage }: ScenarioHistory): Finding {
  if (damage === undefined || finding.verdict !== 'fail' || finding.name === 'no-drops') return finding;
  const detail = `${finding.detail}; but ${damage}: what is lost may have been the answer`;
  return { ...finding, verdict: 'inconclusive', detail };
}

function counted(one: Reconciliation): ReconciliationVerdict {
  const { answeredNeverHandled, handledTwice, handledNeverAnswered, sentAgain } = one;
  return {
    ...one,
    answeredNeverHandled: answeredNeverHandled.length,
    handledTwice: handledTwice.length,
    handledNeverAnswered: handledNeverAnswered.length,
    sentAgain: sentAgain.length,
  };
}

/** Six digits are more than a simulation of years could tell apart. */
const figures = ({ missed, rate, sureMs, rare, ...one }: Sensitivity): SensitivityVerdict => ({
  ...one,
  rate: Math.round(rate * 10) / 10,
  missed: Number(missed.toPrecision(6)),
  rare: Number(rare.toPrecision(6)),
  sureMs: sureMs === null ? null : Math.round(sureMs * 10) / 10,
});

/** A cause as it is reported: its fix as a line for people, with the patch as YAML below it. */
function told({ fix, ...cause }: Cause): CauseVerdict {
  const yaml = fix?.patch === undefined ? '' : `\n${stringify(fix.patch.patch).trimEnd()}`;
  return {
    ...cause,
    fix: `${fix?.text ?? ''}${yaml}`,
    ...(fix?.patch === undefined ? {} : { patch: fix.patch }),
    page: pageOf(cause.cause),
  };
}

/** An expected failure has to fail in the way that is expected: by those checks, and from that cause most of all. */
function meets(expectation: Expectation, verdict: Verdict, findings: Finding[], causes: Cause[]): boolean {
  if (expectation.verdict === 'any' ? verdict === 'inconclusive' : verdict !== expectation.verdict) return false;
  if (verdict !== 'fail') return true;
  const failed = findings.filter((finding) => finding.verdict === 'fail').map(({ name }) => name as string);
  if (expectation.failing?.some((name) => !failed.includes(name))) return false;
  if (expectation.only && failed.some((name) => !expectation.failing?.includes(name))) return false;
  return expectation.cause === undefined || causes[0]?.cause === expectation.cause;
}

/** Figures beside the findings. Objects that can't be read make the checks inconclusive; a verdict there is all the same. */
function readable<T>(figures: () => T[]): T[] {
  try {
    return figures();
  } catch {
    return [];
  }
}

function transitions(history: ScenarioHistory): TransitionVerdict[] {
  const all = readable(() => waves(history));
  return took(history, all).map(({ kind, from, to, until, waves: found }, index) => {
    // What was in flight at the first trigger is the first one's.
    const inIt = (all: readonly RequestSeen[]) => countBetween(all, index === 0 ? Number.NEGATIVE_INFINITY : from, to);
    return {
      kind,
      seconds: seconds(until - from),
      requests: inIt(judgedRequests(history)),
      dropped: inIt(drops(history)),
      waves: found.map(({ from, to, ...wave }) => ({
        old: wave.old,
        new: wave.new,
        // A selector that stays as it is says nothing.
        ...(found.some(({ selector }) => selector !== wave.selector) ? { selector: wave.selector } : {}),
        seconds: seconds(to - from),
        floor: wave.floor,
        minReady: wave.minReady,
        minAvailable: wave.minAvailable,
        maxPods: wave.maxPods,
        requests: wave.requests,
        dropped: wave.dropped,
        stalled: wave.stalled,
        p50Ms: rounded(wave.p50Ms),
        p99Ms: rounded(wave.p99Ms),
      })),
    };
  });
}

function lanes(history: ScenarioHistory): LaneVerdict[] {
  const plan = history.started?.load;
  const dropped = drops(history);
  const stalled = stalls(history);
  const span = judgedSpan(history);
  return (plan?.lanes ?? []).map(({ name }) => {
    const inLane = <T extends { lane: string }>(all: T[]) => all.filter(({ lane }) => lane === name);
    const lostControl =
      name === 'control' ? controlLost(history).filter(({ t }) => span !== undefined && within(span, t)) : [];
    return {
      name,
      verdict: laneVerdict(history, name),
      sent: requestsIn(history, name).length,
      dropped: inLane(dropped).length + lostControl.length,
      stalled: inLane(stalled).length,
      notStarted: inLane(history.lanes).reduce((sum, { notStarted }) => sum + notStarted, 0),
    };
  });
}

const seconds = (nanos: number) => Math.round(nanos / 1e8) / 10;
const rounded = (ms: number | null) => (ms === null ? null : Math.round(ms * 10) / 10);
