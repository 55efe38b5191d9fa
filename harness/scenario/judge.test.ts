import { describe, expect, test } from 'vitest';
import { goodRoll, HistoryBuilder, s } from '../history/testing/build.ts';
import type { Expectation } from '../history/types.ts';
import { unexpected } from '../report/unexpected.ts';
import { judge } from './judge.ts';
import { readCase } from './testing/recorded-cases.ts';

const self = { type: 'self', t: s(20), loopDelayMs: 3, cpuBusy: 0.4 } as const;
const roll = (expectation: Expectation) => goodRoll(new HistoryBuilder({ expectation })).add(self);
const REFUSED = { status: 0, errorCode: 1212, error: 'connection refused' };

describe('a scenario is as expected', () => {
  test('when a pass was expected and nothing is wrong', () => {
    const { scenarios, verdict } = judge(roll({ verdict: 'pass' }).whole());
    expect(verdict).toBe('pass');
    expect(scenarios).toMatchObject([
      { verdict: 'pass', asExpected: true, transitions: [{ kind: 'rolling', seconds: 18, requests: 4, dropped: 0 }] },
    ]);
    expect(scenarios[0]!.transitions[0]!.waves[0]).toMatchObject({
      old: 3,
      new: 1,
      seconds: 2.1,
      floor: 3,
      minReady: 3,
      maxPods: 4,
    });
  });

  test('when the expected failure is found', () => {
    const { scenarios, verdict } = judge(
      roll({ verdict: 'fail', failing: ['no-drops'], cause: 'unattributed' })
        .request(20, REFUSED)
        .whole(),
    );
    expect(scenarios).toMatchObject([{ verdict: 'fail', asExpected: true }]);
    expect(verdict).toBe('pass');
  });
});

describe('where it may come out either way', () => {
  const either: Expectation = { verdict: 'any', failing: ['ready-floor'], only: true };

  test('a pass is as expected, and so is a failure of what may fail', () => {
    expect(judge(roll(either).whole()).scenarios).toMatchObject([{ verdict: 'pass', asExpected: true }]);
    const dipped = roll({ ...either, only: false, floor: 4 }).whole();
    expect(judge(dipped).scenarios).toMatchObject([{ verdict: 'fail', asExpected: true }]);
  });

  test('a failure of anything else is not', () => {
    const { scenarios } = judge(roll(either).request(20, REFUSED).whole());
    expect(scenarios).toMatchObject([{ verdict: 'fail', asExpected: false }]);
    expect(unexpected(scenarios[0]!)).toBe(
      'fail, but not for the reason that it may (failed: no-drops; causes: 1 × unattributed)',
    );
  });
});

describe('it is not', () => {
  test.each([
    ['a drop where none was expected', { verdict: 'pass' }, true, 'fail'],
    ['no drop where one was expected: the detector is broken', { verdict: 'fail' }, false, 'fail'],
    ['the expected verdict from another check', { verdict: 'fail', failing: ['ready-floor'] }, true, 'fail'],
    ['the expected verdict from another cause', { verdict: 'fail', cause: 'endpoint-lag' }, true, 'fail'],
  ] satisfies [string, Expectation, boolean, string][])('%s', (_, expectation, drop, verdict) => {
    const builder = roll(expectation);
    if (drop) builder.request(20, REFUSED);
    const judged = judge(builder.whole());
    expect(judged.scenarios[0]!.asExpected).toBe(false);
    expect(judged.verdict).toBe(verdict);
  });

  describe('a test of the detector', () => {
    const selfTest = (expectation: Expectation, broken = false) => {
      const history = roll(expectation).whole(broken);
      for (const one of history.observations) if (one.type === 'scenario') one.selfTest = true;
      return history;
    };

    test('that is not caught: the detector is blind, and the run inconclusive', () => {
      const { scenarios, verdict } = judge(selfTest({ verdict: 'fail', cause: 'exits-without-draining' }));
      expect(scenarios[0]).toMatchObject({ verdict: 'pass', selfTest: true, asExpected: false });
      expect(verdict).toBe('inconclusive');
      expect(unexpected(scenarios[0]!)).toBe(
        'pass, expected fail: the detector is blind, and no pass of this run says anything',
      );
    });

    test('whose own evidence is missing has seen nothing either', () =>
      expect(judge(selfTest({ verdict: 'fail' }, true)).verdict).toBe('inconclusive'));

    test('what somebody else dropped stays proven', () => {
      const blind = selfTest({ verdict: 'fail' });
      const own = roll({ verdict: 'pass' }).request(20, REFUSED).whole();
      for (const one of own.observations) one.scenario = 'own';
      const observations = [...blind.observations, ...own.observations];
      expect(judge({ ...blind, observations }).verdict).toBe('fail');
    });
  });

  test('an inconclusive scenario makes the run inconclusive, not failed', () => {
    const judged = judge(roll({ verdict: 'pass' }).whole(true));
    expect(judged.scenarios[0]).toMatchObject({ verdict: 'inconclusive', asExpected: false });
    expect(judged.verdict).toBe('inconclusive');
  });
});

test('each trigger opens a transition; a request belongs to the one in which it began', () => {
  const builder = roll({ verdict: 'pass' }).request(9.9, { seconds: 1 }).request(15, REFUSED).request(17, REFUSED);
  const [{ transitions } = { transitions: [] }] = judge(builder.mark(16, 'trigger', 'scale').whole()).scenarios;
  expect(transitions).toMatchObject([
    { kind: 'rolling', seconds: 6, requests: 3, dropped: 1 },
    { kind: 'scale', seconds: 12, requests: 4, dropped: 1 },
  ]);
  expect(transitions.map(({ waves }) => waves.map((wave) => [wave.old, wave.new]).join(' '))).toEqual([
    '3,1 2,1 2,2',
    '1,2 1,3 0,3',
  ]);
});

test('objects that no check can read are inconclusive, and the run is judged all the same', () => {
  const builder = roll({ verdict: 'pass' }).object(31, 'Pod', 'b1', { status: { conditions: 'not a list' } });
  const judged = judge(builder.whole());
  expect(judged.scenarios[0]).toMatchObject({ verdict: 'inconclusive', transitions: [{ requests: 4, waves: [] }] });
  expect(judged.scenarios[0]!.checks.find(({ name }) => name === 'ready-floor')).toMatchObject({
    verdict: 'inconclusive',
    detail: expect.stringContaining('the check failed itself'),
  });
});

test('a drop beside an object that cannot be read is a drop', () => {
  const builder = roll({ verdict: 'pass' }).object(31, 'Pod', 'b1', { status: { conditions: 'not a list' } });
  expect(judge(builder.request(20, REFUSED).whole()).scenarios[0]!.verdict).toBe('fail');
});

describe('on a starved machine', () => {
  const starvedRoll = (pressure: number) => {
    const builder = roll({ verdict: 'pass' });
    for (let at = 12; at < 30; at += 2) builder.add({ ...self, t: s(at), cpuPressure: pressure });
    return builder;
  };

  test('a drop that nothing explains may be the machine’s', () => {
    expect(judge(starvedRoll(0.95).request(20, REFUSED).whole()).scenarios[0]!.verdict).toBe('inconclusive');
    expect(judge(starvedRoll(0.6).request(20, REFUSED).whole()).scenarios[0]!.verdict).toBe('fail');
  });

  test('a drop with a proven cause in the service is the service’s', () => {
    const builder = starvedRoll(0.95).request(14, { status: 503, errorCode: 1503, pod: 'a1' });
    expect(judge(builder.whole()).scenarios[0]).toMatchObject({
      verdict: 'fail',
      causes: [{ cause: 'unready-while-draining', confidence: 'certain' }],
    });
  });

  test('an error that the service answered, whole, is the service’s; what it turns away because it is busy may not be', () => {
    const answered = (status: number) =>
      judge(
        starvedRoll(0.95)
          .request(20, { status, errorCode: 1000 + status })
          .whole(),
      ).scenarios[0]!.verdict;
    expect([500, 404, 503, 429].map(answered)).toEqual(['fail', 'fail', 'inconclusive', 'inconclusive']);
  });

  describe('for some seconds of it', () => {
    /** From 18 to 24, of a span that goes on to 33. */
    const busyFor = (...drops: number[]) => {
      const builder = roll({ verdict: 'pass' });
      for (let at = 11; at < 33; at++)
        builder.add({ ...self, t: s(at + 0.5), cpuPressure: at >= 15 && at < 25 ? 0.95 : 0.3 });
      for (const at of drops) builder.request(at, { ...REFUSED, seconds: 0.01 });
      return builder;
    };
    const dropsOf = (builder: HistoryBuilder) => {
      const { verdict, checks } = judge(builder.whole()).scenarios[0]!;
      return [verdict, checks.find(({ name }) => name === 'no-drops')!.detail.includes('the machine was starved')];
    };

    test('what was dropped then may be the machine’s, what else was is not', () => {
      expect(dropsOf(busyFor(20))).toEqual(['inconclusive', true]);
      expect(dropsOf(busyFor(28))).toEqual(['fail', false]);
      expect(dropsOf(busyFor(20, 28))).toEqual(['fail', false]);
    });

    test('so may what began before, and ran out of time then', () => {
      expect(dropsOf(busyFor().request(12, { ...REFUSED, seconds: 8 }))).toEqual(['inconclusive', true]);
      expect(dropsOf(busyFor().request(12, { ...REFUSED, seconds: 1 }))).toEqual(['fail', false]);
    });

    test('and what was lost as long as pods were not ready whose probes had timed out then, and the proxies after them', () => {
      const outage = (...drops: number[]) => {
        const builder = busyFor(...drops);
        const TIMED_OUT = 'Readiness probe failed: context deadline exceeded';
        for (const pod of ['b1', 'b2', 'b3']) {
          builder.event(20, pod, 'Unhealthy', TIMED_OUT).pod(21.5, pod, { owner: 'web-b', ready: false });
          builder.pod(26, pod, { owner: 'web-b' });
        }
        return dropsOf(builder);
      };
      expect(outage(25.5, 30.9)).toEqual(['inconclusive', true]);
      expect(outage(31.1)).toEqual(['fail', false]);
    });
  });

  test('a pod that answered others at once meanwhile did not want for a processor', () => {
    const { header, observations } = readCase('connection-limit').history;
    const busy = observations.map((one) => (one.type === 'self' ? { ...one, cpuPressure: 0.95 } : one));
    const { id, scenario, t } = busy.find(({ type }) => type === 'self')!;
    for (let second = 1; second < 60; second++)
      busy.push({ ...self, id: `${id}-${second}`, scenario, t: t + s(second), cpuPressure: 0.95 });
    const one = judge({ header, observations: busy, truncated: false }).scenarios[0]!;
    expect(one.checks.find(({ name }) => name === 'no-drops')!.verdict).toBe('fail');
    expect(one.causes).toMatchObject([{ cause: 'connection-limit', confidence: 'likely' }]);
  });

  test('a pass stays a pass: its evidence is whole', () => {
    expect(judge(starvedRoll(0.95).whole()).scenarios[0]!.verdict).toBe('pass');
  });
});

test('a run without any scenario can never pass', () => {
  expect(judge({ ...roll({ verdict: 'pass' }).whole(), observations: [] }).verdict).toBe('inconclusive');
});

test('judging twice gives the same, to the letter', () => {
  const history = roll({ verdict: 'pass' }).request(20, REFUSED).whole();
  expect(JSON.stringify(judge(history))).toBe(JSON.stringify(judge(structuredClone(history))));
});
