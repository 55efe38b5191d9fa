import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { RequestSeen } from '../history/types.ts';
import { type CanarySettings, canary } from './canary.ts';
import { NotReached, type StartedWorkload, type TriggerFacts, type WorkloadView } from './workload.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

const STEP_MS = 100;
/** A pod is available a second after it was asked for, and an endpoint one later; one that goes takes three. */
const [UP_MS, ENDPOINT_MS, GONE_MS] = [1000, 1000, 3000];

/** Ten pods of stable and none of the canary in a world where all goes well, under 40 requests a second. */
function world(answer: (canary: boolean, i: number) => Partial<RequestSeen> = () => ({}), upMs = UP_MS) {
  const said: string[] = [];
  const triggers: TriggerFacts[] = [];
  const outputs: string[] = [];
  const sizes = { web: [{ t: -1e9, count: 10 }], 'web-canary': [{ t: -1e9, count: 0 }] };
  const requests: RequestSeen[] = [];
  const was = (name: keyof typeof sizes, agoMs: number) =>
    sizes[name].findLast(({ t }) => t <= performance.now() - agoMs)?.count ?? 0;
  const pods = (name: keyof typeof sizes) => {
    const wanted = was(name, 0);
    const up = Math.min(wanted, was(name, upMs));
    return { wanted, ready: up, available: up, terminating: Math.max(0, was(name, GONE_MS) - wanted) };
  };
  const endpoints = (name: keyof typeof sizes) => Math.min(was(name, 0), was(name, upMs + ENDPOINT_MS));
  const now = () =>
    ({
      pods,
      endpoints,
      requests,
      deploymentOf: (pod) => (pod.startsWith('c') ? 'web-canary' : 'web'),
      isGood: ({ status }) => status === 200,
    }) as Partial<WorkloadView>;
  function tick(): void {
    vi.advanceTimersByTime(STEP_MS);
    for (let i = 0; i < (40 * STEP_MS) / 1000; i++) {
      const n = requests.length;
      const share = endpoints('web-canary') / (endpoints('web') + endpoints('web-canary'));
      const fresh = Math.floor((n + 1) * share) > Math.floor(n * share);
      const t = performance.now() * 1e6;
      const pod = fresh ? 'c1' : 'a1';
      requests.push({ lane: 'new', t, end: t, status: 200, pod, ...answer(fresh, n) } as RequestSeen);
    }
  }
  const workload = {
    namespace: 'ns',
    deployment: 'web',
    clock: () => performance.now() * 1e6,
    now,
    cluster: {
      async kubectl([, , , target, replicas]: string[]) {
        const name = target!.replace('deployment/', '') as keyof typeof sizes;
        const count = Number(replicas!.replace('--replicas=', ''));
        said.push(`${name} → ${count} at ${endpoints('web')} + ${endpoints('web-canary')} endpoints`);
        sizes[name].push({ t: performance.now(), count });
      },
    },
    async act(action: string, detail: string, what: () => Promise<unknown>) {
      const output = await what().catch((error: Error) => {
        said.push(`${action} ${detail} failed`);
        throw error;
      });
      if (action !== 'scale') said.push(`${action} ${detail}`);
      if (typeof output === 'string') outputs.push(output);
    },
    trigger: (trigger: TriggerFacts) => {
      said.push(trigger.kind);
      triggers.push(trigger);
    },
    async until(what: string, budgetMs: number, holds: (now: WorkloadView) => boolean) {
      const end = performance.now() + budgetMs;
      while (!holds(now() as WorkloadView)) {
        if (performance.now() > end) throw new NotReached(`waited for ${what}`);
        tick();
      }
    },
  } as unknown as StartedWorkload;
  return { workload, said, triggers, outputs, now: now as () => WorkloadView };
}

const SHIFT: CanarySettings = {
  deployment: 'web-canary',
  steps: [
    [9, 1],
    [5, 5],
    [0, 10],
  ],
  analysis: { canaryRequests: 20 },
};

describe('a sound canary', () => {
  test('comes first, and stable goes once it is a ready endpoint; each step but the last is analysed', async () => {
    const { workload, said, now } = world();
    const ending = await canary(SHIFT).drive(workload);
    expect(said).toEqual([
      'web-canary → 1 at 10 + 0 endpoints',
      'web → 9 at 10 + 1 endpoints',
      'canary-step stable 9, canary 1',
      'canary-analysis stable 9, canary 1: 200 requests',
      'web-canary → 5 at 9 + 1 endpoints',
      'web → 5 at 9 + 5 endpoints',
      'canary-step stable 5, canary 5',
      'canary-analysis stable 5, canary 5: 40 requests',
      'web-canary → 10 at 5 + 5 endpoints',
      'web → 0 at 5 + 10 endpoints',
      'canary-step stable 0, canary 10',
    ]);
    expect(ending.holds(now())).toBe(true);
  });

  test('keeps with its analysis what was judged, by what, and every figure', async () => {
    const { workload, outputs } = world();
    await canary(SHIFT).drive(workload);
    const [first] = outputs.map((output) => JSON.parse(output));
    expect(first).toMatchObject({ step: [9, 1], criteria: { requests: 200, significance: 0.001 }, promote: true });
    expect(first.split.of).toBeGreaterThanOrEqual(200);
    expect(first.figures).toHaveLength(3);
    expect(first.to).toBeGreaterThan(first.from);
  });

  test('promises its limits: nothing is taken away before, and the widest step is the surplus', () => {
    const { workload } = world();
    expect(canary(SHIFT).facts?.(workload)).toEqual({ to: 'web-canary', limits: { floor: 10, ceiling: 15 } });
  });

  test('is aborted by hand after the step that is named, and held for as long as is said', async () => {
    const { workload, said, triggers, now } = world();
    const { analysis: _, ...byHand } = SHIFT;
    const begin = performance.now();
    const ending = await canary({ ...byHand, hold: 60, abortAfter: 1 }).drive(workload);
    expect(performance.now() - begin).toBeGreaterThan(60_000);
    expect(said.slice(2)).toEqual([
      'canary-step stable 9, canary 1',
      'canary-abort',
      'web → 10 at 9 + 1 endpoints',
      'web-canary → 0 at 10 + 1 endpoints',
      'canary-step stable 10, canary 0',
    ]);
    expect(triggers).toEqual([
      {
        kind: 'canary-abort',
        detail: 'back to stable 10, canary 0: as it was told',
        to: 'web',
        limits: { floor: 10, ceiling: 11 },
      },
    ]);
    expect(ending.holds(now())).toBe(true);
  });
});

describe('a canary is aborted', () => {
  test('when its answers are errors', async () => {
    const { workload, triggers, outputs } = world((fresh, i) => (fresh && i % 20 === 9 ? { status: 500 } : {}));
    await canary({ ...SHIFT, analysis: { canaryRequests: 50 } }).drive(workload);
    expect(triggers[0]?.detail).toBe('back to stable 10, canary 0: more of its answers are errors than of stable');
    expect(JSON.parse(outputs[0]!)).toMatchObject({ promote: false, reasons: ['errors'] });
  });

  test('when its answers take longer', async () => {
    const { workload, triggers } = world((fresh) => ({ end: (performance.now() + (fresh ? 150 : 2)) * 1e6 }));
    await canary(SHIFT).drive(workload);
    expect(triggers[0]?.detail).toContain('its answers take longer than those of stable');
  });

  test('when there is no lane new to judge it by', async () => {
    const { workload, triggers } = world(() => ({ lane: 'kept' }));
    await canary(SHIFT).drive(workload);
    expect(triggers[0]?.detail).toContain('too few requests say anything about it');
  });
});

test('a canary that is not ready in time is aborted, and stable has lost nothing', async () => {
  const { workload, said, triggers } = world(() => ({}), 30_000);
  await canary({ ...SHIFT, readyWithin: 20 }).drive(workload);
  expect(said).toEqual([
    'web-canary → 1 at 10 + 0 endpoints',
    'canary-step stable 9, canary 1 failed',
    'canary-abort',
    'web-canary → 0 at 10 + 0 endpoints',
    'canary-step stable 10, canary 0',
  ]);
  expect(triggers[0]?.detail).toBe('back to stable 10, canary 0: its pods were not ready endpoints within 20 s');
});

test('stable that does not come back ends in words', async () => {
  const { workload } = world();
  const { kubectl } = workload.cluster;
  const lost = (args: string[]) => (args.includes('--replicas=10') ? Promise.resolve('') : kubectl(args));
  (workload.cluster as { kubectl: unknown }).kubectl = lost;
  await expect(canary({ ...SHIFT, abortAfter: 1 }).drive(workload)).rejects.toThrow(
    'waited for web to be 10 ready endpoints',
  );
});

test.each<[string, Partial<CanarySettings>]>([
  ['canary: a step is two whole numbers of pods, not [9.5, 1]', { steps: [[9.5, 1]] }],
  ['canary: the last step has to be [0, n]', { steps: [[9, 1]] }],
  ['canary: the last step has to be [0, n]', { steps: [] }],
  [
    'canary: [10, 0] is no step',
    {
      steps: [
        [10, 0],
        [0, 10],
      ],
    },
  ],
  ['canary: abortAfter is 3; 1 to 2 are the steps before the last', { abortAfter: 3 }],
])('%s', (message, settings) => {
  expect(() => canary({ ...SHIFT, ...settings })).toThrow(message);
});
