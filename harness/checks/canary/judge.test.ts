import { describe, expect, test } from 'vitest';
import { s } from '../../history/testing/build.ts';
import type { RequestSeen } from '../../history/types.ts';
import { type CanaryEvidence, type Criteria, judgeCanary, pValue } from './judge.ts';

const CRITERIA: Criteria = { requests: 1000, significance: 0.001, slowerMs: 10 };

/** So many answers of lane new in its order, 2 ms each; every tenth is the canary's. `change` makes one what it is not. */
function evidence(
  count: number,
  change: (canary: boolean, i: number) => Partial<RequestSeen> & { ms?: number } = () => ({}),
) {
  const requests = Array.from({ length: count }, (_, i) => {
    const canary = i % 10 === 0;
    // A spread that both share: 2 ms and a bit.
    const { ms = 2 + (i % 7) / 10, ...fields } = change(canary, i);
    const t = s(10 + i / 40);
    const pod = canary ? 'c1' : `a${(i % 9) + 1}`;
    return { lane: 'new', t, end: t + ms * 1e6, status: 200, pod, ...fields } as RequestSeen;
  });
  return {
    stable: 'web',
    canary: 'web-canary',
    from: s(10),
    to: s(1000),
    requests,
    deploymentOf: (pod) => (pod === '' ? undefined : pod.startsWith('c') ? 'web-canary' : 'web'),
    isGood: ({ status }) => status === 200,
  } satisfies CanaryEvidence;
}

describe('a sound canary', () => {
  test('is promoted, and each figure names its test', () => {
    const judgement = judgeCanary(evidence(1500), CRITERIA);
    expect(judgement).toMatchObject({ promote: true, enough: true, reasons: [], split: { canary: 150, of: 1500 } });
    expect(judgement.figures).toEqual([
      'split of lane new: canary 150 of 1500, 95% within 8.5%–11.6% (exact binomial, Clopper-Pearson)',
      "errors: canary 0 of 150, stable 0 of 1350: p = 1.000 (Fisher's exact test, one-sided)",
      expect.stringMatching(/^latency: .* \(Mann-Whitney U test, one-sided, normal approximation\)$/),
    ]);
  });

  test('is promoted where stable is the one that errs or is slow', () => {
    expect(
      judgeCanary(
        evidence(1500, (canary) => (canary ? {} : { status: 500 })),
        CRITERIA,
      ).promote,
    ).toBe(true);
    expect(
      judgeCanary(
        evidence(1500, (canary) => (canary ? {} : { ms: 90 })),
        CRITERIA,
      ).promote,
    ).toBe(true);
  });

  test('is promoted with one error: that is one time in ten chance', () => {
    expect(
      judgeCanary(
        evidence(1500, (_, i) => (i === 0 ? { status: 500 } : {})),
        CRITERIA,
      ).promote,
    ).toBe(true);
  });

  test('is promoted where it is slower for certain, and by next to nothing', () => {
    const { promote, latency } = judgeCanary(
      evidence(1500, (canary) => (canary ? { ms: 5 } : {})),
      CRITERIA,
    );
    expect(latency).toMatchObject({ effect: 1, canaryP95Ms: 5 });
    expect(latency.p).toBeLessThan(1e-50);
    expect(promote).toBe(true);
  });
});

describe('a canary is aborted', () => {
  test('where a tenth of its answers are errors', () => {
    const judgement = judgeCanary(
      evidence(1500, (_, i) => (i % 100 === 0 ? { status: 500 } : {})),
      CRITERIA,
    );
    expect(judgement).toMatchObject({ promote: false, enough: true, reasons: ['errors'] });
    expect(judgement.errors).toMatchObject({ canary: { bad: 15, of: 150 }, stable: { bad: 0, of: 1350 }, unnamed: 0 });
  });

  test('where a third of its answers are slow', () => {
    const slow = (_: boolean, i: number) => (i % 30 === 0 ? { ms: 150 } : {});
    expect(judgeCanary(evidence(1500, slow), CRITERIA)).toMatchObject({ promote: false, reasons: ['latency'] });
  });

  test('where failures have no pod: nobody says that they are not its own', () => {
    const judgement = judgeCanary(
      evidence(1500, (_, i) => (i % 100 === 0 ? { status: 0, pod: '' } : {})),
      CRITERIA,
    );
    expect(judgement).toMatchObject({ promote: false, reasons: ['errors'], errors: { unnamed: 15 } });
    expect(judgement.figures[1]).toContain('canary 15 of 150, 15 of them by a pod that nobody knows');
  });

  test('where there is too little to go by, or nothing of its own', () => {
    expect(judgeCanary(evidence(990), CRITERIA)).toMatchObject({
      promote: false,
      enough: false,
      reasons: ['evidence'],
    });
    const silent = judgeCanary(
      evidence(1500, (canary) => (canary ? { pod: 'a1' } : {})),
      CRITERIA,
    );
    expect(silent).toMatchObject({ promote: false, enough: false, split: { canary: 0, of: 1500 } });
  });
});

test('exactly as many as are asked for are enough; those of which nobody knows the pod are among them', () => {
  expect(judgeCanary(evidence(1000), CRITERIA)).toMatchObject({ promote: true, enough: true });
  expect(judgeCanary(evidence(999), CRITERIA).enough).toBe(false);
  const unnamed = judgeCanary(
    evidence(1000, (canary, i) => (!canary && i === 1 ? { status: 0, pod: '' } : {})),
    CRITERIA,
  );
  expect(unnamed).toMatchObject({ enough: true, split: { canary: 100, of: 1000 } });
});

test('without stable beside it there is nothing to judge it by', () => {
  const alone = evidence(1500, () => ({ pod: 'c1' }));
  expect(judgeCanary(alone, CRITERIA)).toMatchObject({ promote: false, enough: false, reasons: ['evidence'] });
});

test('slower for certain, and by just as much as is not let pass; or by that much, and not for certain', () => {
  const slower = (ms: number) =>
    judgeCanary(
      evidence(1500, (canary) => ({ ms: canary ? 2 + ms : 2 })),
      CRITERIA,
    ).reasons;
  expect([9.9, 10, 10.1].map(slower)).toEqual([[], ['latency'], ['latency']]);
  // Three of 150 are slow: of stable's, as many.
  const outliers = judgeCanary(
    evidence(1500, (canary, i) => ({ ms: i % 100 === 0 ? 90 : canary ? 2 : 2 + (i % 5 === 1 ? 1 : 0) })),
    CRITERIA,
  );
  expect(outliers.latency.canaryP95Ms - outliers.latency.stableP95Ms).toBeGreaterThan(80);
  expect(outliers.reasons).toEqual([]);
});

test('a p-value is told in three places, or as a power of ten', () => {
  expect([0.0005, 0.001, 0.25].map(pValue)).toEqual(['5.0e-4', '0.001', '0.250']);
});

test('only what began and ended in the span counts, and only lane new', () => {
  const all = evidence(1500);
  expect(judgeCanary({ ...all, from: s(20), to: s(29.976) }, CRITERIA).split.of).toBe(399);
  expect(
    judgeCanary(
      evidence(1500, () => ({ lane: 'kept' })),
      CRITERIA,
    ).split.of,
  ).toBe(0);
});
