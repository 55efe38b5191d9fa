import { expect, test } from 'vitest';
import type { NewObservation, Observation } from '../history/types.ts';
import { startRuntime } from './runtime.ts';
import { testClock } from './testing/node.ts';

const at = (second: number) => new Date(Date.parse('2026-01-01T00:00:00Z') + second * 1000).toISOString();
const pod = (id: string, state: object, verb = 'modified', t = 0): Observation =>
  ({
    type: 'object',
    kind: 'Pod',
    verb,
    t: t * 1e9,
    uid: id,
    name: `web-${id}`,
    object: {
      spec: { nodeName: 'n1' },
      status: { containerStatuses: [{ name: 'app', containerID: `containerd://${id}`, restartCount: 0, state }] },
    },
  }) as unknown as Observation;
const line = (second: number, message: string) =>
  `time="${at(second)}" level=info msg="${message.replaceAll('"', '\\"')}"`;
const exit = (id: string, second: number) =>
  `received container exit event container_id:"${id}" id:"${id}" pid:4242 exited_at:{seconds:${1_767_225_600 + second}}`;

async function collect(journal: string | Error, ...pods: Observation[]) {
  const seen: NewObservation[] = [];
  const commands: string[] = [];
  const exec = async (args: string[], node?: string) => {
    commands.push(`${node}: ${args.at(-1)}`);
    if (journal instanceof Error) throw journal;
    return journal;
  };
  const clock = testClock();
  clock.at(1.5);
  const runtime = startRuntime({ cluster: { exec }, clock, append: (one) => seen.push(one) });
  for (const one of pods) runtime.see(one);
  clock.at(60);
  await runtime.collect();
  return { seen, commands };
}

test("containers of pods that were seen, from the node's journal since it began, in the order of their stamps", async () => {
  const journal = [
    line(2, 'StartContainer for "aa" returns successfully'),
    line(3, 'StartContainer for "not-ours" returns successfully'),
    line(10, 'Stop container "aa" with signal terminated'),
    line(16, exit('aa', 15)),
    line(15.5, 'Kill container "aa"'),
    line(17, exit('aa', 17)),
  ].join('\n');
  const ended = { terminated: { exitCode: 0, startedAt: at(2), finishedAt: at(15) } };
  const { seen, commands } = await collect(journal, pod('aa', { running: { startedAt: at(2) } }), pod('aa', ended));
  const said = { type: 'container', pod: 'web-aa', container: 'app', containerId: 'aa' };
  expect(seen).toEqual([
    { ...said, t: 2e9, event: 'started' },
    { ...said, t: 10e9, event: 'sigterm' },
    { ...said, t: 15e9, event: 'exit', exitCode: 0 },
    { ...said, t: 15.5e9, event: 'sigkill' },
  ]);
  expect(commands).toEqual([expect.stringMatching(/^n1: .*--since=@1767225601$/)]);
});

test('what the journal should tell of and does not is a gap', async () => {
  const running = pod('aa', { running: { startedAt: at(2) } });
  const ended = pod('bb', { terminated: { exitCode: 0, startedAt: at(1), finishedAt: at(15) } });
  const before = pod('cc', { terminated: { exitCode: 0, startedAt: at(0), finishedAt: at(1) } });
  const gone = [
    pod('dd', { running: { startedAt: at(1) } }),
    pod('dd', { running: { startedAt: at(1) } }, 'deleted', 20),
  ];
  const { seen } = await collect('', running, ended, before, ...gone);
  expect(seen).toMatchObject([
    { type: 'gap', source: 'runtime:n1', from: 2e9, to: 60e9, reason: expect.stringMatching(/start of web-aa\/app/) },
    { type: 'gap', source: 'runtime:n1', from: 15e9, to: 60e9, reason: expect.stringMatching(/end of web-bb\/app/) },
    { type: 'gap', source: 'runtime:n1', from: 20e9, to: 60e9, reason: expect.stringMatching(/end of web-dd\/app/) },
  ]);
});

test('a journal that cannot be read is a gap of its node', async () => {
  const { seen } = await collect(new Error('no journalctl'), pod('aa', { running: { startedAt: at(2) } }));
  expect(seen).toMatchObject([
    { type: 'gap', source: 'runtime:n1', from: 1.5e9, reason: expect.stringContaining('no journalctl') },
  ]);
});
