import { describe, expect, test } from 'vitest';
import type { PodLife } from '../../history/pod-lives.ts';
import { s } from '../../history/testing/build.ts';
import type { Context } from '../context.ts';
import type { Drop } from '../drop.ts';
import { STRATEGY } from './strategy.ts';

type Pod = { deleted?: number; endpointRemoved?: number; disrupted?: string };
interface Told {
  /** How many pods its ReplicaSet is to have, from each instant on. */
  wanted?: [at: number, replicas: number][];
  deployment?: { strategy: 'Recreate' | 'RollingUpdate'; replicas: number } | undefined;
  floor?: number;
  pods?: Pod[];
  /** Ready endpoints from each instant on. */
  endpoints?: [at: number, ready: number][];
  phase?: Drop['phase'];
  at?: number;
  seconds?: number;
}

const RECREATE = { strategy: 'Recreate', replicas: 3 } as const;
const ROLLING = { strategy: 'RollingUpdate', replicas: 1 } as const;

/** The only pod is deleted at 12, its endpoint goes at 12.1, and the next one's comes at 20; the request is made at 15. */
function causesOf(told: Told): string[] {
  const { floor = 0, phase = 'connect', at = 15, seconds = 0.01 } = told;
  const { pods = [{ deleted: 12, endpointRemoved: 12.1 }] } = told;
  const {
    endpoints = [
      [0, 1],
      [12.1, 0],
      [20, 1],
    ],
  } = told;
  const deployment = 'deployment' in told ? told.deployment : RECREATE;
  const { wanted = [[0, 0]] } = told;
  const inNanos = ({ deleted, endpointRemoved, ...rest }: Pod) => ({
    ...rest,
    ...(deleted === undefined ? {} : { deleted: s(deleted) }),
    ...(endpointRemoved === undefined ? {} : { endpointRemoved: s(endpointRemoved) }),
  });
  const context = {
    deployment,
    floor,
    pods: pods.map(inNanos) as PodLife[],
    wantedOf: (_: string, t: number) => wanted.findLast(([at]) => s(at) <= t)?.[1] ?? 0,
    endpoints: endpoints.map(([t, ready]) => ({ t: s(t), ready })),
  } as unknown as Context;
  const drop = { request: { t: s(at), end: s(at + seconds) }, phase, context } as unknown as Drop;
  return Object.entries(STRATEGY).flatMap(([name, holds]) => (holds(drop) ? [name] : []));
}

describe('what the Deployment asks for', () => {
  test('Recreate, whatever its floor comes to', () => {
    expect(causesOf({})).toEqual(['strategy-recreate']);
    expect(causesOf({ floor: 2 })).toEqual(['strategy-recreate']);
  });
  test('a floor of none, in a rolling update', () => {
    expect(causesOf({ deployment: ROLLING })).toEqual(['single-replica-unavailable']);
    expect(causesOf({ deployment: ROLLING, floor: 1 })).toEqual([]);
  });
  test('one that was scaled to nothing, or was never seen, asks for nothing', () => {
    expect(causesOf({ deployment: { ...RECREATE, replicas: 0 } })).toEqual([]);
    expect(causesOf({ deployment: { ...ROLLING, replicas: 0 } })).toEqual([]);
    expect(causesOf({ deployment: undefined })).toEqual([]);
  });
});

describe('its pods were taken down', () => {
  const by = (...pods: Pod[]) => causesOf({ pods }).length === 1;
  test('a deleted one left the endpoints as the last', () => {
    expect(by({ deleted: 12, endpointRemoved: 12.1 })).toBe(true);
    expect(by({ deleted: 3, endpointRemoved: 3.1 }, { deleted: 12, endpointRemoved: 12.1 })).toBe(true);
    expect(by({ deleted: 3, endpointRemoved: 3.1 })).toBe(false);
    expect(by()).toBe(false);
  });
  test('not one that is still there, nor one that was never an endpoint', () => {
    expect(by({ endpointRemoved: 12.1 })).toBe(false);
    expect(by({ deleted: 12 })).toBe(false);
  });
  test('two seconds from the instant at which none was ready, watches being what they are', () => {
    expect([10.11, 14.09].map((endpointRemoved) => by({ deleted: 10.5, endpointRemoved }))).toEqual([true, true]);
    expect([10.1, 14.1].map((endpointRemoved) => by({ deleted: 10.5, endpointRemoved }))).toEqual([false, false]);
  });
  test('its deletion came before that, or is told two seconds late at most', () => {
    expect([14.09, 14.1].map((deleted) => by({ deleted, endpointRemoved: 12.2 }))).toEqual([true, false]);
    expect([14.05, 14.06].map((deleted) => by({ deleted, endpointRemoved: 12.06 }))).toEqual([true, false]);
  });
  test('not by somebody who evicted it, or deleted it while its ReplicaSet wanted it', () => {
    expect(by({ deleted: 12, endpointRemoved: 12.1, disrupted: 'EvictionByEvictionAPI' })).toBe(false);
    const wanting = (...wanted: [number, number][]) => causesOf({ wanted }).length === 1;
    expect([wanting([0, 3]), wanting([0, 3], [11, 0]), wanting([0, 3], [14.01, 0])]).toEqual([false, true, false]);
  });
  test('by a probe first, and deleted long after: that was not it', () => {
    expect(by({ deleted: 14.5, endpointRemoved: 12.1 })).toBe(false);
  });
});

describe('the request fell into it', () => {
  test('refused, as it began, as it ended, or while a proxy may lag behind', () => {
    expect([12.1, 12.05, 22.9].map((at) => causesOf({ at, seconds: 0.1 }).length)).toEqual([1, 1, 1]);
    expect([11.9, 23.1].map((at) => causesOf({ at, seconds: 0.1 }).length)).toEqual([0, 0]);
  });
  test('or was sent to a pod that was about to end, for want of another; an answer was not', () => {
    expect(causesOf({ phase: 'request' })).toEqual([]);
    expect(causesOf({ phase: 'request', at: 15.2 })).toEqual(['strategy-recreate']);
    expect(causesOf({ phase: 'answer', at: 15.2 })).toEqual([]);
    expect(causesOf({ phase: 'response', at: 15.2 })).toEqual([]);
    expect(causesOf({ phase: 'reused', at: 15.2 })).toEqual([]);
  });
});
