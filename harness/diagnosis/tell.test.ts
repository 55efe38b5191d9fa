import { describe, expect, test } from 'vitest';
import type { PodLife } from '../history/pod-lives.ts';
import { s } from '../history/testing/build.ts';
import type { RequestSeen } from '../history/types.ts';
import type { Drop } from './drop.ts';
import { tell } from './tell.ts';
import { podAt, refused } from './testing/told.ts';

interface Told {
  request?: Partial<RequestSeen>;
  phase?: Drop['phase'];
  pod?: PodLife | undefined;
  /** Instants of connections that may have been its own. */
  flows?: number[];
  /** All connections were tracked. */
  whole?: boolean;
  full?: number;
  handled?: boolean;
  logsIds?: boolean;
  /** How far the pod's log was read. */
  wholeUntil?: number;
}
function words(told: Told, zero?: number): string {
  const request = refused(20, 20.5, { lane: 'new', error: 'dial tcp 10.96.0.7:80: connect: refused', ...told.request });
  const context = {
    proxied: false,
    logsIds: told.logsIds ?? true,
    handledBy: new Map(told.handled ? [[request.request, []]] : []),
    logWholeUntil: new Map(told.wholeUntil === undefined ? [] : [['a1', s(told.wholeUntil)]]),
    flows: { whole: told.whole ?? false, of: () => (told.flows ?? []).map((at) => ({ t: s(at) })) },
  };
  const place = told.pod && { pod: told.pod, by: 'the answer', sure: true };
  const facts = { full: new Map(told.full === undefined ? [] : [[request, told.full]]) };
  return tell({ request, phase: told.phase ?? 'connect', place, context, facts } as unknown as Drop, zero);
}
const OPENING = 'lane new, sent at 20.000 s, lost at 20.500 s no connection came about (refused)';

describe('where it broke, and how', () => {
  test('from the zero that is asked for', () => {
    expect(words({})).toBe(`${OPENING}; its pod is not known`);
    expect(words({}, s(19.5))).toBe(
      'lane new, sent at 0.500 s, lost at 1.000 s no connection came about (refused); its pod is not known',
    );
  });
  test.each([
    ['reused', 'on a reused connection, before any answer'],
    ['request', 'on its own connection, before any answer'],
    ['proxied', 'behind a proxy, which answered in its place'],
    ['response', 'in the middle of the answer'],
    ['answer', 'with an answer'],
  ] as const)('%s', (phase, text) => expect(words({ phase })).toContain(`lost at 20.500 s ${text} (refused)`));
  test('an answer by its status', () => {
    expect(words({ phase: 'answer', request: { status: 503 } })).toContain('with an answer (status 503)');
    expect(words({ request: { error: 'EOF' } })).toContain('(EOF)');
  });
  test('to nobody: no entry of its own, where all were tracked', () => {
    expect(words({ whole: true })).toBe(
      `${OPENING}; no connection of its own was tracked: the proxy had no endpoint for it, or it followed an older entry`,
    );
    expect(words({ whole: true, flows: [20] })).toContain('its pod is not known');
  });
});

describe('what became of its pod, in the order of time', () => {
  const KNOWN = `${OPENING}; pod a1, known by the answer`;
  test('each instant that is known', () => {
    const pod = {
      ...podAt({ deleted: 15, sigterm: 16, endpointRemoved: 15.1, sigkill: 45, exit: 45.1 }, { exitCode: 137 }),
      ip: '10.244.0.9',
    };
    expect(words({ pod, flows: [20.001] })).toBe(
      `${KNOWN}; the pod was deleted 15.000 s; the slice dropped it 15.100 s; SIGTERM 16.000 s; this connection opened to 10.244.0.9 20.001 s; SIGKILL 45.000 s; its process ended with exit code 137 45.100 s`,
    );
    expect(words({ pod: podAt({}), flows: [20, 20.1] })).toBe(KNOWN);
    expect(words({ pod: podAt({ exit: 21 }) })).toBe(`${KNOWN}; its process ended 21.000 s`);
  });
  test('a crash nearby', () => {
    const crash = (...instants: number[]) =>
      words({ pod: podAt({}, { crashes: instants.map((t) => ({ t: s(t), code: 1 })) }) });
    const ended = (at: string) => `${KNOWN}; its container ended, and nobody had asked for that ${at} s`;
    expect([crash(0.51), crash(40.49), crash(3, 30)]).toEqual([ended('0.510'), ended('40.490'), ended('3.000')]);
    expect([crash(0.5), crash(40.5)]).toEqual([KNOWN, KNOWN]);
  });
  test('a first process that is deaf, and a pod that is full', () => {
    const processes = new Map([
      ['app', { command: 'sh', catchesSigterm: false }],
      ['proxy', { command: 'envoy', catchesSigterm: true }],
    ]);
    expect(words({ pod: podAt({}, { processes }) })).toBe(
      `${KNOWN}; the first process of its container app, sh, has no handler for SIGTERM`,
    );
    processes.delete('app');
    expect(words({ pod: podAt({}, { processes }) })).toBe(KNOWN);
    expect(words({ pod: podAt({}), full: 7 })).toBe(
      `${KNOWN}; meanwhile it answered 7 requests on connections that it had, and none on a newer one`,
    );
  });
  test('what its log has', () => {
    const pod = podAt({});
    expect(words({ pod, handled: true, wholeUntil: 30 })).toBe(`${KNOWN}; the pod's log has its id`);
    expect(words({ pod, wholeUntil: 30 })).toBe(`${KNOWN}; the pod's log, read whole, never had its id`);
    expect(words({ pod, logsIds: false })).toBe(
      `${KNOWN}; the service logs no ids: whether it was handled is not known`,
    );
  });
});
