import { describe, expect, test } from 'vitest';
import { type HistoryBuilder, threeUp } from '../history/testing/build.ts';
import { readyFloor } from './rollout.ts';

/** Three of three are up; a2 is deleted at 12, and b, in its place, is ready at 16. Deployment and ReplicaSet say so. */
function deleted(builder: HistoryBuilder = threeUp().deletesPods(12, 'a2')): HistoryBuilder {
  return builder
    .pod(12.2, 'a2', { terminating: true })
    .pod(12.3, 'b', { ready: false })
    .deployment(12.4, { available: 2 })
    .pod(16, 'b')
    .deployment(16.1);
}

const verdict = (builder: HistoryBuilder) => readyFloor(builder.mark(30, 'tail-end').history()).verdict;

describe('a pod that the scenario deletes itself', () => {
  test('may be missing until another is in its place', () => {
    expect(verdict(deleted())).toBe('pass');
    expect(verdict(deleted(threeUp()))).toBe('fail');
  });

  test('is the one that its action names: any other is a dip', () => {
    expect(verdict(deleted(threeUp().deletesPods(12, 'a3')))).toBe('fail');
    expect(verdict(deleted().pod(17, 'a1', { terminating: true }))).toBe('fail');
  });

  test('is missing once: another that goes meanwhile is a dip', () => {
    expect(verdict(deleted().pod(14, 'a1', { ready: false }))).toBe('fail');
  });

  test('is made up for once: what goes afterwards is a dip', () => {
    expect(verdict(deleted().pod(20, 'b', { ready: false }))).toBe('fail');
  });

  test('is not missing where the trigger does not say that it deletes', () => {
    const builder = threeUp().mark(12, 'trigger', 'delete-pods');
    builder.add({
      type: 'action',
      t: 12e9,
      action: 'delete-pods',
      detail: 'kubectl delete pod a2',
      ok: true,
    });
    expect(verdict(deleted(builder))).toBe('fail');
  });

  const acted = (action: string, detail: string, ok: boolean, at = 12) => {
    const builder = threeUp().mark(12, 'trigger', 'delete-pods', { deletes: 1 });
    return builder.add({ type: 'action', t: at * 1e9, action, detail, ok });
  };
  test('is one that a deletion which went well names, and nothing else that was done', () => {
    expect(verdict(deleted(acted('delete-pods', 'kubectl delete pod a2', true)))).toBe('pass');
    expect(verdict(deleted(acted('delete-pods', 'kubectl delete pod a2', false)))).toBe('fail');
    expect(verdict(deleted(acted('scale', 'kubectl delete pod a2', true)))).toBe('fail');
    expect(verdict(deleted(acted('delete-pods', 'kubectl delete pod a2 (1 of 2)', true)))).toBe('fail');
    expect(verdict(deleted(acted('delete-pods', 'kubectl delete pod a2', true, 11)))).toBe('fail');
    expect(verdict(deleted(acted('delete-pods', 'nothing of the kind', true)))).toBe('fail');
  });

  test('is one of as many as the trigger says, the first that are named', () => {
    expect(verdict(deleted(acted('delete-pods', 'kubectl delete pod a2 a3', true)))).toBe('pass');
    const both = acted('delete-pods', 'kubectl delete pod a2 a3', true);
    expect(verdict(deleted(both.pod(12.25, 'a3', { terminating: true })))).toBe('fail');
  });

  test('at the instant of its deletion, too', () => {
    expect(verdict(deleted(acted('delete-pods', 'kubectl delete pod a2', true, 12.2)))).toBe('pass');
    expect(verdict(deleted(acted('delete-pods', 'kubectl delete pod a2', true, 12.21)))).toBe('fail');
  });

  test('that the controller had taken away before is none', () => {
    const builder = threeUp().replicaSet(11, 'web-a', 1, 2).pod(11.1, 'a2', { terminating: true });
    expect(verdict(builder.deletesPods(12, 'a2').pod(13, 'a1', { ready: false }))).toBe('fail');
    const spare = threeUp().pod(11, 'a4').replicaSet(11.1, 'web-a', 1, 3).pod(11.2, 'a2', { terminating: true });
    expect(verdict(spare.deletesPods(12, 'a2').pod(13, 'a1', { ready: false }))).toBe('fail');
  });

  test('of two, the one that is still missing lowers the floor by one', () => {
    const two = () =>
      threeUp()
        .deletesPods(12, 'a2', 'a3')
        .pod(12.2, 'a2', { terminating: true })
        .pod(12.2, 'a3', { terminating: true })
        .deployment(12.4, { available: 1 })
        .pod(16, 'b')
        .deployment(16.1, { available: 2 });
    expect(verdict(two())).toBe('pass');
    expect(verdict(two().pod(17, 'b', { ready: false }).pod(18, 'c'))).toBe('fail');
    expect(verdict(two().pod(18, 'c').deployment(18.1).pod(19, 'c', { ready: false }).pod(20, 'c'))).toBe('fail');
  });

  test('may be what another one is taken away for, as long as the controller does not know of it', () => {
    // In mid-roll four are there; the controller counts four, and takes one away while one is being deleted.
    const rolling = (taken: number, known: number) =>
      threeUp()
        .deployment(11, { generation: 2, updated: 1, total: 4, available: 4 })
        .replicaSet(11, 'web-b', 2, 1)
        .pod(11.1, 'b1', { owner: 'web-b' })
        .deletesPods(12, 'a2')
        .pod(12.2, 'a2', { terminating: true })
        .deployment(known, { generation: 2, updated: 1, total: 4, available: 3 })
        .replicaSet(taken, 'web-a', 1, 2)
        .pod(taken, 'a1', { terminating: true })
        .pod(16, 'a4');
    expect(verdict(rolling(12.3, 12.4))).toBe('pass');
    expect(verdict(rolling(14, 14.1))).toBe('pass');
    expect(verdict(rolling(14, 12.4))).toBe('fail');
  });
});
