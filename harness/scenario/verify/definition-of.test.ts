import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CannotRun } from '../../errors.ts';
import { definitionOf, nameOf } from './definition-of.ts';
import { parseConfig } from './read-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'rollproof-'));
mkdirSync(join(folder, 'k8s'));
writeFileSync(join(folder, 'patch.yaml'), 'spec: { minReadySeconds: 3 }\n');
writeFileSync(join(folder, 'list.yaml'), '- 1\n');

function defined(text: string, { containers = ['app'], replicas = 3 } = {}) {
  const whole = text.includes('service:')
    ? text
    : `service: { manifests: k8s, deployment: web, service: web }\n${text}`;
  return definitionOf({ config: parseConfig(whole, 'f'), folder, containers, replicas });
}

test.each([
  ['rolling: { image: web:2 }', 'kubectl set image app=web:2'],
  ['rolling: { image: web:2, container: app, by: patch }', 'kubectl patch: app=web:2'],
  ['rolling: { patch: patch.yaml }', 'kubectl patch {"spec":{"minReadySeconds":3}}'],
  ['restart:', 'kubectl rollout restart'],
  ['rollback: { toRevision: 1 }', 'kubectl rollout undo --to-revision=1'],
  ['rollback:', 'kubectl rollout undo'],
  ['pause-resume: { image: web:2, atWave: [2, 2], seconds: 4 }', 'kubectl set image app=web:2, paused for 4 s'],
  ['scale: { replicas: 5 }', 'kubectl scale --replicas=5'],
  ['canary: { deployment: web-canary, steps: [1, 2, 3] }', 'canary web-canary: 2 + 1, 1 + 2, 0 + 3'],
  ['blue-green: { deployment: web-green }', "the Service's selector to web-green"],
  ['apply: k8s/v2.yaml', `kubectl apply -f ${join(folder, 'k8s/v2.yaml')}`],
  ['drain: { node: worker }', 'kubectl drain worker'],
])('%s is %s', (written, detail) => {
  expect(defined(`transitions:\n  - ${written}\n`).when.detail).toBe(detail);
});

test('a scenario is named after what is rolled, and how', () => {
  const text = 'transitions:\n  - rolling: { image: web:2 }\n  - rollback:\n';
  expect(
    nameOf({ config: parseConfig(`service: { manifests: k8s, deployment: web, service: web }\n${text}`, 'f') }),
  ).toBe('web: rolling, rollback');
});

test('Deployments that a transition leads to are behind the same Service, named or not', () => {
  const text = (transitions: string) =>
    `service: { manifests: k8s, deployment: web, service: web, others: [api, green] }\ntransitions: [${transitions}]\n`;
  const green = '{ blue-green: { deployment: green, image: web:2 } }';
  expect(defined(text(`${green}, { canary: { deployment: c, steps: [3] } }`)).given.others).toEqual([
    'api',
    'green',
    'c',
  ]);
  expect(defined('transitions: [{ restart: }]\n').given).not.toHaveProperty('others');
});

test('how long the service and each transition may take', () => {
  expect(defined('readySeconds: 300\nsettleSeconds: 900\ntransitions: [{ restart: }]\n')).toMatchObject({
    readySeconds: 300,
    settleSeconds: 900,
  });
});

describe('load', () => {
  const under = (load: string) => defined(`load: ${load}\ntransitions:\n  - restart:\n`).under;

  test('POSTs are sent only where that is written down', () => {
    expect(under('{}')).toEqual({ path: '/', lanes: ['new', 'kept'] });
    expect(under('{ post: "{}" }')).toMatchObject({ lanes: ['new', 'kept', 'kept-post'], post: '{}' });
    expect(under('{ lanes: [kept-post] }')).toMatchObject({ lanes: ['kept-post'] });
  });

  test('a good answer may need more than its status', () => {
    expect(under('{ good: { body: ok, maxMs: 200 } }')).toEqual({
      path: '/',
      lanes: ['new', 'kept'],
      goodBody: 'ok',
      goodMaxMs: 200,
    });
    expect(under('{ good: { status: [200], body: ok } }')).toMatchObject({ good: [[200, 200]], goodBody: 'ok' });
  });

  test('a k6 script, relative to the file', () => {
    writeFileSync(join(folder, 'load.js'), '');
    expect(under('{ script: load.js }')).toEqual({ path: '/', lanes: ['own'], script: join(folder, 'load.js') });
    expect(() => under('{ script: lost.js }')).toThrow(`load.script: there is no ${join(folder, 'lost.js')}`);
  });

  test('where it goes to', () => {
    expect(under('{ target: nodePort }')).toMatchObject({ target: 'nodePort' });
    expect(under('{ target: "https://shop.example:8443" }')).toMatchObject({ target: 'https://shop.example:8443' });
  });

  test('a status is a range of one', () => {
    expect(under('{ good: [200, [300, 399]] }')).toMatchObject({
      good: [
        [200, 200],
        [300, 399],
      ],
    });
  });
});

test.each([
  ['', 'pass'],
  ['expect: fail\n', 'fail'],
  ['expect: { cause: sigterm-ignored }\n', { verdict: 'fail', cause: 'sigterm-ignored' }],
  ['expect: { floor: 2, p99Ms: 50 }\n', { verdict: 'pass', floor: 2, p99Ms: 50 }],
])('expectation %j', (text, expectation) => {
  expect(defined(`transitions:\n  - restart:\n${text}`).expect).toEqual(expectation);
});

function refused(text: string, facts = {}): string {
  try {
    defined(text, facts);
  } catch (error) {
    const { message, remedy } = error as CannotRun;
    return remedy === undefined ? message : `${message}; ${remedy}`;
  }
  throw new Error('it was not refused');
}

test.each([
  [
    'a container that is not there',
    'transitions:\n  - rolling: { image: web:2, container: ap }\n',
    {},
    'transitions.0.rolling.container: web has no container ap; there are: app',
  ],
  [
    'several containers, and none is named',
    'transitions:\n  - rolling: { image: web:2 }\n',
    { containers: ['app', 'sidecar'] },
    'transitions.0.rolling.container is missing: web has 2 containers; name one of them: app, sidecar',
  ],
  [
    'more canary pods than replicas',
    'transitions:\n  - canary: { deployment: c, steps: [1, 4] }\n',
    {},
    'transitions.0.canary.steps: 4 canary pods of 3 replicas; steps are numbers of canary pods, 3 at most',
  ],
  [
    'a canary that does not get all of them',
    'transitions:\n  - canary: { deployment: c, steps: [1, 2] }\n',
    {},
    'transitions.0.canary.steps: the last one is 2, and there are 3 replicas; in the end the canary has all of them: [1, 2, 3]',
  ],
  [
    'a lane of slow answers without a path',
    'load: { lanes: [new, slow], slow: { seconds: 3 } }\ntransitions:\n  - restart:\n',
    {},
    'load.slow.path is missing: what the lane slow asks for; a path whose answer takes some seconds',
  ],
  [
    'a lane of streams without a path',
    'load: { lanes: [stream] }\ntransitions:\n  - restart:\n',
    {},
    'load.stream.path is missing: what the lane stream asks for; a path whose answer is sent for some seconds',
  ],
  [
    'a patch that is none',
    'transitions:\n  - rolling: { patch: list.yaml }\n',
    {},
    `transitions.0.rolling.patch: ${join(folder, 'list.yaml')} is no patch: it has to be a map`,
  ],
  [
    'manifests that are not there',
    'service: { manifests: k9s, deployment: web, service: web }\ntransitions:\n  - restart:\n',
    {},
    `service: manifests: there is no ${join(folder, 'k9s')}; paths are relative to the folder in which rollproof is started; new URL(…, import.meta.url) is not`,
  ],
])('%s', (_, text, facts, words) => {
  expect(refused(text, facts)).toBe(words);
});
