import { describe, expect, test } from 'vitest';
import { HistoryBuilder } from '../../history/testing/build.ts';
import { answers, ended, heldCanary, stepped } from '../../history/testing/canary.ts';
import { keptSplitsDifferently, oddsAre, splitsEvenly } from './canary-split.ts';
import { taken } from './testing/taken.ts';

const step: [number, number] = [9, 1];
const OPENED = { from: 6, to: 7, rate: 40, share: 0, lane: 'kept' } as const;
const HELD = { from: 20, to: 35 };

/** Held from 20 to 35, with what is answered meanwhile. */
const held = (tell: (builder: HistoryBuilder) => unknown = () => {}) => {
  const builder = heldCanary();
  tell(builder);
  return ended(stepped(builder, 35, 57, [0, 10]), 'canary').history();
};
/** 40 connections, opened before there was a canary. */
const opened = (builder: HistoryBuilder) => answers(builder, OPENED, () => ({ reused: false }));

describe('a split as even as the pods', () => {
  test('holds where a tenth of 1,500 requests hit the canary, and says so at both confidences', () => {
    const measured = taken(
      splitsEvenly,
      held((one) => answers(one, HELD)),
      { step },
    );
    expect(measured).toMatchObject({ holds: true, examined: 1500 });
    expect(measured.figures).toBe(
      'new: 150 of 1500 requests to the canary, 10.0%; 8.5%–11.6% at 95%, 7.2%–13.3% at 99.99% (exact binomial, Clopper-Pearson); by its pods 10.0%',
    );
  });

  test('does not hold where a seventh does, nor where none does', () => {
    for (const share of [7, 0])
      expect(
        taken(
          splitsEvenly,
          held((one) => answers(one, { ...HELD, share })),
          { step },
        ),
      ).toMatchObject({ holds: false });
  });

  test('an eighth is no tenth at 95%, and may be one at 99.99%', () => {
    const history = held((one) => answers(one, { ...HELD, share: 8 }));
    expect(taken(splitsEvenly, history, { step, confidence: 0.95 }).holds).toBe(false);
    expect(taken(splitsEvenly, history, { step }).holds).toBe(true);
  });

  test('is not known of 150 requests: the interval is wider than the share', () => {
    const few = held((one) => answers(one, { ...HELD, rate: 10 }));
    expect(taken(splitsEvenly, few, { step })).toMatchObject({ holds: undefined, examined: 150 });
  });

  test('counts only what began while the step was held', () => {
    const before = held((one) => answers(answers(one, HELD), { from: 11, to: 20, share: 1 }));
    expect(taken(splitsEvenly, before, { step }).figures).toContain('150 of 1500');
  });

  test('requests of another lane, and what begins as the step is left, are none of it', () => {
    const tell = (one: HistoryBuilder) => {
      answers(one, HELD);
      answers(one, { ...HELD, lane: 'kept', share: 1 })
        .request(35, { pod: 'c1' })
        .request(19.99, { pod: 'c1' });
    };
    expect(taken(splitsEvenly, held(tell), { step }).figures).toContain('150 of 1500');
  });

  test('is not known of a step that never was, nor where nothing was answered', () => {
    expect(taken(splitsEvenly, held(), { step: [8, 2] })).toMatchObject({ holds: undefined, examined: 0 });
    expect(taken(splitsEvenly, held(), { step }).examined).toBe(0);
    expect(taken(splitsEvenly, new HistoryBuilder().history(), { step }).examined).toBe(0);
    // A step without a canary that anybody named.
    const nobody = new HistoryBuilder().mark(10, 'trigger', 'rolling');
    expect(taken(splitsEvenly, ended(stepped(nobody, 11, 20, [9, 1]), 'stable').history(), { step })).toMatchObject({
      examined: 0,
      figures: 'no step of 9 + 1 was held',
    });
  });
});

describe('a kept lane splits differently', () => {
  const take = (tell: (builder: HistoryBuilder) => unknown) =>
    taken(keptSplitsDifferently, held(tell), { step, lane: 'kept' });

  test('holds where its connections are older than the canary', () => {
    const measured = take((one) => answers(opened(one), { ...HELD, share: 0, lane: 'kept' }));
    expect(measured).toMatchObject({ holds: true, examined: 40 });
    expect(measured.figures).toBe(
      'kept: 0 of 40 connections lead to the canary, 0.0%–8.8% at 95% (exact binomial, Clopper-Pearson), and 0 of 1500 requests, 0.0%; 40 of the connections are older than the canary; by its pods 10.0%',
    );
  });

  test('holds by the connections alone where the interval is too wide to tell', () => {
    // Four of 40 lead to the canary, opened anew; the others are old.
    const four = take((one) =>
      answers(opened(one), { ...HELD, lane: 'kept' }, (canary, i) => (canary && i < 40 ? { reused: false } : {})),
    );
    expect(four).toMatchObject({ holds: true });
    expect(four.figures).toContain('4 of 40 connections lead to the canary');
    expect(four.figures).toContain('36 of the connections are older');
  });

  test('does not hold where all connections were opened while the step was held, and a tenth lead to the canary', () => {
    const anew = take((one) => answers(one, { ...HELD, lane: 'kept' }, (_, i) => (i < 40 ? { reused: false } : {})));
    expect(anew).toMatchObject({ holds: false, examined: 40 });
    expect(anew.figures).toContain('0 of the connections are older');
  });

  test('is not known of a step that never was', () => {
    const never = taken(keptSplitsDifferently, held(), { step: [8, 2], lane: 'kept' });
    expect(never).toMatchObject({ holds: undefined, examined: 0, figures: 'no step of 8 + 2 was held' });
  });

  test('holds where the connections leave the pods’ share out, above or below', () => {
    const anew = (share: number) =>
      take((one) => answers(one, { ...HELD, share, lane: 'kept' }, (_, i) => (i < 40 ? { reused: false } : {})));
    expect(anew(1)).toMatchObject({ holds: true, figures: expect.stringMatching(/^kept: 40 of 40 connections/) });
    expect(anew(0)).toMatchObject({ holds: true, figures: expect.stringMatching(/^kept: 0 of 40 connections/) });
    // Of 40, 10 leave a tenth out at that confidence, 8 do not.
    expect(anew(4).holds).toBe(true);
    expect(anew(5).holds).toBe(false);
  });

  test('a connection is where its last answer came from, and as old as its last opening before the step ended', () => {
    const turned = take((one) => {
      answers(one, { ...HELD, lane: 'kept', share: 0 }, (_, i) => (i < 40 ? { reused: false } : {}));
      one.request(34.999, { lane: 'kept', request: 'kept-3-9999', reused: true, pod: 'c1' });
      one.request(34.9991, { lane: 'kept', request: 'kept-4-9999', reused: true, pod: 'c1' });
      one.request(34.9992, { lane: 'kept', request: 'kept-4-10000', reused: true, pod: 'a1' });
    });
    expect(turned.figures).toContain('1 of 40 connections lead to the canary');
    // Half of them older than the canary, which is there from 12 on.
    const half = (count: number) =>
      take((one) => {
        answers(one, { ...OPENED, to: 6 + count / 40 }, () => ({ reused: false }));
        answers(one, { ...HELD, lane: 'kept' }, (_, i) => (i % 40 >= count && i < 40 ? { reused: false } : {}));
      });
    expect(half(20)).toMatchObject({
      holds: true,
      figures: expect.stringContaining('; 20 of the connections are older'),
    });
    expect(half(19)).toMatchObject({
      holds: false,
      figures: expect.stringContaining('; 19 of the connections are older'),
    });
  });

  test('requests over new connections are none of it', () => {
    const measured = take((one) => answers(one, { ...HELD, lane: 'kept' }, () => ({ reused: false })));
    expect(measured).toMatchObject({ holds: undefined, examined: 0 });
  });
});

describe('the odds', () => {
  const take = (odds: [number, number], tell?: (builder: HistoryBuilder) => unknown) =>
    taken(oddsAre, held(tell), { step, odds });

  test('of nine and one are 9:1, not 10:1', () => {
    expect(take([9, 1])).toMatchObject({ holds: true, examined: 1 });
    expect(take([9, 1]).figures).toBe('ready endpoints, stable : canary, were 9:1; each of them is 1 of 10');
    expect(take([10, 1])).toMatchObject({ holds: false });
  });

  test('are others while an endpoint is missing', () => {
    const missing = take([9, 1], (one) => one.slice(25, ['a1', 'c1']).slice(26, ['a1', 'a2', 'c1']));
    expect(missing).toMatchObject({ holds: false });
    expect(missing.figures).toContain('were 9:1, then 1:1, then 2:1');
  });

  test('are those of ready endpoints, while the step is held, and just as it begins', () => {
    // One that is not ready is none; what was there just before counts, what comes as it ends does not.
    const ready = ['a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7', 'a8', 'a9', 'c1'];
    const tell = (one: HistoryBuilder) => one.slice(20, ready, ['c2']).slice(35, ['a1']);
    expect(take([9, 1], tell)).toMatchObject({ holds: true, examined: 1 });
    expect(take([9, 1], (one) => one.slice(20, ['a1', 'c1'])).figures).toContain('were 9:1, then 1:1;');
  });

  test('are not known where no endpoint was seen', () => {
    const unseen = new HistoryBuilder({ others: ['web-canary'] }).mark(10, 'trigger', 'canary', { to: 'web-canary' });
    const history = stepped(unseen, 11, 20, [9, 1]).mark(65, 'tail-end').history();
    expect(taken(oddsAre, history, { step, odds: [9, 1] })).toMatchObject({ holds: undefined, examined: 0 });
  });

  test('are not known of a step that never was', () => {
    expect(taken(oddsAre, new HistoryBuilder().history(), { step, odds: [9, 1] }).figures).toBe(
      'no step of 9 + 1 was held',
    );
    expect(taken(oddsAre, held(), { step: [5, 5], odds: [5, 5] })).toMatchObject({ holds: undefined, examined: 0 });
  });
});
