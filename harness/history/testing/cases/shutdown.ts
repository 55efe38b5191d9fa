import { type RollOptions, rollPlan } from '../roll-plan.ts';
import { ToldRoll } from '../tell-roll.ts';
import type { Case } from './case.ts';

const told = (options: RollOptions) => new ToldRoll(rollPlan(options));

/**
 * How pods end. a1 is deleted at 14, gets SIGTERM at 14.05 (later with a preStop sleep), and is out of the slice at 14.1.
 */
export const SHUTDOWN: Record<string, Case> = {
  'accept-loop-blocked': () => acceptLoopBlocked({}).whole(),

  'accept-loop-blocked-without-the-node': () => acceptLoopBlocked({ evidence: { node: false, flows: false } }).whole(),

  'answers-what-began-after-sigterm': () =>
    told({}).sent(14.07, { to: 'a1', lost: 'reset', seconds: 4.98, port: true }).sent(15.2, { to: 'a1' }).whole(),

  'accept-loop-blocked-kept-post': () =>
    told({ lanes: ['new', 'kept-post'] })
      .sent(13.6, { lane: 'kept-post', user: 9, to: 'a1', reused: true })
      .sent(14.3, { lane: 'kept-post', user: 9, to: 'a1', reused: true, lost: 'reset', seconds: 4.75 })
      .whole(),

  'sigterm-ignored': () => killedAtItsGrace(answersToTheEnd({ catches: false, command: 'sh -c python3 app.py; true' })),
  'pinned-to-its-kill': () => killedAtItsGrace(answersToTheEnd({})),
  'grace-too-short': () => killedAtItsGrace(graceOf8({})),

  'exits-without-draining': () =>
    exitsAtOnce().sent(14, { to: 'a1', lost: 'reset', seconds: 0.06, handled: 1, port: true }).whole(),
  'exits-at-once-when-idle': () => exitsAtOnce().sent(14, { to: 'a1', seconds: 0.04 }).whole(),
  'closes-its-listener-and-ends-soon': () =>
    told({ lives: 0.4, exitCode: 0 })
      .sent(14.2, { to: 'a1', lost: 'refused' })
      .sent(14.6, { to: 'a1', lost: 'refused' })
      .whole(),

  'listener-closed-early': () => listenerClosed({}).whole(),
  'listener-closed-early-without-flows': () => listenerClosed({ evidence: { flows: false } }).whole(),
  'prestop-failed': () =>
    listenerClosed({ container: { exec: ['sleep', '5'] } })
      .event(14.04, 'a1', 'FailedPreStopHook', 'PreStopHook failed: exec: "sleep": executable file not found in $PATH')
      .whole(),

  'keepalive-cut': () =>
    told({ lanes: ['new', 'kept-post'], lives: 2 })
      .sent(14.9, { lane: 'kept-post', user: 8, to: 'a1', reused: true })
      .sent(15.2, { lane: 'kept-post', user: 9, to: 'a1', reused: true })
      .sent(15.9, { lane: 'kept-post', user: 9, to: 'a1', reused: true, lost: 'eof', seconds: 0.05 })
      .whole(),
  'keepalive-pinned': () =>
    told({ lanes: ['new', 'kept-post'], lives: 2, container: { sleep: 4 } })
      .sent(18.9, { lane: 'kept-post', user: 8, to: 'a1', reused: true })
      .sent(19.2, { lane: 'kept-post', user: 9, to: 'a1', reused: true })
      .sent(19.9, { lane: 'kept-post', user: 9, to: 'a1', reused: true, lost: 'eof', seconds: 0.05 })
      .whole(),

  'stream-cut': () => withStream({ status: 200, lost: 'eof', seconds: 10 }, { seconds: 5 }),
  'stream-ends-in-time': () => withStream({ status: 200, seconds: 6 }, { lost: 'reset', seconds: 8.5, handled: 1 }),

  'endpoint-lag': () => lagging().sent(17.5, { to: 'a1', lost: 'refused' }).whole(),
  'refused-and-let-through-to-nobody': () =>
    lagging()
      .sent(17.45, { to: 'a2' })
      .sent(17.5, { to: 'a1', lost: 'refused', tracked: false })
      .sent(17.55, { to: 'a3' })
      .whole(),

  'unready-while-draining': () => told({ lives: 3 }).sent(14.3, { to: 'a1', status: 503 }).whole(),
  'unready-while-it-stays': () => told({ lives: 3 }).sent(14.3, { to: 'a3', status: 503 }).whole(),
  'unready-before-it-was-told': () =>
    told({ container: { sleep: 2 }, lives: 3 })
      .sent(14.3, { to: 'a1', status: 503 })
      .whole(),

  'in-flight-at-the-trigger': () =>
    told({ lanes: ['new', 'slow'], lives: 0.01, exitCode: 143 })
      .sent(4.3, { lane: 'slow', to: 'a2', seconds: 5 })
      .sent(9.5, { lane: 'slow', to: 'a1', lost: 'reset', seconds: 4.56, handled: 1 })
      .sent(11, { lane: 'slow', to: 'a3', seconds: 5 })
      .whole(),

  'body-broke-off': () =>
    told({ lives: 0.01, exitCode: 143 })
      .sent(13.99, { to: 'a1', status: 200, lost: 'eof', seconds: 0.07, handled: 1 })
      .whole(),
};

/** The article's app: its handler sleeps in the accept loop, and its listener stays open meanwhile. */
const acceptLoopBlocked = (options: RollOptions) =>
  told(options)
    .sent(14.07, { to: 'a1', lost: 'reset', seconds: 4.98, port: true })
    .sent(14.17, { to: 'a1', lost: 'reset', seconds: 4.88, port: true });

/** a1 has 8 s of grace. */
const graceOf8 = (container: RollOptions['container']) =>
  told({ lanes: ['new', 'kept-post'], lives: 7.95, exitCode: 137, container: { grace: 8, ...container } }).sent(13.6, {
    lane: 'kept-post',
    user: 9,
    to: 'a1',
    reused: true,
  });

/** It answers on a kept connection through it. */
const answersToTheEnd = (container: RollOptions['container']) =>
  graceOf8(container).sent(20.5, { lane: 'kept-post', user: 9, to: 'a1', reused: true });

/** It is killed at 22 with a request on a kept connection. */
const killedAtItsGrace = (roll: ToldRoll) =>
  roll
    .sent(21.5, { lane: 'kept-post', user: 9, to: 'a1', reused: true, lost: 'reset', seconds: 0.5, handled: 1 })
    .whole();

/** a1 is gone 10 ms after SIGTERM; the proxy still sends to it at 14.2. */
const exitsAtOnce = () => told({ lives: 0.01, exitCode: 143 }).sent(14.2, { to: 'a1', lost: 'refused' });

/** a1 closes its listener on SIGTERM and goes on with what it had accepted. */
const listenerClosed = (options: RollOptions) =>
  told(options).sent(14.08, { to: 'a1', lost: 'refused' }).sent(14.3, { to: 'a1', lost: 'refused' });

/** One request on a1 from 12 in lane stream, one from 13.5 in lane slow; a1 is killed at 22. */
const withStream = (stream: Parameters<ToldRoll['sent']>[1], slow: Parameters<ToldRoll['sent']>[1]) =>
  told({ lanes: ['new', 'slow', 'stream'], lives: 7.95, exitCode: 137, container: { grace: 8 } })
    .sent(2.3, { lane: 'slow', to: 'a2', seconds: 5 })
    .sent(2.6, { lane: 'stream', to: 'a3', seconds: 6 })
    .sent(10.3, { lane: 'slow', to: 'a3', seconds: 5 })
    .sent(12, { lane: 'stream', to: 'a1', ...stream, handled: 1 })
    .sent(13.5, { lane: 'slow', to: 'a1', ...slow })
    .whole();

/** a1 goes on answering after it left the slice at 14.1, ends in order at 17.05, and the proxy still knows it at 17.5. */
const lagging = () =>
  told({ lives: 1, container: { sleep: 2 } })
    .sent(15.3, { to: 'a1' })
    .sent(16.3, { to: 'a1' })
    .sent(16.7, { to: 'a1' });
