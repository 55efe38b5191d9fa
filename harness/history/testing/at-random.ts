import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { mersenne } from 'pure-rand/generator/mersenne';
import type { History, LaneName } from '../types.ts';
import { type PodPlan, type RollOptions, rollPlan, round } from './roll-plan.ts';
import { LOST, type Sent, ToldRoll } from './tell-roll.ts';

/** Chooses among what it is given, the same for the same seed on any machine. */
interface Dice {
  one<T>(of: readonly T[]): T;
  /** So many times in ten. */
  yes(inTen: number): boolean;
}

function dice(seed: number): Dice {
  const generator = mersenne(seed);
  const below = (n: number) => uniformInt(generator, 0, n - 1);
  return { one: (of) => of[below(of.length)]!, yes: (inTen) => below(10) < inTen };
}

const DROPS = 14;
/** Seconds from an instant of a pod's at which some rule has its limit; each is tried just before it, at it, just after it. */
const LIMITS = [0, 0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 1, 1.2, 1.5, 2, 3, 5, 12.6, 15];
const AROUND = LIMITS.flatMap((limit) =>
  [limit - 0.01, limit, limit + 0.01].flatMap((one) => (limit < 2 ? [one, -one] : [one])),
);
const LASTS = [0.003, 0.05, 0.3, 1, 5];
const EVENTS = [
  ['Unhealthy', 'Readiness probe failed: Get "http://x/ready": context deadline exceeded'],
  ['Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503'],
  ['Unhealthy', 'Liveness probe failed: context deadline exceeded'],
  ['Killing', 'Container app failed liveness probe, will be restarted'],
  ['Killing', 'Stopping container app'],
  ['FailedPreStopHook', 'PreStopHook failed'],
] as const;

const SERVICES = [{ clusterIP: 'None' }, { externalTrafficPolicy: 'Local' }, { internalTrafficPolicy: 'Local' }];
const switched = (at: number) => [
  { at: 1, spec: {} },
  { at, spec: { selector: { app: 'web', version: 'web-b' } } },
];

/**
 * A roll of which everything is chosen by chance: the pods' template, how they end, what could be seen, and requests that
 * came to grief, most of them near the instants at which something happens to a pod. It need not be one that there can be.
 */
export function rollAtRandom(seed: number): History {
  const { one, yes } = dice(seed);
  const lanes = one<LaneName[]>([
    ['new'],
    ['new', 'kept-post'],
    ['new', 'kept', 'kept-post'],
    ['new', 'slow', 'stream'],
  ]);
  const options: RollOptions = {
    lanes,
    replicas: one([1, 2, 3]),
    minReadySeconds: one([0, 0, 3]),
    lives: one([0.02, 0.15, 0.25, 0.4, 0.8, 2, 5]),
    exitCode: one([0, 0, 1, 2, 137, 143]),
    sliceLag: one([0.1, 0.1, 1.5]),
    strategy: one([{}, {}, { recreate: true }, { surge: 0, unavailable: 1 }, { surge: '25%', unavailable: '25%' }]),
    container: {
      probe: yes(8),
      liveness: yes(3),
      catches: yes(7),
      grace: one([5, 30]),
      ...one([{}, {}, { sleep: 1 }, { sleep: 5 }, { exec: ['sleep', '5'] }]),
    },
    evidence: { node: yes(8), flows: yes(7), ids: yes(8) },
    ...one([
      {},
      {},
      {},
      { service: [{ at: 1, spec: one(SERVICES) }] },
      { service: switched(one([11, 13, 13.9, 15, 19])) },
    ]),
  };
  const plan = rollPlan(options);
  const pods = plan.pods.map((pod) => ({
    ...pod,
    ...(yes(2) ? { crash: { at: round(pod.ready[0]![0] + one([1, 6, 29, 31])), code: one([1, 137]) } } : {}),
    ...(yes(1) ? { ready: [[pod.ready[0]![0], 12.4], [13.2]] as [number, number?][] } : {}),
    ...(yes(1) ? { listening: round(pod.listening + one([1, 4])) } : {}),
  }));
  const roll = new ToldRoll({ ...plan, pods });
  for (let i = 0; i < DROPS; i++) {
    const pod = one(pods);
    const at = round(Math.max(4.01, one(instantsOf(pod)) + one(AROUND)));
    roll.sent(at, lostOne({ one, yes }, pod, at, lanes));
    if (yes(2)) {
      const [reason, message] = one(EVENTS);
      roll.event(round(at + one(AROUND)), pod.name, reason, message);
    }
  }
  return roll.whole();
}

const instantsOf = ({ created, listening, ready, deleted, sigterm, sigkill, exit, gone, crash }: PodPlan): number[] =>
  [created, listening, ready[0]![0], deleted, sigterm, sigkill, exit, gone, crash?.at, 11, 20].filter(
    (one) => one !== undefined && Number.isFinite(one),
  ) as number[];

function lostOne({ one, yes }: Dice, pod: PodPlan, at: number, lanes: LaneName[]): Sent {
  const ends = [pod.exit, pod.sigterm, pod.crash?.at, pod.sigkill].filter((end) => end !== undefined && end > at);
  const end = ends.length === 0 ? undefined : one(ends);
  const lasts = end !== undefined && yes(6) ? round(end - at + one(AROUND)) : one(LASTS);
  const to = yes(8) ? pod.name : undefined;
  // What happens near a pod's end is mostly what can happen there.
  const likely: (keyof typeof LOST)[] =
    pod.exit !== undefined && at >= pod.exit ? ['refused', 'unreachable'] : ['reset', 'eof'];
  if (yes(5))
    return {
      lane: one(lanes),
      to: pod.name,
      seconds: Math.max(0.002, lasts),
      lost: one(likely),
      user: one([1, 2, 7]),
      reused: yes(4),
      port: yes(5),
    };
  const outcome: Sent = yes(7)
    ? { lost: one(Object.keys(LOST) as (keyof typeof LOST)[]), ...(yes(1) ? { status: 200 } : {}) }
    : { status: one([500, 502, 503, 404, 200]) };
  return {
    lane: one(lanes),
    ...(to === undefined ? {} : { to }),
    seconds: Math.max(0.002, lasts),
    ...outcome,
    user: one([1, 2, 7, 8]),
    reused: yes(4),
    ...(yes(3) ? { handled: one([0, 1, 2]) } : {}),
    ...(yes(3) ? { tracked: yes(5) } : {}),
    port: yes(4),
  };
}
