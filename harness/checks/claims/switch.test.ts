import { expect, test } from 'vitest';
import { HistoryBuilder } from '../../history/testing/build.ts';
import { switchesWithin } from './switch.ts';
import { taken } from './testing/taken.ts';

const kept = (builder: HistoryBuilder, at: number, pod: string, reused = true) =>
  builder.request(at, { lane: 'kept', pod, reused });

function colored(builder: HistoryBuilder, at: number, pod: string, color: string): HistoryBuilder {
  return builder.object(at, 'Pod', pod, { metadata: { labels: { app: 'web', color } } });
}

const select = (builder: HistoryBuilder, at: number, color: string) =>
  builder.object(at, 'Service', 'web', { spec: { selector: { app: 'web', color } } });

/** Blue is there from second 1, green from 11, after the trigger; the selector is blue's. */
function both(): HistoryBuilder {
  const builder = new HistoryBuilder({ lanes: ['new', 'kept'], others: ['green'] });
  select(colored(builder, 1, 'b1', 'blue'), 1, 'blue')
    .mark(5, 'load-ready')
    .mark(10, 'trigger', 'blue-green');
  return colored(builder, 11, 'g1', 'green');
}

const take = (builder: HistoryBuilder, args: Parameters<typeof switchesWithin.take>[1]) =>
  taken(switchesWithin, builder.mark(30, 'tail-end').history(), args);

test('in time: whoever the old side answers had started before the time was up', () => {
  const builder = select(both(), 12, 'green').request(12.1, { pod: 'b1' }).request(12.2, { pod: 'g1' });
  builder.request(12.3, { pod: 'b1' }).request(14, { pod: 'g1' });
  expect(take(builder, { ms: 500, lanes: ['new'] })).toMatchObject({
    holds: true,
    examined: 4,
    figures: 'new: first answer by the new side 202 ms after the switch, last by the old one 302 ms (2 of 4)',
  });
});

test('too late: the requests are its witnesses, behind the switch itself', () => {
  const builder = select(both(), 12, 'green').request(12.1, { pod: 'g1' }).request(12.3, { pod: 'b1' });
  const { holds, witnesses } = take(builder, { ms: 200, lanes: ['new'] });
  expect(holds).toBe(false);
  const named = builder.observations.filter(({ id }) => witnesses.includes(id));
  expect(named.map(({ type, t }) => [type, t])).toEqual([
    ['object', 12e9],
    ['request', 12.3e9],
  ]);
});

test('at no time at all, what was in flight at the switch is not held against it', () => {
  const builder = select(both(), 12, 'green').request(11.9, { pod: 'b1', seconds: 0.5 }).request(12.1, { pod: 'g1' });
  expect(take(builder, { ms: 0, lanes: ['new'] })).toMatchObject({ holds: true, examined: 1 });
});

test('a kept lane is judged by the connections that it kept', () => {
  const builder = select(both(), 12, 'green');
  kept(kept(kept(builder, 13, 'b1'), 13.1, 'g1', false), 20, 'b1');
  expect(take(builder, { ms: 1000, lanes: ['kept'] })).toMatchObject({
    holds: false,
    figures: 'kept: first answer by the new side none after the switch, last by the old one 8002 ms (2 of 2)',
  });
});

test('a switch back is a switch of its own, and ends the one before it', () => {
  // What changes but the selector, at 14, is no switch.
  const builder = select(select(select(both(), 12, 'green'), 14, 'green'), 16, 'blue').request(15, { pod: 'g1' });
  builder.request(17, { pod: 'b1' }).request(18, { pod: 'b1' });
  expect(take(builder, { ms: 0, lanes: ['new'] })).toMatchObject({ holds: true, examined: 1 });
  expect(take(builder, { ms: 0, lanes: ['new'], nth: 1 })).toMatchObject({ holds: true, examined: 2 });
  builder.request(19, { pod: 'g1' });
  expect(take(builder, { ms: 0, lanes: ['new'], nth: 1 })).toMatchObject({ holds: false });
});

test('the Service is the one of that name, there; other objects with a selector are none', () => {
  const selector = { app: 'web', color: 'green' };
  const builder = both().object(12, 'Service', 'other', { spec: { selector } });
  builder.object(12, 'Deployment', 'web', { spec: { selector } });
  const last = builder.object(12, 'Service', 'web', { spec: { selector } }).observations.at(-1)!;
  Object.assign(last, { namespace: 'elsewhere' });
  expect(take(builder.request(12.1, { pod: 'g1' }), { ms: 0 }).figures).toBe(
    "the Service's selector was not seen to change",
  );
});

test('all lanes but control are asked; a pod that was asked for before is none that the switch has chosen', () => {
  const builder = both().object(11.5, 'Pod', 'plain', { metadata: { labels: { app: 'web' } } });
  builder.object(11.8, 'Service', 'web', { spec: { selector: { app: 'web' } } });
  select(builder, 12, 'green').request(12.1, { pod: 'g1' }).request(12.1, { pod: 'plain' });
  kept(builder.request(12.2, { lane: 'control', pod: 'b1' }), 12.2, 'g1');
  const { holds, examined, figures } = take(builder, { ms: 0, nth: 1 });
  expect({ holds, examined }).toEqual({ holds: false, examined: 1 });
  expect(figures).toMatch(/^new: first answer .*\(1 of 1\); kept: first answer .*\(0 of 0\)$/);
});

test('without a Service, or a plan, nothing is known', () => {
  const { started, ...unstarted } = select(both(), 12, 'green').mark(30, 'tail-end').history();
  expect(switchesWithin.take({ ...unstarted, started: undefined }, { ms: 0 }).examined).toBe(0);
  expect(take(new HistoryBuilder(), { ms: 0 }).figures).toBe("the Service's selector was not seen to change");
});

test.each([
  ['no change of the selector was seen', both().request(12, { pod: 'b1' })],
  ['the selector changed to what it was', select(both(), 12, 'blue').request(12.1, { pod: 'b1' })],
  ['answers name no pod', select(both(), 12, 'green').request(12.1)],
  ['one of the lanes was not answered', select(both(), 12, 'green').request(12.1, { pod: 'g1' })],
])('not known where %s', (_, builder) => {
  expect(take(builder, { ms: 1000 }).holds).toBeUndefined();
});
