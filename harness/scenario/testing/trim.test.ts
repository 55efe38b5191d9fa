import { expect, test } from 'vitest';
import { CASES } from '../../history/testing/cases.ts';
import { type RollPlan, rollPlan } from '../../history/testing/roll-plan.ts';
import { ToldRoll } from '../../history/testing/tell-roll.ts';
import { trimHistory } from '../../history/testing/trim.ts';
import type { History, Observation, RequestSeen } from '../../history/types.ts';
import { judge } from '../judge.ts';
import { trimAsJudged, withoutSent } from './trim-as-judged.ts';

/** A real run has much that judgement never reads, and many requests before the trigger. */
function fat({ header, observations, truncated }: History): History {
  const heavy = observations.map((one): Observation => {
    if (one.type !== 'object') return one;
    const { metadata, spec } = one.object as { metadata?: object; spec?: object };
    const env = Array.from({ length: 40 }, (_, i) => ({ name: `VARIABLE_${i}`, value: 'x'.repeat(20) }));
    return {
      ...one,
      object: {
        ...one.object,
        metadata: {
          ...metadata,
          annotations: { ...one.object.metadata?.annotations, note: 'y'.repeat(99) },
        },
        ...(spec === undefined ? {} : { spec: { ...spec, volumes: env, tolerations: env } }),
      },
    };
  });
  return { header, observations: [...heavy, ...baseline()], truncated };
}

/** 400 requests from 5 to 9.4, of which one in 50 is slow: a p99 that stalls are told from. */
function baseline(): Observation[] {
  return Array.from({ length: 400 }, (_, i): RequestSeen => {
    const t = 5e9 + i * 11e6 + 1e6;
    return {
      type: 'request',
      id: `fat-${i}`,
      scenario: 'test',
      t,
      end: t + (i % 50 === 0 ? 130e6 + i * 1000 : 2e6 + i * 1000),
      lane: 'new',
      request: `new-${i % 7}-${1000 + i}`,
      phases: { blocked: 0.03, connecting: 0.0123, tls: 0, sending: 0.01, waiting: 1.98765, receiving: 0.4321 },
      status: 200,
      errorCode: 0,
      error: '',
      pod: `a${(i % 3) + 1}`,
      version: '1.0.0',
      bytes: 19,
      reused: false,
    };
  });
}

const size = ({ observations }: History) => JSON.stringify(observations).length;
const requests = ({ observations }: History) => observations.filter(({ type }) => type === 'request').length;

test.for(Object.keys(CASES))('%s, trimmed, is judged as the whole is', (name) => {
  const whole = { ...fat(CASES[name]!()), truncated: false };
  const trimmed = trimHistory(whole, 'test');
  expect(withoutSent(trimmed)).toBe(withoutSent(whole));
  expect(size(trimmed)).toBeLessThan(size(whole) * 0.9);
});

test('stalls are told from the same durations', () => {
  const whole = fat(
    new ToldRoll(rollPlan()).sent(15.3, { to: 'a3', seconds: 1 }).sent(15.4, { to: 'a3', seconds: 1.4 }).whole(),
  );
  const [judged] = judge(trimHistory(whole, 'test')).scenarios;
  expect(judged!.lanes[0]).toMatchObject({ name: 'new', stalled: 1 });
  expect(withoutSent(trimHistory(whole, 'test'))).toBe(withoutSent(whole));
});

test('what the verdict counts of the baseline is not thinned', () => {
  const told = new ToldRoll(unreadyAt15());
  for (const at of [6, 15.4]) told.event(at, 'a3', 'Unhealthy', 'Readiness probe failed: timeout');
  const whole = fat(told.whole());
  expect(withoutSent(trimHistory(whole, 'test'))).not.toBe(withoutSent(whole));
  expect(requests(trimAsJudged(whole, 'test'))).toBe(requests(whole));
  expect(size(trimAsJudged(whole, 'test'))).toBeLessThan(size(whole));
});

test('what would be judged otherwise is refused', () => {
  const cutOff = { ...fat(CASES['good-roll']!()), truncated: true };
  expect(() => trimAsJudged(cutOff, 'test')).toThrow('trimmed, "test" is judged otherwise');
});

test('a scenario that is not in the run is named, with those that are', () => {
  expect(() => trimAsJudged(CASES['good-roll']!(), 'none')).toThrow('has no scenario "none"; it has: test');
});

function unreadyAt15(): RollPlan {
  const plan = rollPlan();
  return {
    ...plan,
    pods: plan.pods.map((pod) => (pod.name === 'a3' ? { ...pod, ready: [[1, 15.5], [16.5]] } : pod)),
  };
}
