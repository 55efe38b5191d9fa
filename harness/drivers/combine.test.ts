import { expect, test } from 'vitest';
import { type At, inTurn, overtaken, rollover } from './combine.ts';
import { NotReached, type StartedWorkload, type Transition, type WorkloadView } from './workload.ts';

/** What is done, in order, to a workload that goes through these (old, new); it settles where old is 0. */
async function drive(transition: Transition, seen: [number, number][]): Promise<string[]> {
  const done: string[] = [];
  const workload = {
    trigger: ({ kind }: { kind: string }) => done.push(`trigger ${kind}`),
    async until(what: string, _: number, holds: (now: WorkloadView) => boolean) {
      for (const [old, fresh] of seen) {
        const now = { old, new: fresh, settled: (generation: number) => generation === 1 && old === 0 };
        if (!holds(now as WorkloadView)) continue;
        done.push(`${old},${fresh}`);
        return;
      }
      throw new NotReached(`waited for ${what}`);
    },
  };
  const result = transition.drive({ ...workload, done } as unknown as StartedWorkload);
  const { what, missed } = await result;
  done.push(what, ...(missed === undefined ? [] : [missed]));
  return done;
}

const step = (kind: string, generation: number): Transition => ({
  kind,
  detail: `kubectl ${kind}`,
  drive: async (workload) => {
    (workload as unknown as { done: string[] }).done.push(kind);
    return { what: `the end of generation ${generation}`, holds: ({ settled }) => settled(generation) };
  },
});

const WAVES: [number, number][] = [
  [3, 0],
  [3, 1],
  [2, 1],
  [1, 2],
  [0, 3],
];

test('a transition overtakes another at the given wave, after its own trigger', async () => {
  const both = overtaken(step('rolling', 1), { wave: [2, 1] }, step('scale', 2));
  expect(both).toMatchObject({ kind: 'rolling', detail: 'kubectl rolling' });
  expect(await drive(both, WAVES)).toEqual(['rolling', '2,1', 'trigger scale', 'scale', 'the end of generation 2']);
});

test('a wave that passes unseen does not let it wait for ever: a later one will do', async () => {
  expect(await drive(overtaken(step('a', 1), { wave: [2, 2] }, step('b', 2)), WAVES)).toContain('1,2');
});

test.each<[string, At]>([
  ['wave', { wave: [0, 4] }],
  ['second', { seconds: 60 }],
])('what is over before its %s comes was not overtaken: an error, and nothing more is done', async (_, at) => {
  await expect(drive(overtaken(step('a', 1), at, step('b', 2)), WAVES)).rejects.toThrow(
    'kubectl a: it was over before kubectl b could overtake it',
  );
});

test('in turn: the second begins once the first has settled', async () => {
  const both = inTurn(step('rolling', 1), step('rollback', 2));
  expect(await drive(both, WAVES)).toEqual([
    'rolling',
    '0,3',
    'trigger rollback',
    'rollback',
    'the end of generation 2',
  ]);
});

test('where the first does not end, or does not get to the moment, the second does not begin, and the first is judged', async () => {
  const stuck = WAVES.slice(0, 2);
  const [turn, over] = [
    inTurn(step('rolling', 1), step('rollback', 2)),
    overtaken(step('rolling', 1), { wave: [2, 1] }, step('rollback', 2)),
  ];
  const begun = ['rolling', 'the end of generation 1'];
  expect(await drive(turn, stuck)).toEqual([...begun, 'waited for the end of generation 1']);
  expect(await drive(over, stuck)).toEqual([...begun, 'waited for wave (2,1)']);
});

test('the images of both can be renamed, and the kinds stay', async () => {
  const images: [string, string] = ['web:2', 'web:3'];
  const renamed = rollover({ container: 'app', images, at: { wave: [2, 1] } }).withImages?.({ web: 'sound' });
  const acts: string[] = [];
  const workload = {
    namespace: 'ns',
    deployment: 'web',
    cluster: { kubectl: async () => '', api: { get: async () => ({ metadata: { generation: 1 } }) } },
    act: async (_: string, detail: string) => void acts.push(detail),
    trigger: ({ kind }: { kind: string }) => acts.push(kind),
    until: async () => {},
  };
  await renamed?.drive(workload as unknown as StartedWorkload);
  expect(acts).toEqual(['kubectl set image app=sound:2', 'rollover', 'kubectl set image app=sound:3']);
});
