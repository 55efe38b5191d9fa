import { expect, test } from 'vitest';
import { blueGreen, switchBack } from './blue-green.ts';
import { selectorFor } from './switch.ts';
import { NotReached, type StartedWorkload, type Transition, type WorkloadView } from './workload.ts';

/** What the watches show from an instant on: pods that are ready, endpoints, and who answered last. */
interface State {
  /** Seconds. */
  t: number;
  blue?: number;
  green?: number;
  endpoints?: 'blue' | 'green' | 'none';
  /** Until then kept connections led to blue, all the time. */
  bluesLast?: number;
  /** Until then new connections led to green. */
  greensLast?: number;
}

/** Of 0 ready, none is wanted. */
const viewOf = ({ blue = 3, green, endpoints = 'blue', bluesLast = 0, greensLast = 0 }: State): WorkloadView => {
  const pods = (ready: number) => ({ wanted: ready === 0 ? 0 : 3, ready, available: ready, terminating: 0 });
  return {
    pods: (name: string) =>
      name === 'blue' ? pods(blue) : green === undefined ? undefined : { ...pods(green), ready: green },
    endpoints: (name: string) => (name === endpoints ? 3 : 0),
    deploymentOf: (pod: string) => pod,
    settled: () => blue === 0 || green === 0,
    requests: [
      { pod: 'blue', end: bluesLast * 1e9, reused: true },
      { pod: 'green', end: greensLast * 1e9, reused: false },
    ].toSorted((a, b) => a.end - b.end),
  } as unknown as WorkloadView;
};

/** What was done and waited for, with the second at which each was over, while the workload goes through the states. */
async function drive(
  transition: Transition,
  states: State[],
  selector: object = { color: 'blue' },
  done: string[] = [],
): Promise<string[]> {
  let index = 0;
  const clock = () => states[index]!.t * 1e9;
  const until = async (what: string, _: number, holds: (now: WorkloadView) => boolean) => {
    while (!holds(viewOf(states[index]!))) {
      if (index === states.length - 1) throw new NotReached(`waited for ${what}`);
      index += 1;
    }
  };
  const workload = {
    namespace: 'ns',
    deployment: 'blue',
    service: 'web',
    clock,
    until,
    async act(action: string, _: string, what: () => Promise<unknown>) {
      const result = await what();
      done.push([`${action} ${states[index]!.t}`, ...(typeof result === 'string' ? [result] : [])].join(': '));
    },
    cluster: {
      kubectl: async (args: string[]) => args.find((one) => /patch=|replicas=|^apply/.test(one)),
      api: {
        get: async (path: string) => {
          if (path.includes('/services/')) return { spec: { selector } };
          const labels = { color: path.endsWith('/blue') ? 'blue' : 'green' };
          const template = { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'web:1' }] } };
          return { metadata: { name: 'blue' }, spec: { selector: {}, template } };
        },
      },
    },
  };
  const { what, holds } = await transition.drive(workload as unknown as StartedWorkload);
  await until(`the end: ${what}`, 0, holds);
  return [...done, `end ${states[index]!.t}`];
}

const green = { deployment: 'green', image: 'web:2' };
const UP: State[] = [{ t: 1 }, { t: 2, green: 1 }, { t: 3, green: 3 }];
const PATCH = '--patch={"spec":{"selector":{"color":"green"}}}';

test('green is up before the switch, and blue goes once nothing has reached it for a while', async () => {
  const states: State[] = [
    ...UP,
    { t: 4, green: 3, endpoints: 'green' },
    { t: 6, green: 3, endpoints: 'green', bluesLast: 5 },
    { t: 7.5, green: 3, endpoints: 'green', bluesLast: 5 },
    { t: 8, green: 3, endpoints: 'green', bluesLast: 4.5 },
    { t: 9, green: 3, endpoints: 'green', blue: 0 },
  ];
  expect(await drive(blueGreen(green), states)).toEqual([
    'create-green 1: apply',
    'await-green 3',
    `switch 3: ${PATCH}`,
    'await-endpoints 4',
    'drain 8: blue is quiet',
    'remove 8: --replicas=0',
    'end 9',
  ]);
});

test('green that does not come up gets no request: nothing is switched, and the transition has not ended', async () => {
  const driven: string[] = [];
  const drives = drive(blueGreen(green), [{ t: 1 }, { t: 2, green: 1 }], { color: 'blue' }, driven);
  await expect(drives).rejects.toThrow('the end: every pod of green to be available');
  expect(driven).toEqual(['create-green 1: apply']);
});

test('kept connections never leave blue by themselves: after a while it goes all the same', async () => {
  const served = (t: number): State => ({ t, green: 3, endpoints: 'green', bluesLast: t });
  const states = [...UP, served(4), served(8), served(9), { ...served(20), blue: 0 }];
  expect(await drive(blueGreen({ ...green, drain: { atMostSeconds: 5 } }), states)).toContain(
    'drain 9: blue still answers on connections that were kept',
  );
});

test('wrong orders: the switch does not wait for green, nor the removal for anybody', async () => {
  const states: State[] = [...UP, { t: 4, green: 3, endpoints: 'green', bluesLast: 4 }, { t: 9, green: 3, blue: 0 }];
  expect(await drive(blueGreen({ ...green, order: 'switch-first', remove: 'at-once' }), states)).toEqual([
    'create-green 1: apply',
    `switch 1: ${PATCH}`,
    'await-endpoints 4',
    'remove 4: --replicas=0',
    'end 9',
  ]);
});

test('both are left up: once new connections have left the other side for as long as proxies may lag', async () => {
  const back = switchBack({ deployment: 'green', remove: 'never', drain: { quietSeconds: 0 } });
  const up = (t: number, greensLast: number): State => ({ t, green: 3, endpoints: 'blue', greensLast });
  const states = [{ ...up(1, 1), endpoints: 'green' as const }, up(2, 1.9), up(4, 1.9)];
  // Green was the last to answer a new connection, less than 3 s ago.
  await expect(drive(back, states, { color: 'green' })).rejects.toThrow('new connections to go to blue only');
  // Nobody has answered, for less than 3 s since the switch.
  await expect(drive(back, [up(11, 0), up(13, 0)], { color: 'green' })).rejects.toThrow('to go to blue only');
  expect(await drive(back, [...states, up(5.1, 1.9)], { color: 'green' })).toEqual([
    'switch 1: --patch={"spec":{"selector":{"color":"blue"}}}',
    'await-endpoints 2',
    'drain 2: green is quiet',
    'end 5.1',
  ]);
});

test('back, and green goes', async () => {
  const up = (t: number, green: number): State => ({ t, green, endpoints: 'blue' });
  const states = [up(1, 3), up(5, 3), up(6, 3), up(9, 0)];
  expect(await drive(switchBack({ deployment: 'green' }), states, { color: 'green' })).toEqual([
    'switch 1: --patch={"spec":{"selector":{"color":"blue"}}}',
    'await-endpoints 1',
    'drain 5: green is quiet',
    'remove 5: --replicas=0',
    'end 9',
  ]);
});

test('its trigger says where it leads, that the floor is blue’s number, and the ceiling twice that', () => {
  const workload = { deployment: 'blue', now: () => viewOf({ t: 0 }) };
  const limits = { floor: 3, ceiling: 6 };
  expect(blueGreen(green).facts?.(workload)).toEqual({ to: 'green', limits });
  expect(switchBack({ deployment: 'green' }).facts?.(workload)).toEqual({ to: 'blue', limits });
});

test('a selector that can’t tell them apart is an error, and so is one that asks for what green has not', () => {
  expect(() => selectorFor({ app: 'web' }, { app: 'web', color: 'green' }, 'green')).toThrow('already');
  expect(() => selectorFor({ color: 'blue' }, { app: 'web' }, 'green')).toThrow(
    "the Service's selector asks for the label color, which the pods of green don't have",
  );
});
