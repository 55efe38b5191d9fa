import type { ObjectSeen, Observation } from '../../types.ts';
import { type PodPlan, type RollOptions, rollPlan } from '../roll-plan.ts';
import { ToldRoll } from '../tell-roll.ts';
import type { Case } from './case.ts';

/** Ways in which a harness fools itself, each beside a neighbour in which the evidence does carry the verdict. */
export const BLIND: Record<string, Case> = {
  'requests-not-started': () => notStarted(told({})),
  'requests-not-started-and-a-drop': () => notStarted(told({}).sent(16, LOST)),

  'retry-hides-the-drop': () => sentAgain(false),
  'retry-is-handled-twice': () => sentAgain(true),
  'no-retry-of-a-post': () =>
    told({ lanes: ['kept', 'kept-post'] })
      .sent(13.6, { lane: 'kept-post', user: 9, to: 'a1', reused: true })
      .sent(14.3, { lane: 'kept-post', user: 9, to: 'a1', reused: true, lost: 'reset', seconds: 4.75 })
      .whole(),

  'dropped-in-one-lane-only': () =>
    [14.08, 14.3, 14.5]
      .reduce((roll, at) => roll.sent(at, { to: 'a1', lost: 'refused' }), told({ lanes: ['new', 'kept'] }))
      .whole(),
  'one-connection-kind-only': () =>
    told({ lanes: ['new', 'kept'] })
      .without((one) => (one.type === 'request' || one.type === 'lane') && one.lane === 'new')
      .whole(),

  'dropped-after-rolled': () => told({}).sent(22.35, { to: 'a3', lost: 'reset', seconds: 4.7, port: true }).whole(),
  'lost-after-the-tail': () => told({}).sent(32.6, LOST).whole(),
  'ends-at-rollout-status': () => until(22.3),

  'k6-was-killed': () =>
    withoutLoad(20.5)
      .add(blindTo('requests:new', 20.5, 33.25))
      .whole(),
  'load-pauses-in-silence': () => withoutLoad(13.5, 21.5).whole(),

  'too-few-requests': () => told({ minRequests: 100 }).whole(),
  'no-request-judged': () =>
    told({})
      .without((one) => one.type === 'request' && one.t >= 9.9e9)
      .whole(),

  'pod-watch-was-blind': () => blind('watch:Pod', 13, 17),
  'slice-watch-was-blind': () => blind('watch:EndpointSlice', 15, 16),
  'blind-before-the-trigger': () => blind('watch:Pod', 3, 4.5),
  'log-was-not-read': () => blind('logs:a1/app', 13, 17),
  'pod-watch-died-in-silence': () =>
    told({})
      .without((one) => one.type === 'object' && one.kind === 'Pod' && one.t >= 10e9)
      .whole(),

  'harness-held-up': () => selfSample({ loopDelayMs: 3000 }),
  'busy-machine': () => selfSample({ loopDelayMs: 120, cpuBusy: 0.9, cpuPressure: 0.2 }),
  'clock-stepped': () => selfSample({ clockStepMs: 1500 }),
  'clock-slewed': () => selfSample({ clockStepMs: -3 }),

  'nobody-watched-the-harness': () =>
    told({})
      .without((one) => one.type === 'self' || (one.type === 'request' && one.lane === 'control'))
      .whole(),

  'two-pods-may-have-been-it': () => twoEnds(false),
  'its-connection-was-tracked': () => twoEnds(true),

  'wrong-before-the-trigger': () => alwaysWrong(9.9),
  'wrong-before-and-after': () => alwaysWrong(Infinity),

  'cut-off-tail': () => cutOff(told({}), 16.5),
  'cut-off-tail-after-a-drop': () => cutOff(told({}).sent(16, LOST), 16.5),

  'drop-in-a-fault': () => inFault(told({}).sent(16, LOST)),
  'drop-in-a-fault-and-one-outside': () => inFault(told({}).sent(16, LOST).sent(20, LOST)),
  'control-lane-lost-too': () => told({}).sent(16, LOST).sent(16.4, { lane: 'control', lost: 'reset' }).whole(),
  'control-lane-lost-elsewhere': () => told({}).sent(16, LOST).sent(25.4, { lane: 'control', lost: 'reset' }).whole(),

  'dip-that-the-control-service-shares': () => dip(15.4).whole(),
  'dip-that-it-does-not-share': () => dip(25).whole(),

  /** No apiserver sends conditions that are not a list: whatever reads them throws. */
  'checks-that-throw': () => {
    const roll = told({});
    const status = { conditions: 'not a list' };
    const ownerReferences = [{ kind: 'ReplicaSet', name: 'web-a', uid: 'web-a', controller: true }];
    return roll.object(12, 'Pod', 'a2', { metadata: { ownerReferences }, status }).whole();
  },

  'stall-is-told': () => told({}).sent(15.3, { to: 'a3', seconds: 3 }).whole(),
  'stall-beyond-the-limit': () =>
    told({ expectation: { verdict: 'pass', maxStallMs: 1000 } })
      .sent(15.3, { to: 'a3', seconds: 3 })
      .whole(),

  'every-answer-is-404': () => notFound([[200, 399]]),
  'every-answer-is-404-and-good': () => notFound([[404, 404]]),
};

const told = (options: RollOptions) => new ToldRoll(rollPlan(options));

/** Nothing explains it: no pod ends near it. */
const LOST = { lost: 'reset', seconds: 0.1 } as const;

function notStarted(roll: ToldRoll) {
  for (const one of roll.builder.observations) if (one.type === 'lane' && one.lane === 'new') one.notStarted = 40;
  return roll.whole();
}

/** a1 cut the connection at its end, 19.05; Go's client sent the GET again, to a3. It may be that a1 had handled it. */
function sentAgain(handledBefore: boolean) {
  const roll = told({ lanes: ['kept'] }).sent(13.6, { lane: 'kept', user: 9, to: 'a1', reused: true });
  roll.sent(14.3, { lane: 'kept', user: 9, to: 'a3', reused: true, seconds: 4.76 });
  const line = roll.builder.observations.at(-1)!;
  return (handledBefore ? roll.add({ ...line, t: 14.31e9, pod: 'a1' }) : roll).whole();
}

function until(seconds: number) {
  return told({})
    .without((one) => one.t > seconds * 1e9)
    .whole();
}

/** A recorder saw nothing in [from, to); a watch lists afterwards what there is. */
function blind(source: string, from: number, to: number) {
  const missed = (one: Observation): one is ObjectSeen =>
    one.type === 'object' && source === `watch:${one.kind}` && one.t >= from * 1e9 && one.t < to * 1e9;
  const roll = told({});
  const relisted = new Map(roll.builder.observations.filter(missed).map((one) => [one.uid, one]));
  roll.without(missed);
  for (const one of relisted.values()) roll.add({ ...one, t: to * 1e9, verb: 'listed' });
  return roll.add(blindTo(source, from, to)).whole();
}

const blindTo = (source: string, from: number, to: number) =>
  ({ type: 'gap', t: to * 1e9, source, from: from * 1e9, to: to * 1e9, reason: 'told by the case' }) as const;

/** Nothing of lane new in between. */
const withoutLoad = (from: number, to = Infinity) =>
  told({}).without((one) => one.type === 'request' && one.lane === 'new' && one.t > from * 1e9 && one.t < to * 1e9);

/** a3 is unready from 15.5 to 16.5; the probe of the service that is never rolled fails at an instant too. */
function dip(at: number) {
  const plan = rollPlan();
  const pods = plan.pods.map((pod): PodPlan => (pod.name === 'a3' ? { ...pod, ready: [[1, 15.5], [16.5]] } : pod));
  return new ToldRoll({ ...plan, pods }).event(
    at,
    'control-1',
    'Unhealthy',
    'Readiness probe failed: context deadline exceeded',
    'rollproof-control',
  );
}

const selfSample = (fields: object) => told({}).self(15.5, fields).whole();

/** a1 and a2 are deleted together; a1 stands still from SIGTERM on, a2 waits in its preStop hook and then exits at once. */
function twoEnds(flows: boolean) {
  const plan = rollPlan({ strategy: { unavailable: 1 }, evidence: { flows } });
  const waits = { deleted: 14, sigterm: 19, exit: 19.1, gone: 20.1 };
  return new ToldRoll({
    ...plan,
    pods: plan.pods.map((pod) => (pod.name === 'a2' ? { ...pod, ...waits } : pod)),
    sets: plan.sets.map((set) => (set.at === 13.9 ? { ...set, replicas: 1 } : set)),
  })
    .sent(14.3, { to: 'a1', lost: 'reset', seconds: 4.77, port: flows })
    .whole();
}

/** It answers 500, whatever it is asked. */
function alwaysWrong(until: number) {
  const roll = told({}).without((one) => one.t > until * 1e9);
  for (const one of roll.builder.observations)
    if (one.type === 'request' && one.lane !== 'control') Object.assign(one, { status: 500, errorCode: 1500 });
  return roll.whole();
}

/** The harness was killed while it wrote a line. */
const cutOff = (roll: ToldRoll, seconds: number) => ({
  ...roll.without((one) => one.t > seconds * 1e9).whole(),
  truncated: true,
});

const inFault = (roll: ToldRoll) =>
  roll
    .add({ type: 'fault', t: 16.6e9, source: 'machine', from: 15.8e9, to: 16.5e9, detail: 'the harness was stopped' })
    .whole();

function notFound(good: [number, number][]) {
  const roll = told({});
  for (const one of roll.builder.observations) {
    if (one.type === 'scenario') one.load.good = good;
    if (one.type === 'request' && one.lane !== 'control') Object.assign(one, { status: 404, errorCode: 1404 });
    if (one.type === 'request' && one.lane === 'control' && good[0]?.[0] === 404) Object.assign(one, { status: 404 });
  }
  return roll.whole();
}
