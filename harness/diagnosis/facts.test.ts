import { describe, expect, test } from 'vitest';
import { HistoryBuilder, s } from '../history/testing/build.ts';
import type { KubeObject } from '../history/types.ts';
import { containerFacts, containerOf, eventsOf, serviceOf } from './facts.ts';

describe('the Service', () => {
  const of = (...specs: [at: number, spec: object | undefined, name?: string][]) =>
    serviceOf(
      specs
        .reduce(
          (builder, [at, spec, name = 'web']) =>
            builder.object(at, 'Service', name, spec === undefined ? {} : { spec }),
          new HistoryBuilder(),
        )
        .history(),
    );
  test('as it was seen last; of one that was never seen nothing is known', () => {
    expect(of()).toEqual({ headless: false, localTraffic: undefined, switches: [] });
    expect(of([1, undefined])).toEqual({ headless: false, localTraffic: undefined, switches: [] });
    expect(of([1, { clusterIP: '10.0.0.1' }], [2, { clusterIP: 'None' }]).headless).toBe(true);
    expect(of([1, { clusterIP: 'None' }], [2, { clusterIP: '' }]).headless).toBe(false);
    expect(of([1, { clusterIP: 'None' }, 'other']).headless).toBe(false);
  });
  test('by which field only pods of the same node take what comes', () => {
    const local = (spec: object) => of([1, spec]).localTraffic;
    expect(local({ externalTrafficPolicy: 'Local' })).toBe('externalTrafficPolicy');
    expect(local({ internalTrafficPolicy: 'Local', externalTrafficPolicy: 'Cluster' })).toBe('internalTrafficPolicy');
    expect(local({ internalTrafficPolicy: 'Cluster' })).toBeUndefined();
  });
  test('each change of its selector, from the first on', () => {
    const select = (track?: string) => (track === undefined ? {} : { selector: { track } });
    expect(of([1, select('blue')], [2, select('blue')], [3, select('green')], [4, select()]).switches).toEqual([
      { t: s(3), selector: { track: 'green' } },
      { t: s(4), selector: {} },
    ]);
    expect(of([1, select()], [2, select('green')]).switches).toEqual([{ t: s(2), selector: { track: 'green' } }]);
  });
});

describe('the container', () => {
  test('that the Service calls, as the Deployment last had it', () => {
    const deployment = (at: number, name: string, seconds: number) => (builder: HistoryBuilder) =>
      builder.object(at, 'Deployment', name, {
        spec: {
          template: {
            spec: {
              terminationGracePeriodSeconds: seconds,
              containers: [
                { name: 'proxy', ports: [{ containerPort: 9000 }] },
                { name: 'app', ports: [{ containerPort: 8000 }] },
              ],
            },
          },
        },
      });
    const build = (...parts: ((builder: HistoryBuilder) => HistoryBuilder)[]) =>
      containerOf(parts.reduce((builder, part) => part(builder), new HistoryBuilder()).history());
    const service = (builder: HistoryBuilder) =>
      builder.object(1, 'Service', 'web', { spec: { ports: [{ port: 80, targetPort: 8000 }] } });
    expect(build(service, deployment(1, 'web', 40), deployment(2, 'web', 50), deployment(3, 'other', 60))).toEqual({
      name: 'app',
      port: 8000,
      gracePeriodSeconds: 50,
    });
    expect(build()).toEqual({ name: 'app', gracePeriodSeconds: 30 });
    expect(build((builder) => builder.object(1, 'Deployment', 'web', {}))).toEqual({
      name: 'app',
      gracePeriodSeconds: 30,
    });
  });

  const facts = (container: object) => containerFacts({ containers: [{ name: 'web', ...container }] });
  test('its hook: a sleep, or one of another kind', () => {
    expect(facts({ lifecycle: { preStop: { sleep: { seconds: 5 } } } })).toEqual({
      name: 'web',
      preStopSleep: 5,
      gracePeriodSeconds: 30,
    });
    expect(facts({ lifecycle: { preStop: { exec: {} } } })).toMatchObject({ otherPreStop: 'exec' });
    expect(facts({ lifecycle: { preStop: { httpGet: {} } } })).toMatchObject({ otherPreStop: 'httpGet' });
    expect(facts({ lifecycle: {} })).toEqual({ name: 'web', gracePeriodSeconds: 30 });
    expect(facts({ lifecycle: { preStop: {} } })).toEqual({ name: 'web', gracePeriodSeconds: 30 });
  });
  test('its probes and its port', () => {
    const [readinessProbe, livenessProbe] = [{ timeoutSeconds: 2 }, { failureThreshold: 5 }];
    expect(facts({ ports: [{ containerPort: 80 }], readinessProbe, livenessProbe })).toEqual({
      name: 'web',
      port: 80,
      gracePeriodSeconds: 30,
      readiness: readinessProbe,
      liveness: livenessProbe,
    });
    expect(facts({ ports: [] })).toEqual({ name: 'web', gracePeriodSeconds: 30 });
    expect(containerFacts({ terminationGracePeriodSeconds: 0 })).toEqual({ name: 'app', gracePeriodSeconds: 0 });
  });
});

describe('events', () => {
  const told = (object: KubeObject, verb: 'added' | 'modified' | 'deleted' = 'added') =>
    eventsOf(new HistoryBuilder().object(3, 'Event', 'web.1', object, { verb }).history());
  test('what was said of what, and of which of a pod’s containers', () => {
    const involvedObject = { kind: 'Pod', name: 'a1', fieldPath: 'spec.containers{app}' };
    expect(told({ type: 'Warning', reason: 'Unhealthy', message: 'no', involvedObject })).toMatchObject([
      { t: s(3), type: 'Warning', kind: 'Pod', about: 'a1', reason: 'Unhealthy', message: 'no', container: 'app' },
    ]);
    const of = (fieldPath: string) => told({ involvedObject: { ...involvedObject, fieldPath } })[0]!.container;
    expect([
      of('spec.initContainers{init}'),
      of('spec.containers{}'),
      of('spec'),
      of('x.spec.containers{app}'),
    ]).toEqual(['init', '', '', '']);
    expect(of('spec.containers{app}.x')).toBe('');
  });
  test('what is not said is empty; what is taken back was said before', () => {
    expect(told({})).toMatchObject([{ type: '', kind: '', about: '', reason: '', message: '', container: '' }]);
    expect(told({}, 'modified')).toHaveLength(1);
    expect(told({}, 'deleted')).toEqual([]);
  });
});
