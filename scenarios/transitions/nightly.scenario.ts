import {
  type At,
  type Expectation,
  inTurn,
  overtaken,
  pauseResume,
  restart,
  rollback,
  rolling,
  type Share,
  sampleService,
  scale,
  scenario,
  stalls,
  type Transition,
} from 'rollproof';
import type { Row } from './nightly/factors.ts';
import { SELECTION } from './nightly/selection.ts';

/**
 * What a team would run every night: a service that drains as it should, through every course that an update can take.
 * Whatever is combined, it drops nothing, and R − U pods are available at every moment; what may
 * come out otherwise is Kubernetes' own doing (docs/kubernetes.md).
 */

const COURSES_IN_THE_MIDDLE: ReadonlySet<string> = new Set([
  'undone in the middle',
  'scaled in the middle',
  'overtaken by another',
]);

for (const row of SELECTION) {
  scenario(nameOf(row), {
    on: { nodes: row.nodes },
    given: sampleService('nightly-small', 'small', { versions: versionsOf(row) }).with({
      replicas: row.replicas,
      strategy: strategyOf(row),
      ...(row.version === 'with minReadySeconds' ? { minReadySeconds: 3 } : {}),
      ...(row.version === 'slow to start' ? { env: { DEFECT: 'slow-start', START_SECONDS: '3' } } : {}),
      ...(isStuck(row) ? { progressDeadlineSeconds: 8 } : {}),
    }),
    under: { rate: 30, baselineSeconds: 5 },
    when: courseOf(row),
    expect: expectationOf(row),
  });
}

function courseOf({ by, course, version, replicas }: Row): Transition {
  const update = (tag: string) =>
    by === 'restart' ? restart() : rolling({ container: 'app', image: `rollproof/${imageOf(tag)}`, by });
  const middle = middleOf(replicas);
  const first = update('2.0.0');
  switch (course) {
    case 'alone':
      return first;
    case 'undone after it':
      return inTurn(first, rollback());
    case 'undone in the middle':
      return overtaken(first, middle, rollback());
    case 'back to revision 1':
      return inTurn(first, update('3.0.0'), rollback({ toRevision: 1 }));
    case 'paused and resumed':
      return pauseResume(first, { at: middle, seconds: 4 });
    case 'scaled before':
      return inTurn(scale({ replicas: replicas + 1 }), first);
    case 'scaled in the middle':
      return overtaken(first, middle, scale({ replicas: replicas + 2 }));
    case 'overtaken by another':
      return overtaken(first, middle, update('3.0.0'));
    case 'stuck, then undone':
      return inTurn(stalls(update(version)), rollback());
    case 'stuck, then mended by another':
      return inTurn(stalls(update(version)), update('3.0.0'));
  }
}

/** Half of a large roll; small ones have no wave in the middle that would last. */
function middleOf(replicas: number): At {
  return replicas < 3 ? { seconds: 2 } : { wave: [Math.ceil(replicas / 2), Math.floor(replicas / 2)] };
}

/** A version that does not come up is named after what is wrong with it. */
function imageOf(version: string): string {
  return version === 'bad image' ? 'missing:2.0.0' : `small:${version.replaceAll(' ', '-')}`;
}

function versionsOf({ by, course, version }: Row): string[] {
  if (by === 'restart') return ['1.0.0'];
  if (isStuck({ course }))
    return ['1.0.0', ...(version === 'bad image' ? [] : [version.replaceAll(' ', '-')]), '3.0.0'];
  return course === 'overtaken by another' || course === 'back to revision 1'
    ? ['1.0.0', '2.0.0', '3.0.0']
    : ['1.0.0', '2.0.0'];
}

function strategyOf({ strategy }: Row): { maxSurge: Share; maxUnavailable: Share } {
  const shares: Record<Row['strategy'], [Share, Share]> = {
    '1/0': [1, 0],
    '0/1': [0, 1],
    '1/1': [1, 1],
    '25%/25%': ['25%', '25%'],
    '100%/0': ['100%', 0],
  };
  const [maxSurge, maxUnavailable] = shares[strategy];
  return { maxSurge, maxUnavailable };
}

/** What is Kubernetes' own doing may come out either way, and then for that reason alone. */
function expectationOf(row: Row): 'pass' | Expectation {
  if (mayBeTaken(row))
    return { verdict: 'any', cause: 'single-replica-unavailable', failing: ['no-drops'], only: true };
  return mayDip(row) ? { verdict: 'any', failing: ['ready-floor'], only: true } : 'pass';
}

/**
 * The only replica may be taken away. Where nothing is ready, proxies go on sending to the pod that ends: whether there is
 * an outage depends on whether it drains for longer than the next one takes to be ready.
 */
function mayBeTaken({ replicas, strategy, course }: Row): boolean {
  return replicas === 1 && (strategy === '0/1' || strategy === '1/1') && course !== 'scaled before';
}

/**
 * The controller scales an old ReplicaSet down by those of its pods that are not available yet. Which pods go is the
 * ReplicaSet's own choice, and that knows of ready ones only: it may take one that is available.
 */
function mayDip({ course, version }: Row): boolean {
  return version === 'with minReadySeconds' && COURSES_IN_THE_MIDDLE.has(course);
}

function isStuck({ course }: Pick<Row, 'course'>): boolean {
  return course.startsWith('stuck');
}

function nameOf({ by, course, nodes, replicas, strategy, version }: Row): string {
  const what = by === 'restart' ? 'a restart' : `an update by ${by}`;
  return `${what}, ${course}: ${replicas} replica${replicas === 1 ? '' : 's'} at ${strategy}, ${version}, on ${nodes === 1 ? 'one node' : `${nodes} nodes`}`;
}
