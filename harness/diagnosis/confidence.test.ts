import { expect, test } from 'vitest';
import type { PodLife } from '../history/pod-lives.ts';
import type { RequestSeen } from '../history/types.ts';
import type { CauseName } from './catalogue.ts';
import { confidenceIn } from './confidence.ts';
import type { Context } from './context.ts';
import type { Drop, DropFacts } from './drop.ts';

/** What can be known of a drop; all of it is, unless it is taken away. */
const ALL = {
  pod: true,
  sure: true,
  sigterm: true,
  exit: true,
  process: true,
  logged: true,
  cut: true,
  closed: true,
  flows: true,
  /** A processor to spare. */
  spare: true,
  /** The kubelet said that its liveness probe timed out. */
  probe: true,
  endpoints: 0 as number,
};

const PROBED = {
  t: 10e9,
  about: 'a1',
  reason: 'Unhealthy',
  message: 'Liveness probe failed: context deadline exceeded',
};

/** @param catches whether its first process has a handler for SIGTERM */
function drop(known: Partial<typeof ALL>, phase: Drop['phase'] = 'request', catches = true): Drop {
  const has = { ...ALL, ...known };
  const pod = {
    name: 'a1',
    owner: 'web-a',
    serving: 'app',
    ...(has.sigterm ? { sigterm: 10e9 } : {}),
    ...(has.exit ? { exit: 15e9 } : {}),
    processes: new Map(has.process ? [['app', { command: 'app', catchesSigterm: catches }]] : []),
  } as unknown as PodLife;
  const connecting = phase === 'connect' ? 0 : 1;
  const request = {
    request: 'new-1-1',
    t: 11e9,
    end: 12e9,
    status: 0,
    errorCode: phase === 'connect' ? 1212 : 1220,
    phases: { blocked: 0, connecting, tls: 0, sending: 0, waiting: 0, receiving: 0 },
    reused: false,
    bytes: 0,
    pod: '',
  } as unknown as RequestSeen;
  const context = {
    logsIds: true,
    handledBy: new Map(),
    logWholeUntil: new Map(has.logged ? [['a1', 20e9]] : []),
    endpoints: [{ t: 0, ready: has.endpoints }],
    flows: { whole: has.flows, of: () => [] },
    proxied: false,
    events: has.probe ? [PROBED] : [],
    byName: new Map(),
    starvedAt: () => !has.spare,
  } as unknown as Context;
  const facts: DropFacts = {
    cutInFlight: new Set(has.cut ? ['web-a'] : []),
    closedAlive: new Set(has.closed ? ['web-a'] : []),
    missed: new Set(),
    full: new Map(),
    fullSpans: [],
  };
  const place = has.pod ? { pod, by: 'the answer' as const, sure: has.sure } : undefined;
  return { request, phase, place, context, facts };
}

/** What each rests on, beside the pod: without any one of them it is likely only. */
const RUNTIME = ['sigterm', 'exit'] as const;
const NEEDS: Partial<Record<CauseName, readonly (keyof typeof ALL)[]>> = {
  'sigterm-ignored': [...RUNTIME, 'process'],
  'exits-without-draining': [...RUNTIME, 'cut'],
  'listener-closed-early': [...RUNTIME, 'closed', 'logged'],
  'accept-loop-blocked': [...RUNTIME, 'logged'],
  'grace-too-short': [...RUNTIME, 'process'],
  'prestop-failed': RUNTIME,
  'keepalive-cut': [...RUNTIME, 'logged'],
  'keepalive-pinned': RUNTIME,
  'stream-cut': RUNTIME,
  'no-readiness-probe': [],
  'ready-before-warm': [],
  'liveness-kills-under-load': ['spare', 'probe'],
  'settles-too-soon': [],
  'unready-while-draining': [],
  'endpoint-lag': [],
};

test.each(Object.entries(NEEDS))(
  '%s is certain with all that it rests on, and likely without any of it',
  (name, needs) => {
    const cause = name as CauseName;
    const known = (has: Partial<typeof ALL>) => drop(has, 'request', cause !== 'sigterm-ignored');
    expect(confidenceIn(cause, known({}))).toBe('certain');
    for (const missing of [...needs, 'sure', 'pod'] as const)
      expect(confidenceIn(cause, known({ [missing]: false })), `without ${missing}`).toBe('likely');
    for (const other of (Object.keys(ALL) as (keyof typeof ALL)[]).filter(
      (one) => !needs.includes(one) && one !== 'sure' && one !== 'pod',
    ))
      expect(confidenceIn(cause, known({ [other]: false })), `without ${other}`).toBe('certain');
  },
);

test.each([
  'probe-timeout-under-load',
  'strategy-recreate',
  'single-replica-unavailable',
  'switch-before-ready',
] as const)('%s needs no pod: there was none, by the slice or by the proxy', (cause) => {
  expect(confidenceIn(cause, drop({ pod: false, flows: false }, 'connect'))).toBe('certain');
  expect(confidenceIn(cause, drop({ pod: false, endpoints: 2 }, 'connect'))).toBe('certain');
  expect(confidenceIn(cause, drop({ pod: false, endpoints: 2, flows: false }, 'connect'))).toBe('likely');
  expect(confidenceIn(cause, drop({ pod: false, endpoints: 2 }, 'request'))).toBe('likely');
});

test.each([11, 12])(
  'what ran out of time is likely only where no processor was to spare: as the request began, or as it ended',
  (second) => {
    const killed = drop({});
    killed.context.starvedAt = (t) => t === second * 1e9;
    expect(confidenceIn('liveness-kills-under-load', killed)).toBe('likely');
    expect(confidenceIn('settles-too-soon', killed)).toBe('certain');
  },
);

test('that a liveness probe failed is not enough: it may have asked for what is not there, or another pod', () => {
  for (const other of [
    { message: 'Liveness probe failed: HTTP probe failed with statuscode: 404' },
    { message: 'Readiness probe failed: context deadline exceeded' },
    { about: 'a2' },
    { reason: 'Killing' },
    { t: 14e9 },
  ]) {
    const killed = drop({});
    killed.context.events = [{ ...PROBED, ...other }] as unknown as Context['events'];
    expect(confidenceIn('liveness-kills-under-load', killed), JSON.stringify(other)).toBe('likely');
  }
});

test('local-traffic-policy is certain where the proxy let it through to nobody', () => {
  expect(confidenceIn('local-traffic-policy', drop({}, 'connect'))).toBe('certain');
  expect(confidenceIn('local-traffic-policy', drop({ flows: false }, 'connect'))).toBe('likely');
});

test('where no connection came about, nothing can have been handled', () =>
  expect(confidenceIn('listener-closed-early', drop({ logged: false }, 'connect'))).toBe('certain'));

test('which versions met is on nobody’s record, and what is not known has no confidence', () => {
  expect(confidenceIn('incompatible-versions', drop({}))).toBe('likely');
  expect(confidenceIn('unattributed', drop({}))).toBe('unattributed');
});
