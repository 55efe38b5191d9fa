import { expect, test } from 'vitest';
import { LACKS_TEXT } from '../checks/good.ts';
import type { RequestSeen } from '../history/types.ts';
import { beganReused, phaseOf } from './phase.ts';
import { NO_TIME } from './testing/told.ts';

/** Unanswered, on a connection of its own that came about. */
const request = (more: Partial<RequestSeen> = {}, phases: Partial<RequestSeen['phases']> = {}) =>
  ({
    status: 0,
    errorCode: 1000,
    reused: false,
    bytes: 0,
    pod: '',
    ...more,
    phases: { ...NO_TIME, connecting: 0.2, ...phases },
  }) as RequestSeen;

const DIRECT = { proxied: false };
const REFUSED = 1212;
const TIMEOUT = 1050;

test('an answer that came whole, whatever it says; one that broke off is none', () => {
  const answer = (status: number, errorCode: number) => phaseOf(request({ status, errorCode }), DIRECT);
  expect([answer(200, 0), answer(503, 1503), answer(200, LACKS_TEXT)]).toEqual(['answer', 'answer', 'answer']);
  expect(answer(200, 1000)).toBe('response');
});

test('what received something had begun to be answered, on whichever connection', () => {
  expect(phaseOf(request({}, { receiving: 0.1 }), DIRECT)).toBe('response');
  expect(phaseOf(request({ bytes: 1 }), DIRECT)).toBe('response');
  expect(phaseOf(request({ bytes: 1, reused: true }), DIRECT)).toBe('response');
  expect(phaseOf(request(), DIRECT)).toBe('request');
});

test('a proxy answered in its place: an error of a gateway that names no pod, where there may be one', () => {
  const said = (status: number, pod = '', proxied = true) =>
    phaseOf(request({ status, errorCode: 1000 + status, pod }), { proxied });
  expect([502, 503, 504].map((status) => said(status))).toEqual(['proxied', 'proxied', 'proxied']);
  expect([said(500), said(503, 'a1'), said(503, '', false)]).toEqual(['answer', 'answer', 'answer']);
});

test.each([1100, 1101, 1210, 1211, 1212, 1213])('k6’s %d is no connection at all', (errorCode) => {
  expect(phaseOf(request({ errorCode }), DIRECT)).toBe('connect');
  // On a kept one, or sent before: that broke, and another did not come about.
  expect(phaseOf(request({ errorCode, reused: true }), DIRECT)).toBe('reused');
  expect(phaseOf(request({ errorCode }, { sending: 0.1 }), DIRECT)).toBe('reused');
});

test('a time-out is no connection where none came about on its own', () => {
  const timedOut = (more: Partial<RequestSeen>, connecting: number) =>
    phaseOf(request({ errorCode: TIMEOUT, ...more }, { connecting }), DIRECT);
  expect(timedOut({}, 0)).toBe('connect');
  expect(timedOut({}, 0.1)).toBe('request');
  expect(timedOut({ reused: true }, 0)).toBe('reused');
  expect(timedOut({ errorCode: 1000 }, 0)).toBe('request');
});

test('it began on a kept connection: it says so, or was sent before none came about', () => {
  expect(beganReused(request({ reused: true }))).toBe(true);
  expect(beganReused(request({ errorCode: REFUSED }, { sending: 0.1 }))).toBe(true);
  expect(beganReused(request({ errorCode: REFUSED }))).toBe(false);
  expect(beganReused(request({ errorCode: 1220 }, { sending: 0.1 }))).toBe(false);
});
