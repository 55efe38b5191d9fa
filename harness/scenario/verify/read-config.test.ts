import { describe, expect, test } from 'vitest';
import type { Mode } from '../../cluster/rights.ts';
import type { CannotRun } from '../../errors.ts';
import { parseConfig } from './read-config.ts';

/** The contract's own example. */
const EXAMPLE = `service:
  manifests: [k8s/]
  deployment: web
  service: web
  images:
    web:1.0.0: { build: ./app, args: { VERSION: 1.0.0 } }
    web:2.0.0: { build: ./app, args: { VERSION: 2.0.0 } }
load: { path: /api/data, rate: 200, lanes: [new, kept, kept-post] }
transitions:
  - rolling: { container: app, image: web:2.0.0 }
  - rollback: {}
expect: pass
`;

test('the example of the contract is right, and says what it says', () => {
  const config = parseConfig(EXAMPLE, 'rollproof.yaml');
  expect(config.service.images).toEqual({
    'web:1.0.0': { build: './app', args: { VERSION: '1.0.0' } },
    'web:2.0.0': { build: './app', args: { VERSION: '2.0.0' } },
  });
  expect(config.transitions?.map((one) => Object.keys(one)[0])).toEqual(['rolling', 'rollback']);
});

const SERVICE = 'service: { manifests: k8s, deployment: web, service: web }\n';

describe('every kind of transition', () => {
  test.each([
    ['rolling: { image: web:2 }'],
    ['rolling: { patch: patch.yaml }'],
    ['restart: {}'],
    ['restart:'],
    ['rollback: { toRevision: 1 }'],
    ['pause-resume: { image: web:2, atWave: [2, 2], seconds: 10 }'],
    ['scale: { replicas: 5 }'],
    ['canary: { deployment: web-canary, steps: [1, 5] }'],
    ['blue-green: { deployment: web-green }'],
    ['apply: k8s/other.yaml'],
    ['apply: { helm: chart, release: web, values: [prod.yaml], set: { image.tag: 2.0.0, replicas: 3 } }'],
    ['drain: {}'],
  ])('%s', (transition) => {
    expect(() => parseConfig(`${SERVICE}transitions:\n  - ${transition}\n`, 'f')).not.toThrow();
  });
});

function refused(text: string, mode?: Mode): string {
  try {
    parseConfig(text, 'rollproof.yaml', {}, mode);
  } catch (error) {
    const { message, remedy } = error as CannotRun;
    return remedy === undefined ? message : `${message}; ${remedy}`;
  }
  throw new Error('it was not refused');
}

test.each([
  [
    'a key that is nearly right',
    EXAMPLE.replace('rate:', 'rat:'),
    'rollproof.yaml:8:26: load.rat is no setting; did you mean rate?',
  ],
  ['a key at the top', `${EXAMPLE}exepct: fail\n`, 'rollproof.yaml:13:1: exepct is no setting; did you mean expect?'],
  [
    'a key like none',
    EXAMPLE.replace('  service: web\n', '  service: web\n  colour: red\n'),
    'rollproof.yaml:5:3: service.colour is no setting; there are: manifests, deployment, service, namespace, others, images, port, versions',
  ],
  [
    'a field that is missing',
    EXAMPLE.replace('  deployment: web\n', ''),
    'rollproof.yaml:2:3: service.deployment is missing: it has to be a name',
  ],
  [
    'a value of another type',
    EXAMPLE.replace('rate: 200', 'rate: many'),
    'rollproof.yaml:8:32: load.rate: it has to be a whole number',
  ],
  [
    'a value out of range',
    EXAMPLE.replace('rate: 200', 'rate: 0'),
    'rollproof.yaml:8:32: load.rate: it has to be 1 or more',
  ],
  [
    'a lane that there is not',
    EXAMPLE.replace('kept-post]', 'fast]'),
    'rollproof.yaml:8:56: load.lanes.2: there is no lane "fast": there are new, kept, kept-post, slow, stream, own',
  ],
  [
    'a path that is none',
    EXAMPLE.replace('/api/data', 'api/data'),
    'rollproof.yaml:8:15: load.path: it has to begin with /',
  ],
  [
    'a transition that there is not',
    EXAMPLE.replace('- rollback', '- rolback'),
    'rollproof.yaml:11:5: transitions.1.rolback is no setting; did you mean rollback?',
  ],
  [
    'two transitions in one',
    EXAMPLE.replace('- rollback: {}', '- { rollback: {}, restart: {} }'),
    'rollproof.yaml:11:5: transitions.1: it has to have one key: rolling, restart, rollback, pause-resume, scale, canary, blue-green, apply, drain',
  ],
  [
    'a key inside a transition',
    EXAMPLE.replace('container: app', 'contaner: app'),
    'rollproof.yaml:10:16: transitions.0.rolling.contaner is no setting; did you mean container?',
  ],
  [
    'no transition',
    EXAMPLE.replace(/transitions:[\s\S]*expect/, 'transitions: []\nexpect'),
    'rollproof.yaml:9:14: transitions: it has to name a transition',
  ],
  [
    'an image that comes from nowhere',
    EXAMPLE.replace('{ build: ./app, args: { VERSION: 1.0.0 } }', 'somewhere'),
    "rollproof.yaml:6:16: service.images.web:1.0.0: it has to be 'auto', 'local', 'pull', { build: folder } or { archive: file }",
  ],
  [
    'an expectation that there is not',
    EXAMPLE.replace('expect: pass', 'expect: succeed'),
    'rollproof.yaml:12:9: expect: it has to be pass, fail or { verdict, cause, floor, p99Ms, seconds, maxStallMs, maxLagMs }',
  ],
  [
    'YAML that is none',
    'service: [\n',
    'rollproof.yaml:2:1: it is not YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
  ],
  ['a key twice', `${EXAMPLE}expect: fail\n`, 'rollproof.yaml:13:1: it is not YAML: Map keys must be unique'],
  ['nothing', '', 'rollproof.yaml is empty; `rollproof init` writes one'],
  [
    'a target with a path',
    EXAMPLE.replace('rate: 200', 'target: "http://shop/api"'),
    'rollproof.yaml:8:34: load.target: it has to be service, nodePort, or a URL of scheme, host and port: http://localhost:8080',
  ],
  [
    'a target with a password',
    EXAMPLE.replace('rate: 200', 'target: "http://me:secret@shop"'),
    'rollproof.yaml:8:34: load.target: it has to be service, nodePort, or a URL of scheme, host and port: http://localhost:8080',
  ],
  [
    'a good answer that is none',
    EXAMPLE.replace('rate: 200', 'good: { text: ok }'),
    'rollproof.yaml:8:34: load.good.text is no setting; there are: status, body, maxMs',
  ],
  [
    'a namespace that can be none',
    EXAMPLE.replace('  service: web\n', '  service: web\n  namespace: My_Shop\n'),
    'rollproof.yaml:5:14: service.namespace: it has to be a name of a-z, 0-9 and -, 63 characters at most',
  ],
  [
    'a key of a chart',
    EXAMPLE.replace('[k8s/]', '[{ helm: chart, vals: [a.yaml] }]'),
    'rollproof.yaml:2:30: service.manifests.0.vals is no setting; did you mean values?',
  ],
  [
    'a variable that is not set',
    EXAMPLE.replace('image: web:2.0.0', 'image: "web:${TAG}"'),
    'rollproof.yaml:10:39: the environment variable TAG is not set; set it, or give it a default: ${TAG:-…}',
  ],
  ['a list', '- service\n', 'rollproof.yaml:1:1: it has to be a map: service, transitions, …'],
])('%s', (_, text, words) => {
  expect(refused(text)).toBe(words);
});

describe('what each mode needs', () => {
  const live = 'service: { namespace: shop, deployment: web, service: web }\n';

  test('manifests, where the service is made of them', () => {
    expect(refused(`${live}transitions: [restart: {}]\n`)).toBe(
      'rollproof.yaml:1:10: service.manifests is missing: it has to be a path, { helm: chart }, or some of them',
    );
  });

  test('a namespace, where it lives', () => {
    const text = `${SERVICE}transitions: [restart: {}]\n`;
    for (const mode of ['in-place', 'observe'] as const)
      expect(refused(text, mode)).toBe('rollproof.yaml:1:10: service.namespace is missing: where the service lives');
  });

  test('a transition, unless somebody else drives it', () => {
    expect(refused(live, 'in-place')).toBe('rollproof.yaml:1:1: transitions is missing: it has to name a transition');
    expect(parseConfig(live, 'f', {}, 'observe').service.namespace).toBe('shop');
  });
});
