import { describe, expect, test } from 'vitest';
import { type HistoryBuilder, s, threeUp } from '../../history/testing/build.ts';
import {
  historyListsRevisions,
  inheritsCause,
  listsCause,
  noLongerLists,
  recordIsDeprecated,
  recordMarks,
  showsTemplate,
  undoReuses,
} from './revisions.ts';
import { taken } from './testing/taken.ts';

const act = (builder: HistoryBuilder, at: number, action: string, output = '', fields: Record<string, unknown> = {}) =>
  builder.add({
    type: 'action',
    t: s(at),
    end: s(at + 0.2),
    action,
    detail: `kubectl ${action}`,
    ok: true,
    output,
    ...fields,
  });

const table = (...rows: string[]) => ['deployment.apps/web ', 'REVISION  CHANGE-CAUSE', ...rows, ''].join('\n');

/** Revisions 1 and 2. */
const updated = () => threeUp().replicaSet(11, 'web-b', 2, 3).replicaSet(12, 'web-a', 1, 0);

/** Back to the first, which becomes revision 3. */
const undone = (builder = updated()) =>
  act(builder, 20, 'rollback').replicaSet(21, 'web-a', 3, 3).replicaSet(22, 'web-b', 2, 0);

describe('the history lists all revisions', () => {
  const take = (output: string, builder = updated()) =>
    taken(historyListsRevisions, act(builder, 15, 'history', output).history(), { label: 'history' });

  test('that there are', () => {
    expect(take(table('1         <none>', '2         <none>'))).toMatchObject({
      holds: true,
      figures: 'it lists 1, 2; there are ReplicaSets of the revisions 1, 2',
    });
  });

  test('not, where one is left out or made up', () => {
    expect(take(table('2         <none>')).holds).toBe(false);
    expect(take(table('1         <none>', '2         <none>', '3         <none>')).holds).toBe(false);
    expect(take('No rollout history found.')).toMatchObject({
      holds: false,
      figures: expect.stringContaining('lists none'),
    });
  });

  test('whatever the order, and of the workload’s own Deployment alone', () => {
    const turned = threeUp().replicaSet(11, 'web-b', 10, 3).replicaSet(12, 'web-a', 2, 0);
    expect(take(table('2         <none>', '10        <none>'), turned).holds).toBe(true);
    const more = updated().object(12.5, 'ReplicaSet', 'other-a', {
      spec: { replicas: 1 },
      metadata: {
        annotations: { 'deployment.kubernetes.io/revision': '7' },
        ownerReferences: [{ kind: 'Deployment', name: 'other', uid: 'other', controller: true }],
      },
    });
    expect(take(table('1         <none>', '2         <none>'), more)).toMatchObject({ holds: true, examined: 2 });
  });

  test('is not known where ReplicaSets were not watched', () => {
    expect(
      take(table('1         <none>', '2         <none>'), updated().gap(12, 13, 'ReplicaSet')).holds,
    ).toBeUndefined();
  });

  test('is not known where nobody looked', () => {
    expect(taken(historyListsRevisions, updated().history(), { label: 'history' }).examined).toBe(0);
  });
});

test('whether one revision is listed no longer', () => {
  const builder = act(undone(), 25, 'after', table('2         <none>', '3         <none>'));
  const take = (revision: number, label = 'after') => taken(noLongerLists, builder.history(), { label, revision });
  expect(take(3)).toMatchObject({ holds: false, figures: 'it lists 2, 3' });
  expect(take(1)).toMatchObject({ holds: true, figures: 'it lists 2, 3' });
  expect(take(1, 'before').examined).toBe(0);
  const none = act(undone(), 25, 'after', 'No rollout history found.').history();
  expect(taken(noLongerLists, none, { label: 'after', revision: 1 }).figures).toBe('it lists none');
});

describe('a revision by its number shows its template', () => {
  const shown = (revision: number, image: string) =>
    `deployment.apps/web with revision #${revision}\nPod Template:\n  Containers:\n   app:\n    Image:\t${image}\n    Port:\t8000/TCP\n`;
  const take = (output: string, revision = 2) =>
    taken(showsTemplate, act(updated(), 15, 'second', output).history(), { label: 'second', revision });

  test('its image', () => {
    expect(take(shown(2, 'image-of-web-b'))).toMatchObject({
      holds: true,
      figures: 'it shows image-of-web-b; the ReplicaSet of revision 2 has image-of-web-b',
    });
  });

  test('all of them, in their order', () => {
    const two = `${shown(2, 'image-of-web-b')}   side:\n    Image:   other\n   text: no Image: of it\n`;
    expect(take(two)).toMatchObject({
      holds: false,
      figures: expect.stringContaining('it shows image-of-web-b other;'),
    });
  });

  test('not, where it shows none', () => {
    expect(take('with revision #2')).toMatchObject({
      holds: false,
      figures: expect.stringContaining('it shows no image;'),
    });
  });

  test('not, where it shows another one', () => {
    expect(take(shown(2, 'image-of-web-a')).holds).toBe(false);
    expect(take(shown(1, 'image-of-web-b')).holds).toBe(false);
  });

  test('is not known where there is no such revision', () => {
    expect(take(shown(2, 'image-of-web-b'), 7).examined).toBe(0);
  });
});

describe('undo uses the old ReplicaSet again', () => {
  const take = (builder: HistoryBuilder) => taken(undoReuses, builder.history(), { revision: 1 });

  test('under a new revision', () => {
    expect(take(undone())).toMatchObject({
      holds: true,
      figures: 'the ReplicaSet of revision 1 became revision 3, with image-of-web-a; 0 ReplicaSets were made',
    });
  });

  test('not, where another one is made, or nothing comes back', () => {
    expect(
      take(act(updated(), 20, 'rollback').replicaSet(21, 'web-c', 3, 3, { image: 'image-of-web-a' })),
    ).toMatchObject({
      holds: false,
      figures: 'revision 3 is another ReplicaSet, with image-of-web-a; 1 ReplicaSets were made',
    });
    expect(take(act(updated(), 20, 'rollback')).holds).toBe(false);
    // Used again, but not the newest; not under the next number; with another template; or beside one that is made.
    expect(take(act(updated(), 20, 'rollback').replicaSet(21, 'web-a', 4, 3)).holds).toBe(false);
    expect(take(act(updated(), 20, 'rollback').replicaSet(21, 'web-a', 3, 3, { image: 'other' })).holds).toBe(false);
    expect(take(undone().replicaSet(23, 'web-c', 2, 0)).holds).toBe(false);
    expect(take(act(updated(), 20, 'rollback', '', { ok: false }).replicaSet(21, 'web-a', 3, 3)).holds).toBe(false);
  });

  test('is not known without a rollback, or where ReplicaSets were not seen', () => {
    expect(take(updated()).examined).toBe(0);
    expect(take(act(updated(), 20, 'restart').replicaSet(21, 'web-a', 3, 3)).examined).toBe(0);
    expect(taken(undoReuses, undone().history(), { revision: 9 }).examined).toBe(0);
    expect(take(undone(updated().gap(20, 21, 'ReplicaSet'))).holds).toBeUndefined();
  });
});

describe('change-causes', () => {
  const take = (row: string, cause: string) =>
    taken(listsCause, act(updated(), 15, 'history', table(row)).history(), { label: 'history', revision: 2, cause });

  test('as they are listed', () => {
    expect(take('2         by hand', 'by hand')).toMatchObject({ holds: true, figures: 'revision 2: by hand' });
    expect(take('2         <none>', '<none>').holds).toBe(true);
    expect(take('2         an older one', '<none>')).toMatchObject({
      holds: false,
      figures: 'revision 2: an older one',
    });
  });

  test('go on to the next revision, or do not', () => {
    const next = (...rows: string[]) =>
      taken(inheritsCause, act(updated(), 15, 'history', table(...rows)).history(), { label: 'history', revision: 2 });
    expect(next('1         by hand', '2         by hand')).toMatchObject({
      holds: true,
      figures: 'revision 1: by hand; revision 2: the same',
    });
    expect(next('1         by hand', '2         <none>').holds).toBe(false);
    expect(next('1         <none>', '2         <none>').holds).toBeUndefined();
    expect(next('2         by hand').examined).toBe(0);
  });

  test('are not known of a revision that is not listed', () => {
    expect(take('3         by hand', 'by hand').examined).toBe(0);
  });
});

describe('--record', () => {
  const DETAIL = { detail: 'kubectl set image app=web:2 --record' };
  const WARNING = 'Flag --record has been deprecated, --record will be removed in the future';
  const CAUSE = 'kubectl set image deployment/web app=web:2 --kubeconfig=/some/where --namespace=ns --record=true';
  const marks = (builder: HistoryBuilder) => taken(recordMarks, builder.history(), { label: 'history', revision: 2 });

  test('marks the revision with its command', () => {
    const builder = act(updated(), 11, 'set-image', '', DETAIL);
    expect(marks(act(builder, 15, 'history', table(`2         ${CAUSE}`)))).toMatchObject({
      holds: true,
      figures: 'revision 2: kubectl set image deployment/web app=web:2 --record=true',
    });
  });

  test('not, where kubectl refuses it or forgets it', () => {
    const refused = { detail: `${DETAIL.detail}: error: unknown flag: --record`, ok: false };
    expect(marks(act(updated(), 11, 'set-image', '', refused))).toMatchObject({
      holds: false,
      figures: expect.stringContaining('unknown flag'),
    });
    const builder = act(updated(), 11, 'set-image', '', DETAIL);
    expect(marks(act(builder, 15, 'history', table('2         <none>'))).holds).toBe(false);
  });

  test('is not known without such an update, or without its revision in the listing', () => {
    expect(marks(act(updated(), 11, 'set-image')).examined).toBe(0);
    expect(marks(act(updated(), 11, 'patch', '', DETAIL)).examined).toBe(0);
    const builder = act(updated(), 11, 'set-image', '', DETAIL);
    expect(marks(builder).figures).toBe('revision 2 is not listed as "history"');
    expect(marks(act(builder, 15, 'history', table(`1         ${CAUSE}`, `12        ${CAUSE}`))).examined).toBe(0);
  });

  test('what kubectl has against it', () => {
    const take = (builder: HistoryBuilder) => taken(recordIsDeprecated, builder.history(), {});
    expect(
      take(act(updated(), 11, 'set-image', `${WARNING}\ndeployment.apps/web image updated`, DETAIL)),
    ).toMatchObject({
      holds: true,
      figures: `it says: ${WARNING}`,
    });
    expect(take(act(updated(), 11, 'set-image', 'deployment.apps/web image updated', DETAIL)).holds).toBe(false);
    expect(take(updated()).examined).toBe(0);
  });
});
