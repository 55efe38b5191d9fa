import { describe, expect, test } from 'vitest';
import { type HistoryBuilder, s } from '../../history/testing/build.ts';
import { answers, ended, heldCanary, stepped } from '../../history/testing/canary.ts';
import type { CanaryAnalysis } from '../canary/judge.ts';
import { aborts, canaryIsNoWorse, dropsNothingElse, promotes } from './canary.ts';
import { taken } from './testing/taken.ts';

const step: [number, number] = [9, 1];
const HELD = { from: 20, to: 35 };
const FAILED = { status: 0, errorCode: 1220, error: 'connection reset by peer', pod: '' };

/** What the driver keeps of an analysis, as far as it is read again. */
function analysed(builder: HistoryBuilder, promote = true, requests = 1000): HistoryBuilder {
  const criteria = { requests, significance: 0.001, slowerMs: 10 };
  const output = JSON.stringify({ step, from: s(20), to: s(35), criteria, promote } as Partial<CanaryAnalysis>);
  return builder.add({ type: 'action', t: s(20), end: s(36), action: 'canary-analysis', detail: '', ok: true, output });
}

const aborted = (builder: HistoryBuilder, at = 37): HistoryBuilder =>
  stepped(
    builder.mark(at, 'trigger', 'canary-abort', { to: 'web', limits: { floor: 10, ceiling: 11 } }),
    at,
    at + 15,
    [10, 0],
  );

const sound = () => analysed(answers(heldCanary(), HELD));
const erring = () =>
  analysed(
    answers(heldCanary(), HELD, (canary) => (canary ? { status: 500 } : {})),
    false,
  );
const late = () =>
  heldCanary().add({
    type: 'action',
    t: s(20),
    end: s(35),
    action: 'canary-step',
    detail: 'stable 5, canary 5',
    ok: false,
  });
const slow = () =>
  analysed(
    answers(heldCanary(), HELD, (canary) => (canary ? { seconds: 0.1 } : {})),
    false,
  );

describe('promotion', () => {
  test('holds where every analysis promotes and the canary is all there is', () => {
    const measured = taken(promotes, ended(sound(), 'canary').history(), {});
    expect(measured).toMatchObject({ holds: true, examined: 1 });
    expect(measured.figures).toBe('1 of 1 analyses promote; at the end 1 ready endpoints of the canary, 0 of stable');
  });

  test('does not hold where stable is left, where it was aborted, or where the end state was not proven', () => {
    expect(taken(promotes, ended(sound(), 'both').history(), {})).toMatchObject({ holds: false });
    expect(taken(promotes, ended(aborted(sound()), 'canary').history(), {})).toMatchObject({ holds: false });
    const unproven = ended(sound(), 'canary');
    unproven.observations.splice(
      unproven.observations.findIndex((one) => one.type === 'marker' && one.marker === 'settled'),
      1,
    );
    expect(taken(promotes, unproven.history(), {})).toMatchObject({ holds: false });
  });

  test('does not hold where the saved history says otherwise than what was decided live', () => {
    const lucky = ended(analysed(answers(heldCanary(), HELD, (canary) => (canary ? { status: 500 } : {}))), 'canary');
    expect(taken(promotes, lucky.history(), {})).toMatchObject({
      holds: false,
      figures: expect.stringMatching(/^0 of 1/),
    });
  });
});

describe('a canary that is no worse', () => {
  test('holds of a sound one, and names each test', () => {
    const measured = taken(canaryIsNoWorse, ended(sound(), 'canary').history(), { step });
    expect(measured).toMatchObject({ holds: true, examined: 1500 });
    expect(measured.figures).toMatch(/Clopper-Pearson.*Fisher's exact test.*Mann-Whitney U test/);
  });

  test('does not hold of one that errs, nor of one that is slow', () => {
    for (const bad of [erring(), slow()])
      expect(taken(canaryIsNoWorse, ended(aborted(bad), 'stable').history(), { step })).toMatchObject({ holds: false });
  });

  test('is not known where requests are missing, where live and saved differ, or where nothing was analysed', () => {
    const few = ended(analysed(answers(heldCanary(), HELD), false, 2000), 'canary').history();
    expect(taken(canaryIsNoWorse, few, { step })).toMatchObject({ holds: undefined, examined: 1500 });
    const other = ended(analysed(answers(heldCanary(), HELD), false), 'canary').history();
    expect(taken(canaryIsNoWorse, other, { step })).toMatchObject({ holds: undefined });
    expect(taken(canaryIsNoWorse, ended(heldCanary(), 'canary').history(), { step })).toMatchObject({ examined: 0 });
  });
});

describe('an abort', () => {
  test.each([
    ['errors', erring],
    ['latency', slow],
    ['readiness', late],
    ['told', sound],
  ] as const)('holds because of %s, and not because of anything else', (because, bad) => {
    const history = ended(aborted(bad()), 'stable').history();
    for (const reason of ['errors', 'latency', 'readiness', 'told'] as const)
      expect(taken(aborts, history, { because: reason }).holds).toBe(reason === because);
    expect(taken(aborts, history, {})).toMatchObject({ holds: true, examined: 9 });
  });

  test('tells when the last bad answer came', () => {
    const late = answers(aborted(erring()), { from: 38, to: 39 }, (canary) => (canary ? { status: 500 } : {}));
    expect(taken(aborts, ended(late, 'stable').history(), {}).figures).toBe(
      "given up 27.0 s after its trigger: errors; the canary's last bad answer came 1.9 s after that; at the end 9 ready endpoints of stable, 0 of the canary",
    );
  });

  test('does not hold where there was none, or where the canary is still there', () => {
    expect(taken(aborts, ended(erring(), 'stable').history(), {})).toMatchObject({ holds: false });
    expect(taken(aborts, ended(aborted(erring()), 'both').history(), {})).toMatchObject({ holds: false });
  });
});

describe('drops beside the errors of the canary', () => {
  const after = (answer: object) => ended(aborted(erring()).request(40, answer), 'stable').history();

  test('are none where all that failed is what the canary answered', () => {
    const measured = taken(dropsNothingElse, ended(aborted(erring()), 'stable').history(), {});
    expect(measured).toMatchObject({ holds: true, witnesses: [] });
    expect(measured.figures).toBe('150 of 1500 requests were answered badly by the canary; 0 more were dropped');
  });

  test('are a reset, an error of stable, and an answer of the canary that broke off', () => {
    for (const drop of [FAILED, { status: 500, pod: 'a1' }, { status: 200, errorCode: 1000, pod: 'c1' }]) {
      const measured = taken(dropsNothingElse, after(drop), {});
      expect(measured).toMatchObject({ holds: false });
      expect(measured.witnesses).toHaveLength(1);
    }
  });

  test('are not known where nothing was judged', () => {
    expect(taken(dropsNothingElse, heldCanary().history(), {})).toMatchObject({ examined: 0 });
  });
});
