import { expect, test } from 'vitest';
import { scenariosOf } from '../../history/select.ts';
import { type PodPlan, type RollOptions, rollPlan } from '../../history/testing/roll-plan.ts';
import { ToldRoll } from '../../history/testing/tell-roll.ts';
import { unreadyGetNothing } from './reach.ts';
import { taken } from './testing/taken.ts';

/** One new pod that runs from 11.2 to the end and is never ready. */
function told(evidence: RollOptions['evidence'] = {}): ToldRoll {
  const plan = rollPlan({ evidence });
  const [a1, b1, a2, , a3] = plan.pods;
  const stays = [a1!, a2!, a3!].map(({ deleted, sigterm, exit, gone, ...pod }) => pod);
  const pods = [...stays, { ...b1!, ready: [] }];
  const sets = plan.sets.slice(0, 2);
  return new ToldRoll({
    ...plan,
    pods,
    sets,
    marks: { ...plan.marks, rolled: 25, settled: 25, tailEnd: 29, stopped: 30 },
  });
}

const take = (roll: ToldRoll) => taken(unreadyGetNothing, scenariosOf(roll.whole())[0]!, {});

test('nothing reaches it', () => {
  const { holds, figures, examined } = take(told());
  expect(holds).toBe(true);
  expect(examined).toBeGreaterThan(15);
  expect(figures).toMatch(
    /^1 pods that ran for 17\.8 s and were never ready, beside \d+ requests; 0 answers name them; 0 requests in their logs \(read whole\); 0 of \d+ tracked connections led to them$/,
  );
});

test('one that it answered; one that only its log has; one that only connection tracking saw', () => {
  expect(take(told().sent(20, { to: 'b1', handled: 0, tracked: false }))).toMatchObject({
    holds: false,
    figures: expect.stringContaining('; 1 answers name them; 0 requests in their logs'),
  });
  expect(take(told().sent(20, { to: 'b1', lost: 'timeout', handled: 1, tracked: false }))).toMatchObject({
    holds: false,
    figures: expect.stringContaining('; 0 answers name them; 1 requests in their logs'),
  });
  const refused = take(told().sent(20, { to: 'b1', lost: 'refused', tracked: true }));
  expect(refused).toMatchObject({ holds: false, figures: expect.stringMatching(/; 1 of \d+ tracked/) });
  expect(refused.witnesses).toHaveLength(1);
});

test('its log alone proves it, and so do connections; without both nobody knows', () => {
  expect(take(told({ flows: false })).holds).toBe(true);
  expect(take(told({ ids: false })).holds).toBe(true);
  expect(take(told({ ids: false, flows: false }))).toMatchObject({
    holds: undefined,
    figures: expect.stringMatching(/not read whole\); connections were not tracked$/),
  });
});

test('connections count from when the pod has its address until it is gone, and only where all were tracked', () => {
  const client = { client: '172.18.0.2', clientPort: 50_000, service: '10.96.0.7', servicePort: 80 };
  const flow = (t: number, event = 'new') =>
    told().add({ type: 'flow', t: t * 1e9, event, flow: '1', ...client, pod: '10.244.0.21', podPort: 8000 });
  expect(take(flow(20)).holds).toBe(false);
  expect(take(flow(20, 'end')).holds).toBe(true);
  // Its address was another pod's before.
  expect(take(flow(9)).holds).toBe(true);
  const gap = (source: string) =>
    told({ ids: false }).add({ type: 'gap', t: 21e9, source, from: 20e9, to: 21e9, reason: '' });
  expect(take(gap('flows')).holds).toBeUndefined();
  expect(take(gap('watch:Pod')).holds).toBe(true);
});

test('a log that was not read whole proves nothing, whoever else’s was', () => {
  const partly = told({ flows: false });
  const { observations } = partly.builder;
  for (const one of observations) if (one.type === 'log' && one.pod === 'b1') one.whole = false;
  expect(take(partly).holds).toBeUndefined();
  const others = told({ flows: false });
  for (const one of others.builder.observations) if (one.type === 'log' && one.pod !== 'b1') one.whole = false;
  expect(take(others).holds).toBe(true);
  expect(take(told({ flows: false }).without((one) => one.type === 'log' && one.pod === 'b1')).holds).toBeUndefined();
});

test('a pod that never ran, that was in the Service’s endpoints, or that was gone before is not asked', () => {
  const plan = rollPlan();
  const [a1, b1, a2, , a3] = plan.pods;
  const stays = [a1!, a2!, a3!].map(({ deleted, sigterm, exit, gone, ...pod }) => pod);
  const marks = { ...plan.marks, rolled: 25, settled: 25, tailEnd: 29, stopped: 30 };
  const examined = (pod: Partial<PodPlan>) =>
    take(new ToldRoll({ ...plan, pods: [...stays, { ...b1!, ready: [], ...pod }], sets: plan.sets.slice(0, 2), marks }))
      .examined;
  expect(examined({})).toBeGreaterThan(0);
  expect(examined({ started: Number.POSITIVE_INFINITY })).toBe(0);
  expect(examined({ created: 6, started: 6.5, deleted: 7, sigterm: 7.1, exit: 7.5, gone: 9 })).toBe(0);
  expect(examined({ created: 6, started: 6.5, deleted: 11, sigterm: 11.1, exit: 11.5, gone: 12 })).toBeGreaterThan(0);
});

test('is not known where every pod gets ready', () => {
  expect(take(new ToldRoll(rollPlan())).examined).toBe(0);
});
