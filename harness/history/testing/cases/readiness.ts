import { type PodPlan, type RollOptions, rollPlan, round } from '../roll-plan.ts';
import { type Sent, ToldRoll } from '../tell-roll.ts';
import type { Case } from './case.ts';

/** When a pod is called ready. b1 is created at 10.5, and ready at 13.8 unless it is told otherwise. */
export const READINESS: Record<string, Case> = {
  'no-readiness-probe': () => refusedEarly(false),
  'refused-though-its-probe-passed': () => refusedEarly(true),

  'ready-before-warm': () => failing([14.3, 14.9]),
  'young-pod-that-never-warms-up': () => failing([14.3, 14.9, 20.05, 26.05, 31.6, 31.9]),

  'settles-too-soon': () => crashing(1).whole(),
  'liveness-kills-under-load': () =>
    crashing(137, { container: { liveness: true } })
      .event(18.1, 'b1', 'Unhealthy', 'Liveness probe failed: context deadline exceeded')
      .event(18.2, 'b1', 'Killing', 'Container app failed liveness probe, will be restarted')
      .whole(),

  'probe-timeout-under-load': () =>
    ['a1', 'a2', 'a3']
      .reduce(
        (roll, pod, i) =>
          roll.event(11.9 + i / 100, pod, 'Unhealthy', 'Readiness probe failed: context deadline exceeded'),
        allUnready(),
      )
      .whole(),
  'connection-limit': () => full().whole(),
  // Its connections are new: it accepts, and only that one got lost.
  'one-connection-of-many-unanswered': () => full().sent(28.4, { to: 'b1' }).whole(),
  // It may be a packet that got lost.
  'one-that-waits-alone': () => full(0.05, { also: false }).whole(),
  // Its handler hangs: it was taken.
  'taken-and-never-answered': () => full(0.05, { handled: 1 }).whole(),
  // Its answer had begun.
  'answer-breaks-off-after-a-while': () => full(0.05, { lost: 'eof', status: 200, handled: 0 }).whole(),
  // Nobody took it, and nobody said so: what is between may let no new connection through.
  'dialled-in-vain': () => full(0.05, { lost: 'dialTimeout' }).whole(),
  // Our own calls are new connections too.
  'our-own-calls-are-answered': () => full().add({ type: 'probe', t: 28.5e9, pod: 'b1', status: 200, ms: 2 }).whole(),
  // All wait: it is busy, whatever connection they come on.
  'slow-on-every-connection': () => full(0.9).whole(),
  'full-until-no-endpoint': () => fullUntilNobodyIsReady().whole(),
  'no-endpoint-and-no-reason': () => allUnready().whole(),

  // Sound old pods err too, while new ones serve beside them, and nobody does once they are alone.
  'incompatible-versions': () => erring([...OF_BOTH, ['b2', 19.15]]),
  'incompatible-with-whoever-is-left': () => erring([...OF_BOTH, ['b2', 31.9]]),
  'errors-of-new-pods-beside-old-ones': () =>
    erring([
      ['b1', 14.35],
      ['b1', 14.95],
      ['b1', 15.55],
      ['b1', 16.15],
      ['b1', 16.75],
      ['b2', 18.05],
    ]),

  /** The kubelet never told of it: evidence beside the floor, never the floor. */
  'probed-unready-once': () =>
    new ToldRoll(rollPlan())
      .add({ type: 'probe', t: 15e9, pod: 'b1', status: 200, ms: 2 })
      .add({ type: 'probe', t: 15.1e9, pod: 'b1', status: 503, ms: 2 })
      .add({ type: 'probe', t: 15.2e9, pod: 'b1', status: 200, ms: 2 })
      .whole(),
};

/** The plan with some of its pods' instants changed. */
function altered(options: RollOptions, change: (pod: PodPlan) => Partial<PodPlan>) {
  const plan = rollPlan(options);
  return new ToldRoll({ ...plan, pods: plan.pods.map((pod) => ({ ...pod, ...change(pod) })) });
}

const isNew = ({ set }: PodPlan) => set === 'web-b';

/** Ready as soon as they run, listening 3 s after they were created: b1 is in the slice from 11.4, and listens at 13.5. */
function refusedEarly(probe: boolean) {
  const roll = altered({ container: { probe } }, (pod) =>
    isNew(pod) ? { ready: [[round(pod.started + 0.1)]], listening: round(pod.created + 3) } : {},
  );
  return roll.sent(12.2, { to: 'b1', lost: 'refused' }).sent(12.6, { to: 'b1', lost: 'refused' }).whole();
}

/** Of old pods that nobody deletes yet and of a new one, while both serve. */
const OF_BOTH: [pod: string, at: number][] = [
  ['a2', 14.35],
  ['b1', 14.95],
  ['a3', 16.15],
  ['b1', 17.35],
  ['a2', 18.4],
];

/** Answers of pods with an error, at these instants. */
const erring = (errors: [pod: string, at: number][], status = 500) =>
  errors.reduce((roll, [pod, at]) => roll.sent(at, { to: pod, status }), new ToldRoll(rollPlan())).whole();

const failing = (instants: number[]) =>
  erring(
    instants.map((at) => ['b1', at]),
    503,
  );

/** b1 ends at 18.8, 5 s after it was ready, with a request on a kept connection and one on the way to it. */
const crashing = (code: number, options: RollOptions = {}) =>
  altered({ lanes: ['new', 'kept-post'], ...options }, ({ name }) =>
    name === 'b1' ? { crash: { at: 18.8, code }, ready: [[13.8, 19.1], [21]] } : {},
  )
    .sent(18.3, { lane: 'kept-post', user: 9, to: 'b1', reused: true })
    .sent(18.75, { lane: 'kept-post', user: 9, to: 'b1', reused: true, lost: 'reset', seconds: 0.06, handled: 1 })
    .sent(18.95, { to: 'b1', lost: 'refused' });

/** From 27.3 to 30 b1 answers eight on a kept connection, each after so many seconds, and two on their own never. */
const full = (seconds = 0.05, other: Full = {}) =>
  neverAnswered(new ToldRoll(rollPlan({ lanes: ['new', 'kept-post'] })), {
    ...{ pod: 'b1', from: 27.3, to: 30, seconds },
    ...other,
  });

interface Full extends Pick<Sent, 'lost' | 'handled' | 'status'> {
  /** A second request waits beside it. Default true. */
  also?: boolean;
}

function neverAnswered(
  roll: ToldRoll,
  { pod, from, to, seconds, also = true, ...one }: Full & { pod: string; from: number; to: number; seconds: number },
) {
  roll.sent(from - 0.3, { lane: 'kept-post', user: 9, to: pod });
  for (const at of also ? [from, round(from + 0.04)] : [from])
    roll.sent(at, { to: pod, lost: 'timeout', seconds: round(to - at), ...one });
  for (let i = 0; i < 8; i += 1) {
    const at = round(from + 0.05 + (i * (to - from - 0.1)) / 8);
    roll.sent(at, { lane: 'kept-post', user: 9, to: pod, reused: true, seconds });
  }
  return roll;
}

/** a2 accepts no more from 10.2 on, then nobody is ready from 12 to 13: probes come on new connections. */
function fullUntilNobodyIsReady() {
  const roll = altered({ lanes: ['new', 'kept-post'] }, (pod) => (isNew(pod) ? {} : { ready: [[1, 12], [13]] }));
  neverAnswered(roll, { pod: 'a2', from: 10.2, to: 11.9, seconds: 0.01 });
  for (const [i, pod] of ['a1', 'a2', 'a3'].entries())
    roll.event(11.9 + i / 100, pod, 'Unhealthy', 'Readiness probe failed: context deadline exceeded');
  return roll.sent(12.5, { lost: 'refused' });
}

/** Nobody is ready from 12 to 13; a request at 12.5 finds no endpoint. */
const allUnready = () =>
  altered({}, (pod) => (isNew(pod) ? {} : { ready: [[1, 12], [13]] })).sent(12.5, { lost: 'refused' });
