import {
  claim,
  historyListsRevisions,
  inspect,
  inTurn,
  noLongerLists,
  rollback,
  rolling,
  sampleService,
  scenario,
  showsTemplate,
  undoReuses,
} from 'rollproof';

/**
 * Claim 7: `rollout history` lists the revisions, `--revision=2` shows one of them, and `undo --to-revision=1` brings the
 * first back.
 */

const history = ['rollout', 'history'];

scenario('back to the first of three revisions', {
  // What it claims is no matter of load or of the time that pods take to end.
  given: sampleService('fixed', 'correct', { versions: ['1.0.0', '2.0.0', '3.0.0', '1.0.0'] }).with({
    preStopSleepSeconds: 3,
    env: { DRAIN_SECONDS: 3 },
  }),
  under: { rate: 20, baselineSeconds: 5 },
  when: inTurn(
    rolling({ container: 'app', image: 'rollproof/correct:2.0.0' }),
    rolling({ container: 'app', image: 'rollproof/correct:3.0.0' }),
    inspect(history, 'before'),
    inspect([...history, '--revision=2'], 'second'),
    rollback({ toRevision: 1 }),
    inspect(history, 'after'),
  ),
  expect: 'pass',
  claims: [
    claim('history lists the revisions', historyListsRevisions({ label: 'before' }), { article: 7 }),
    claim('history --revision=2 shows its template', showsTemplate({ label: 'second', revision: 2 }), { article: 7 }),
    claim('undo --to-revision=1 brings the first template back', undoReuses({ revision: 1 }), { article: 7 }),
    claim('history lists the revisions after it', historyListsRevisions({ label: 'after' }), { article: 7 }),
    claim(
      'revision 1 is gone from the list: it has the newest number now',
      noLongerLists({ label: 'after', revision: 1 }),
      {
        article: 7,
        instead: true,
      },
    ),
  ],
});
