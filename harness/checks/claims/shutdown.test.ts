import { describe, expect, test } from 'vitest';
import { type ScenarioHistory, scenariosOf } from '../../history/select.ts';
import { type RollOptions, rollPlan } from '../../history/testing/roll-plan.ts';
import { ToldRoll } from '../../history/testing/tell-roll.ts';
import { judgeClaims } from './registry.ts';
import {
  answersUntilExit,
  finishesInFlight,
  leavesBeforeClosing,
  nothingComesAfterSigterm,
  readinessTakesOut,
} from './shutdown.ts';
import { taken } from './testing/taken.ts';

const told = (options: RollOptions = {}) => new ToldRoll(rollPlan(options));
const of = (roll: ToldRoll): ScenarioHistory => scenariosOf(roll.whole())[0]!;

/** a1 gets SIGTERM at 14.05, is out of the slice at 14.1, and exits at 19.05. */
function slow(roll: ToldRoll, at: number, seconds: number, lost?: 'reset'): ToldRoll {
  const id = () => roll.builder.observations.findLast((one) => one.type === 'request')!;
  roll.sent(at, { lane: 'slow', to: 'a1', seconds, handled: 0, ...(lost === undefined ? {} : { lost }) });
  const sent = id();
  const request = sent.type === 'request' ? sent.request : '';
  const version = '1.0.0';
  return roll.add({ type: 'server', t: (at + 0.002) * 1e9, pod: 'a1', version, event: 'begun', request });
}

describe('what is in flight at SIGTERM is finished', () => {
  const take = (roll: ToldRoll) => taken(finishesInFlight, of(roll), { lanes: ['slow'] });

  test('where it is answered', () => {
    expect(take(slow(told({ lanes: ['new', 'slow'] }), 13, 2))).toMatchObject({
      holds: true,
      examined: 1,
      figures: '1 requests in flight at SIGTERM on 3 pods: 1 answered, 0 cut',
    });
  });

  test('not, where it is cut', () => {
    const { holds, witnesses } = take(slow(told({ lanes: ['new', 'slow'] }), 13, 6.05, 'reset'));
    expect(holds).toBe(false);
    expect(witnesses).toHaveLength(1);
  });

  test('not, where one of two is cut; what nobody was asked about does not count', () => {
    const roll = slow(slow(told({ lanes: ['new', 'slow'] }), 13, 2), 13.5, 5.55, 'reset');
    expect(take(roll)).toMatchObject({
      holds: false,
      figures: '2 requests in flight at SIGTERM on 3 pods: 1 answered, 1 cut',
      examined: 2,
    });
    // The first line of a request is when it was begun: a second pod that took it up again began later.
    const again = slow(told({ lanes: ['new', 'slow'] }), 13, 2);
    const first = again.builder.observations.findLast((one) => one.type === 'server')!;
    again.add({ ...first, t: 14.5e9, pod: 'b1' } as Parameters<typeof again.add>[0]);
    expect(take(again).examined).toBe(1);
  });

  test('what begins after SIGTERM, or ends before it, is not in flight then: nothing is known', () => {
    const roll = slow(slow(told({ lanes: ['new', 'slow'] }), 14.1, 4.9, 'reset'), 11, 2);
    expect(take(roll).examined).toBe(0);
  });

  test('is not known without the node', () => {
    const blind = told({ lanes: ['new', 'slow'], evidence: { node: false } });
    expect(take(slow(blind, 13, 2))).toEqual({
      holds: undefined,
      figures: 'no SIGTERM was recorded',
      examined: 0,
      witnesses: [],
    });
  });
});

describe('between SIGTERM and exit', () => {
  test('what a pod gets is answered', () => {
    const roll = told().sent(14.06, { to: 'a1' });
    expect(taken(answersUntilExit, of(roll), {})).toMatchObject({ holds: true, examined: 1 });
    expect(taken(nothingComesAfterSigterm, of(roll), {})).toMatchObject({ holds: false });
  });

  test('what it gets is cut: placed by the port of its connection, or by the answer before it', () => {
    const roll = told({ lanes: ['new', 'kept-post'] })
      .sent(14.07, { to: 'a1', lost: 'reset', seconds: 4.98, port: true })
      .sent(13.6, { lane: 'kept-post', user: 9, to: 'a1', reused: true })
      .sent(14.3, { lane: 'kept-post', user: 9, to: 'a1', reused: true, lost: 'reset', seconds: 4.75 });
    for (const lane of ['new', 'kept-post'] as const) {
      const measured = taken(answersUntilExit, of(roll), { lanes: [lane] });
      expect(measured).toMatchObject({ holds: false, examined: 1 });
      expect(measured.figures).toBe('1 requests went to 3 pods between SIGTERM and exit: 0 answered, 1 cut');
    }
  });

  test('what several get, and when the last of it came', () => {
    const roll = told().sent(14.06, { to: 'a1' }).sent(15.05, { to: 'a1' }).sent(14.55, { to: 'a1' });
    expect(taken(answersUntilExit, of(roll), {})).toMatchObject({ holds: true, examined: 3 });
    expect(taken(nothingComesAfterSigterm, of(roll), {}).figures).toContain(', the last 1.0 s after SIGTERM');
  });

  test('is not known without the node', () => {
    const blind = of(told({ evidence: { node: false } }).sent(14.06, { to: 'a1' }));
    for (const one of [answersUntilExit, nothingComesAfterSigterm])
      expect(taken(one, blind, {})).toMatchObject({ holds: undefined, examined: 0 });
    for (const one of [leavesBeforeClosing, readinessTakesOut])
      expect(taken(one, blind, {})).toMatchObject({ holds: undefined, examined: 0 });
  });

  test('a drop that nothing places leaves it open', () => {
    const roll = told().sent(14.06, { to: 'a1' }).sent(14.5, { lost: 'reset' });
    const { holds, figures } = taken(answersUntilExit, of(roll), {});
    expect([holds, figures.endsWith('; 1 drops more that no evidence places')]).toEqual([undefined, true]);
    expect(taken(nothingComesAfterSigterm, of(told().sent(14.5, { lost: 'reset' })), {}).holds).toBeUndefined();
  });

  test('nothing comes to a pod that was out of the Service long before', () => {
    const { holds, examined } = taken(nothingComesAfterSigterm, of(told({ container: { sleep: 4 } })), {});
    expect(holds).toBe(true);
    expect(examined).toBeGreaterThan(5);
  });
});

describe('out of the Service', () => {
  test('before its connections close', () => {
    expect(taken(leavesBeforeClosing, of(told()), {})).toMatchObject({
      holds: true,
      figures: '3 pods left the slice 5.0 s before the first connection to them was cut, or they exited',
    });
  });

  test('also where it still refuses one, by an answer', () => {
    const roll = told().sent(14.06, { to: 'a1', status: 503 });
    expect(taken(leavesBeforeClosing, of(roll), {})).toMatchObject({ holds: true });
  });

  test('also where another pod’s connection is cut, or its own before SIGTERM', () => {
    const roll = told({ lanes: ['kept-post'] })
      .sent(13.6, { lane: 'kept-post', user: 9, to: 'a1', reused: true })
      .sent(13.9, { lane: 'kept-post', user: 9, to: 'a1', reused: true, lost: 'eof', seconds: 0.01 })
      .sent(13.6, { lane: 'kept-post', user: 8, to: 'a2', reused: true })
      .sent(14.06, { lane: 'kept-post', user: 8, to: 'a2', reused: true, lost: 'eof', seconds: 0.01 });
    expect(taken(leavesBeforeClosing, of(roll), {})).toMatchObject({ holds: true });
  });

  test('not, where a connection is cut first', () => {
    const roll = told({ lanes: ['kept-post'] })
      .sent(13.6, { lane: 'kept-post', user: 9, to: 'a1', reused: true })
      .sent(14.06, { lane: 'kept-post', user: 9, to: 'a1', reused: true, lost: 'eof', seconds: 0.01 });
    expect(taken(leavesBeforeClosing, of(roll), {})).toMatchObject({ holds: false });
  });

  test('by the deletion, before any probe failed', () => {
    const roll = told().event(16, 'a1', 'Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503');
    expect(taken(readinessTakesOut, of(roll), {})).toMatchObject({
      holds: false,
      figures:
        'the probe failed first on 0 of 3 pods; the slice said not ready 50 ms after SIGTERM; failed probes from there to the exit: 1 by status 503, 0 otherwise',
    });
  });

  test('probes of others, of liveness, from before its deletion or after its end are none of it', () => {
    const failed = 'Readiness probe failed: HTTP probe failed with statuscode: 503';
    const roll = told({ sliceLag: 0.5 })
      .event(14.2, 'b1', 'Unhealthy', failed)
      .event(14.2, 'a1', 'Unhealthy', 'Liveness probe failed: timeout')
      .event(13.5, 'a1', 'Unhealthy', failed)
      .event(20.3, 'a1', 'Unhealthy', failed)
      .event(14.3, 'a1', 'Unhealthy', 'Readiness probe failed: connection refused');
    expect(taken(readinessTakesOut, of(roll), {})).toMatchObject({
      holds: false,
      figures: expect.stringMatching(/^the probe failed first on 1 of 3 pods.*0 by status 503, 1 otherwise$/),
    });
  });

  test('by its probe', () => {
    const roll = told({ sliceLag: 0.5 });
    for (const [i, at] of [14.2, 18.2, 22.2].entries())
      roll.event(at, `a${i + 1}`, 'Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503');
    expect(taken(readinessTakesOut, of(roll), {})).toMatchObject({ holds: true, examined: 3 });
  });
});

test('each is found by its name', () => {
  const history = of(told());
  const names = [finishesInFlight, answersUntilExit, nothingComesAfterSigterm, leavesBeforeClosing, readinessTakesOut];
  history.started!.claims = names.map((one) => ({ ...one({}), text: one.measure, holds: true }));
  for (const { figures } of judgeClaims(history)) expect(figures).not.toContain('no measure');
});
