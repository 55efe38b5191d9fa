import { describe, expect, test } from 'vitest';
import type { StartedWorkload, TriggerFacts, WorkloadView } from '../../drivers/workload.ts';
import { sequence } from './drive.ts';
import type { Step } from './steps.ts';

const ROLLED = { container: 'app', image: 'web' };

interface Cluster {
  /** What kubectl refuses, by what its command line has in it. */
  refuses?: string;
  /** What changes nothing. */
  ignores?: string;
  /** What was begun never comes to its end. */
  stuck?: boolean;
  /** Replicas at the beginning. */
  wanted?: number;
}

/** What is done, in order: "!" and a trigger's kind, else what kubectl is told; in brackets what is waited for. */
async function drive(steps: Step[], { refuses = '\0', ignores = '\0', stuck = false, wanted = 3 }: Cluster = {}) {
  const done: string[] = [];
  const triggers: TriggerFacts[] = [];
  let generation = 1;
  const view = {
    settled: () => !stuck,
    observed: (one: number) => one <= generation,
    paused: () => true,
    deploymentOf: () => 'web',
    pods: () => ({ wanted, available: wanted, ready: wanted, terminating: 0 }),
  };
  const pod = (name: string) => ({
    metadata: { name, creationTimestamp: name },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  });
  const workload = {
    deployment: 'web',
    namespace: 'ns',
    cluster: {
      async kubectl(args: string[]) {
        const line = args.slice(2).join(' ');
        if (line.includes(refuses)) throw Object.assign(new Error('no'), { stderr: 'error: no' });
        done.push(line.replace('deployment/web ', '').replace(' deployment/web', ''));
        if (!line.includes(ignores) && !line.startsWith('delete')) generation += 1;
        return '';
      },
      api: {
        get: async (path: string) =>
          path.endsWith('/pods') ? { items: ['p1', 'p2', 'p3'].map(pod) } : { metadata: { generation } },
      },
    },
    now: () => view,
    act: (_: string, __: string, what: () => Promise<unknown>) => what(),
    trigger(facts: TriggerFacts) {
      triggers.push(facts);
      done.push(`!${facts.kind}`);
    },
    async until(what: string, _: number, holds: (now: WorkloadView) => boolean) {
      if (what.endsWith('to pass')) done.push(`(${what.split(' ')[0]} s)`);
      else if (!holds(view as unknown as WorkloadView)) throw new Error(`waited for ${what}`);
      else if (what.startsWith('all')) done.push('(settled)');
      else if (what.endsWith('scaled down')) done.push('(scaled down)');
    },
  } as unknown as StartedWorkload;
  const transition = sequence(steps, ROLLED);
  const ending = await transition.drive(workload);
  return { done, triggers, ends: ending.holds(view as unknown as WorkloadView), transition };
}

const UPDATE: Step = { do: 'update', version: '2.0.0', after: 'settled' };

describe('a sequence', () => {
  test('is one transition, whose steps are transitions of their own, each after its wait', async () => {
    const { done, transition } = await drive([
      UPDATE,
      { do: 'rollback', after: 1.5 },
      { do: 'scale', replicas: 2, after: 'settled' },
      { do: 'rollback', toRevision: 2, after: 0 },
      { do: 'restart', after: 2 },
    ]);
    expect(transition).toMatchObject({ kind: 'rolling', detail: 'kubectl set image app=web:2.0.0' });
    expect(done).toEqual([
      'set image app=web:2.0.0',
      '(1.5 s)',
      '!rollback',
      'rollout undo',
      '(settled)',
      '!scale',
      'scale --replicas=2',
      '(scaled down)',
      '(0 s)',
      '!rollback',
      'rollout undo --to-revision=2',
      '(2 s)',
      '!restart',
      'rollout restart',
    ]);
  });

  test('that ends paused is resumed, and settles', async () => {
    const { done, ends } = await drive([UPDATE, { do: 'pause', after: 0 }]);
    expect(done.slice(-4)).toEqual(['!pause', 'rollout pause', '!resume', 'rollout resume']);
    expect(ends).toBe(true);
    const resumed = await drive([
      { do: 'pause', after: 'settled' },
      { do: 'resume', after: 0 },
    ]);
    expect(resumed.done.filter((one) => one === 'rollout resume')).toHaveLength(1);
  });

  test('says how many pods it deletes, also with its first step', async () => {
    const { triggers, done } = await drive([UPDATE, { do: 'delete-pods', count: 2, after: 0 }]);
    expect(triggers).toMatchObject([{ kind: 'delete-pods', deletes: 2 }]);
    expect(done.at(-1)).toMatch(/^delete pod p1 p2 /);
    const first = sequence([{ do: 'delete-pods', count: 1, after: 'settled' }], ROLLED);
    expect(first.facts?.({} as StartedWorkload)).toEqual({ deletes: 1 });
  });

  test('goes on after what kubectl refuses; nothing has to come of that', async () => {
    const { done, triggers } = await drive([UPDATE, { do: 'pause', after: 0 }, { do: 'restart', after: 0 }], {
      refuses: 'pause',
    });
    expect(done.slice(1)).toEqual(['(0 s)', '!pause', '!refused', '(0 s)', '!restart', 'rollout restart']);
    expect(triggers[1]).toEqual({ kind: 'refused', detail: 'refused: kubectl rollout pause' });
  });

  test('nor of what changes nothing', async () => {
    const { done } = await drive([UPDATE, { do: 'rollback', after: 0 }], { ignores: 'undo' });
    expect(done.slice(-3)).toEqual(['!rollback', 'rollout undo', '!unchanged']);
    const deleted = await drive([{ do: 'delete-pods', count: 1, after: 'settled' }]);
    expect(deleted.done).toHaveLength(1);
  });

  test('ends where what it waits for does not come: it does not settle then either', async () => {
    const { done, ends } = await drive([UPDATE, { do: 'pause', after: 0 }, { do: 'restart', after: 'settled' }], {
      stuck: true,
    });
    expect(done.slice(-2)).toEqual(['!resume', 'rollout resume']);
    expect(done).not.toContain('rollout restart');
    expect(ends).toBe(false);
  });

  test('needs a step', () => expect(() => sequence([], ROLLED)).toThrow('a step at least'));

  test('of the fixed image is the same of the other image', async () => {
    const other = sequence([UPDATE], { container: 'app', image: 'rollproof/defects' }).withImages!({
      'rollproof/defects': 'rollproof/correct',
    });
    expect(other.detail).toBe('kubectl set image app=rollproof/correct:2.0.0');
  });
});
