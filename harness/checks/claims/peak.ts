import { type Moment, replay } from '../../history/replay.ts';
import { judgedSpan, objectsOf } from '../../history/select.ts';
import type { KubeObject } from '../../history/types.ts';
import { define, unseen } from './measure.ts';

/** Pods, and what their containers request: CPU in thousandths of a core, memory in bytes. */
interface Resources {
  pods: number;
  cpu: number;
  memory: number;
}

/**
 * At its peak a transition has so many times the pods, and the requests of CPU and memory, that were there before it:
 * exactly. Pods that terminate count, because they hold what they requested until they are gone.
 */
export const peakIs = define<{ times: number }>('peak-is', (history, { times }) => {
  const span = judgedSpan(history);
  // A pod may be told of before its ReplicaSet: then no moment is its own.
  const requested = new Map<string, Omit<Resources, 'pods'>>();
  for (const { uid, object } of objectsOf(history, 'Pod')) {
    if (!requested.has(uid)) requested.set(uid, requestsOf(object));
  }
  let before: Resources | undefined;
  let peak: Resources | undefined;
  let at = '';
  let examined = 0;
  for (const moment of replay(history)) {
    const { event, t } = moment;
    if (event.kind === 'Pod') requested.set(event.uid, requestsOf(event.object));
    if (span === undefined || t >= span.to) break;
    const now = held(moment, requested);
    if (t < span.from) {
      before = now;
      continue;
    }
    examined += 1;
    if (now.pods > (peak?.pods ?? before?.pods ?? 0)) at = event.id;
    peak = highest(peak ?? now, now);
  }
  if (before === undefined || peak === undefined) return unseen('the pods were not seen');
  if (before.pods === 0) return unseen('there was no pod before it');
  const [was, most] = [before, peak];
  const compared = (['pods', 'cpu', 'memory'] as const).filter((one) => was[one] > 0);
  return {
    holds: compared.every((one) => most[one] === times * was[one]),
    figures: compared.map((one) => `${WORDS[one](was[one])} before, ${WORDS[one](most[one])} at the peak`).join('; '),
    examined,
    witnesses: at === '' ? [] : [at],
  };
});

const WORDS: Record<keyof Resources, (amount: number) => string> = {
  pods: (amount) => `${amount} pods`,
  cpu: (amount) => `${amount}m CPU`,
  memory: (amount) => `${Math.round(amount / 2 ** 20)} MiB`,
};

function held({ pods }: Moment, requested: Map<string, Omit<Resources, 'pods'>>): Resources {
  const all = [...pods.values()].filter(({ ended, terminating }) => !ended || terminating);
  const sum = (of: 'cpu' | 'memory') => all.reduce((total, { uid }) => total + (requested.get(uid)?.[of] ?? 0), 0);
  return { pods: all.length, cpu: sum('cpu'), memory: sum('memory') };
}

const highest = (a: Resources, b: Resources): Resources => ({
  pods: Math.max(a.pods, b.pods),
  cpu: Math.max(a.cpu, b.cpu),
  memory: Math.max(a.memory, b.memory),
});

function requestsOf({ spec }: KubeObject): Omit<Resources, 'pods'> {
  const { containers = [] } = (spec ?? {}) as { containers?: { resources?: { requests?: Record<string, string> } }[] };
  const sum = (of: 'cpu' | 'memory') =>
    containers.reduce((total, { resources }) => total + quantity(resources?.requests?.[of] ?? '0'), 0);
  return { cpu: Math.round(sum('cpu') * 1000), memory: Math.round(sum('memory')) };
}

/** A quantity as Kubernetes writes it: "10m", "0.5", "32Mi", "128M", "1e3". */
export function quantity(text: string): number {
  const [, number, suffix = ''] = /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)([numkKMGTPE]i?)?$/.exec(text) ?? [];
  return Number(number) * (SUFFIXES[suffix] ?? Number.NaN);
}

/** apimachinery's pkg/api/resource: powers of 1000, and of 1024 with an "i". */
const SUFFIXES: Record<string, number> = {
  '': 1,
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};
