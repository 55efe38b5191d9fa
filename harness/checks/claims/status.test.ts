import { describe, expect, test } from 'vitest';
import { goodRoll, HistoryBuilder, s } from '../../history/testing/build.ts';
import {
  countsCompleteAtStatus,
  onlyNewAnswersAfterStatus,
  onlyNewPodsAtStatus,
  statusShowsProgress,
} from './status.ts';
import { taken } from './testing/taken.ts';

const PRINTED = [
  'Waiting for deployment "web" rollout to finish: 1 out of 3 new replicas have been updated...',
  'Waiting for deployment "web" rollout to finish: 2 out of 3 new replicas have been updated...',
  'Waiting for deployment "web" rollout to finish: 1 old replicas are pending termination...',
  'deployment "web" successfully rolled out',
];

/** Old pods terminate from 13, 17 and 21 to 26, 27 and 28; all is available from 22 on. */
const returnedAt = (at: number, fields: Record<string, unknown> = {}, builder = goodRoll()) =>
  builder.add({
    type: 'action',
    t: s(11),
    end: s(at),
    action: 'rollout-status',
    detail: 'kubectl rollout status',
    ok: true,
    output: PRINTED.join('\n'),
    ...fields,
  });

const times = (builder: HistoryBuilder, ids: string[]) =>
  builder.observations.filter(({ id }) => ids.includes(id)).map(({ t }) => t / 1e9);

describe('only new pods when it returns', () => {
  const take = (builder: HistoryBuilder) => taken(onlyNewPodsAtStatus, builder.history(), {});

  test('once the last old one is gone', () => {
    expect(take(returnedAt(28.5))).toMatchObject({ holds: true, figures: 'when it returned, all 3 pods were new' });
  });

  test('not, while old ones terminate', () => {
    const builder = returnedAt(26.5);
    const { holds, figures, witnesses } = take(builder);
    expect({ holds, figures }).toEqual({
      holds: false,
      figures: 'when it returned, 2 old pods were there, 2 of them terminating; the last was gone 1.5 s later',
    });
    expect(times(builder, witnesses)).toEqual([17.2, 21.2, 11]);
    // When a new one goes is another matter.
    expect(take(returnedAt(26.5, {}, goodRoll().gone(35, 'b3', 'web-b'))).figures).toBe(figures);
  });

  test('not, where one that ended is still being taken away; one that ended for good is not there any more', () => {
    const ended = (terminating: boolean) =>
      goodRoll().pod(28.1, 'a9', { owner: 'web-a', phase: 'Succeeded', ready: false, exitCode: 0, terminating });
    expect(take(returnedAt(28.5, {}, ended(false))).holds).toBe(true);
    expect(take(returnedAt(28.5, {}, ended(true)))).toMatchObject({
      holds: false,
      figures: 'when it returned, 1 old pods were there, 1 of them terminating; the last was gone 0.0 s later',
    });
  });

  test('not, where an old one is there that nobody is deleting', () => {
    expect(take(returnedAt(28.5, {}, goodRoll().pod(28.1, 'a9', { owner: 'web-a' }))).figures).toBe(
      'when it returned, 1 old pods were there, 0 of them terminating; the last was gone 0.0 s later',
    );
  });

  test('is not known where ReplicaSets were not watched', () => {
    expect(take(returnedAt(28.5).gap(25, 26, 'ReplicaSet')).holds).toBeUndefined();
  });

  test('what else is deleted does not count as an end', () => {
    const builder = goodRoll().object(33, 'EndpointSlice', 'web-1', {}, { verb: 'deleted' });
    builder.object(33, 'ReplicaSet', 'a2', {}, { verb: 'deleted' });
    expect(take(returnedAt(26.5, {}, builder)).figures).toContain('the last was gone 1.5 s later');
  });

  test('the witnesses are what was last seen of the old ones by then', () => {
    const builder = returnedAt(17.2);
    expect(times(builder, take(builder).witnesses)).toEqual([1, 13.2, 17.2, 11]);
  });

  test('is not known where it never said that all is done, or the pods were not seen', () => {
    const unknown = '`kubectl rollout status` did not return by itself';
    expect(take(goodRoll())).toMatchObject({ examined: 0, figures: unknown });
    expect(take(returnedAt(28.5, { ok: false })).examined).toBe(0);
    expect(take(returnedAt(28.5, { end: undefined })).examined).toBe(0);
    expect(take(returnedAt(28.5, { t: s(5) })).figures).toBe(unknown);
    expect(take(returnedAt(28.5, {}, new HistoryBuilder().mark(10, 'trigger'))).figures).toBe(unknown);
    const unrolled = new HistoryBuilder().deployment(1).mark(10, 'trigger');
    expect(take(returnedAt(28.5, {}, unrolled)).figures).toBe(unknown);
    expect(take(returnedAt(28.5).gap(25, 26, 'Pod')).holds).toBeUndefined();
  });
});

describe('only new answers after it has returned', () => {
  const take = (builder: HistoryBuilder) => taken(onlyNewAnswersAfterStatus, builder.history(), {});

  test('what had begun before does not count', () => {
    const builder = goodRoll().request(22.9, { pod: 'a3', seconds: 1 }).request(24, { pod: 'b1' });
    expect(take(returnedAt(23, {}, builder))).toMatchObject({
      holds: true,
      figures: 'all 1 requests that began after it had returned were answered by new pods',
    });
  });

  test('the control lane is none of it, nor what comes after the tail', () => {
    const builder = goodRoll().request(24, { pod: 'a3', lane: 'control' }).request(99, { pod: 'a3' });
    expect(take(returnedAt(23, {}, builder)).examined).toBe(0);
  });

  test('not, where old ones still answer in several lanes', () => {
    const builder = goodRoll().request(23.1, { pod: 'a3', lane: 'kept' }).request(23.2, { pod: 'a3' });
    builder.request(23.3, { pod: 'a3', lane: 'kept' });
    expect(take(returnedAt(23, {}, builder)).figures).toContain('by old pods (kept 2, new 1)');
  });

  test('not, where old ones still answer', () => {
    const builder = goodRoll().request(23.1, { pod: 'a3', lane: 'kept', seconds: 0.4 }).request(24, { pod: 'b1' });
    const { holds, figures, witnesses } = take(returnedAt(23, {}, builder));
    expect({ holds, figures }).toEqual({
      holds: false,
      figures:
        '1 of 2 requests that began after it had returned were answered by old pods (kept 1), the last 0.5 s after it',
    });
    expect(times(builder, witnesses)).toEqual([23.1]);
  });

  test('a pod that nobody owns, or of which nobody knows whose it is, is none of it', () => {
    const builder = goodRoll().object(12, 'Pod', 'alone', {}).object(12, 'Service', 'web', {});
    builder.request(24, { pod: 'alone' }).request(24, { pod: 'web' }).request(24.5, { pod: 'b1' });
    // The last owner that was told, also where its end told none.
    builder.object(29.5, 'Pod', 'a3', {}, { verb: 'deleted' }).request(24.6, { pod: 'a3' });
    expect(take(returnedAt(23, {}, builder))).toMatchObject({ holds: false, examined: 2 });
  });

  test('is not known where no answer says whose it is', () => {
    expect(take(returnedAt(23, { t: s(5) }, goodRoll().request(24, { pod: 'b1' }))).examined).toBe(0);
    const unrolled = new HistoryBuilder().mark(10, 'trigger').request(24, { pod: 'b1' });
    expect(take(returnedAt(23, {}, unrolled)).figures).toBe('`kubectl rollout status` did not return by itself');
    expect(take(returnedAt(23)).examined).toBe(0);
    expect(take(goodRoll().request(24, { pod: 'b1' })).examined).toBe(0);
  });
});

describe('counts complete when it returns', () => {
  const take = (builder: HistoryBuilder) => taken(countsCompleteAtStatus, builder.history(), {});

  test('also where our watch was told a moment later', () => {
    const figures = '3 updated, 3 in all, 3 available, 3 wanted';
    expect(take(returnedAt(22))).toMatchObject({ holds: true, figures });
    expect(take(returnedAt(21.6)).holds).toBe(true);
  });

  test('not, where the controller has not seen the latest change', () => {
    const builder = goodRoll().deployment(22.5, { generation: 3, observed: 2 });
    expect(take(returnedAt(22.6, {}, builder)).holds).toBe(false);
  });

  test('is not known where the Deployment was not watched', () => {
    expect(take(returnedAt(22).gap(20, 21, 'Deployment')).holds).toBeUndefined();
  });

  test('not, where it returns in mid-roll', () => {
    const figures = '1 updated, 4 in all, 3 available, 3 wanted';
    expect(take(returnedAt(15))).toMatchObject({ holds: false, figures });
  });

  test('is not known without it', () => {
    expect(take(goodRoll()).examined).toBe(0);
  });
});

describe('shows progress', () => {
  const take = (output: string[]) =>
    taken(statusShowsProgress, returnedAt(22, { output: output.join('\n') }).history(), {});

  test('lines on the way, and one at the end', () => {
    expect(take(PRINTED)).toMatchObject({
      holds: true,
      figures:
        '4 lines: 1 out of 3 new replicas have been updated; 2 out of 3 new replicas have been updated; 1 old replicas are pending termination; successfully rolled out',
    });
  });

  test('of older kubectls too, and of many pods; a line that it does not know it shows whole', () => {
    const lines = [
      'Waiting for deployment "web" rollout to finish: 10 of 12 updated replicas are available...',
      'Waiting for deployment "web" rollout to finish: 11 old replicas are pending termination...',
      '   ',
      'Waiting for deployment spec update to be observed',
      PRINTED[3]!,
    ];
    expect(take(lines).figures).toBe(
      '4 lines: 10 of 12 updated replicas are available; 11 old replicas are pending termination; Waiting for deployment spec update to be observed; successfully rolled out',
    );
  });

  test('not, where it says the end only, or the same again', () => {
    expect(take(PRINTED.slice(-1)).holds).toBe(false);
    expect(take([PRINTED[0]!, PRINTED[0]!, PRINTED[3]!]).holds).toBe(false);
    expect(take(PRINTED.slice(0, 3)).holds).toBe(false);
  });

  test('is not known where it printed nothing', () => {
    expect(take([]).examined).toBe(0);
    expect(taken(statusShowsProgress, new HistoryBuilder().history(), {}).examined).toBe(0);
  });
});
