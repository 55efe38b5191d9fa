import { describe, expect, test } from 'vitest';
import { rolling } from '../drivers/rolling.ts';
import { scenarioVerdict } from '../report/testing/verdicts.ts';
import type { ScenarioVerdict } from '../report/verdict.ts';
import { withProof } from './proof.ts';
import { proofSteps } from './prove-fix.ts';
import { renderManifests } from './render.ts';
import { sampleService } from './service.ts';

const PATCH = { spec: { template: { spec: { terminationGracePeriodSeconds: 60 } } } };

const verdict = (fields: Partial<ScenarioVerdict>): ScenarioVerdict =>
  scenarioVerdict({ name: 'broken', verdict: 'fail', expected: 'fail', ...fields });

const cause = (name: string, count: number, patch?: object) => ({
  cause: name,
  count,
  confidence: 'certain' as const,
  certain: count,
  also: [],
  fix: '',
  example: '',
  page: '',
  ...(patch === undefined ? {} : { patch: { kind: 'Deployment' as const, patch } }),
});

const lane = (name: string, dropped: number, sent = 1000) => ({
  name,
  verdict: dropped > 0 ? ('fail' as const) : ('pass' as const),
  sent,
  dropped,
  stalled: 0,
  notStarted: 0,
});

describe('what is tried', () => {
  const definition = {
    given: sampleService('article-ready', 'article'),
    when: rolling({ container: 'app', image: 'rollproof/article:2.0.0' }),
    expect: 'fail' as const,
  };

  test('the patches alone, then with the fixed image', () => {
    const steps = proofSteps('broken', definition, verdict({ causes: [cause('a', 2, PATCH), cause('b', 1, PATCH)] }));
    expect(steps.map(({ name }) => name)).toEqual([
      'broken, with the patch',
      'broken, with the patch and the fixed image',
    ]);
    const [patched, mended] = steps;
    expect(patched!.proof.patches).toEqual([{ kind: 'Deployment', name: 'python-web-app', patch: PATCH }]);
    expect(patched!.definition.given.images).toEqual(definition.given.images);
    expect(patched!.definition.when.detail).toContain('rollproof/article:2.0.0');
    expect(mended!.definition.when.detail).toContain('rollproof/correct:2.0.0');
    expect(mended!.definition.given.images.map(({ service }) => service)).toEqual(['correct', 'correct']);
  });

  test('on the service as it was given, with its settings', () => {
    const given = definition.given.with({ replicas: 5 });
    const [patched] = proofSteps('broken', { ...definition, given }, verdict({ causes: [cause('a', 2, PATCH)] }));
    expect(patched!.definition.given.amendment?.patches.map(({ patch }) => patch)).toEqual([
      { spec: { replicas: 5 } },
      PATCH,
    ]);
    expect(patched!.proof.patches).toHaveLength(1);
  });

  test('nothing, where nothing is known', () => {
    expect(proofSteps('broken', definition, verdict({ causes: [cause('unattributed', 3)] }))).toEqual([]);
  });
});

describe('what came out', () => {
  const before = verdict({ lanes: [lane('new', 40), lane('kept-post', 60)], causes: [cause('a', 90), cause('b', 10)] });
  const proof = { of: 'broken', words: 'with the patch', patches: [], images: {} };
  const tried = (fields: Partial<ScenarioVerdict>) => {
    const after = verdict({ name: 'tried', ...fields });
    return withProof(after, proof, [before, after]).proof!;
  };

  test.each([
    ['ends-it', { verdict: 'pass' }],
    ['in-part', { lanes: [lane('new', 0), lane('kept-post', 59)] }],
    ['in-part', { lanes: [lane('new', 20), lane('kept-post', 30)] }],
    ['not', { lanes: [lane('new', 39), lane('kept-post', 61)] }],
    ['open', { verdict: 'inconclusive' }],
  ] satisfies [string, Partial<ScenarioVerdict>][])('%s: %o', (outcome, fields) => {
    expect(tried(fields).outcome).toBe(outcome);
  });

  test('drops by cause and by lane, before and after, with those that are new', () => {
    const { causes, lanes } = tried({ lanes: [lane('new', 0), lane('kept-post', 9)], causes: [cause('c', 9)] });
    expect(causes).toEqual([
      { cause: 'a', before: 90, after: 0 },
      { cause: 'b', before: 10, after: 0 },
      { cause: 'c', before: 0, after: 9 },
    ]);
    expect(lanes).toEqual([
      { lane: 'new', before: 40, after: 0 },
      { lane: 'kept-post', before: 60, after: 9 },
    ]);
  });
});

test('a manifest that has no such object to patch is named', async () => {
  const kubectl = async () => 'kind: Service\nmetadata: { name: web }\n';
  const patches = [{ kind: 'Deployment', name: 'web', patch: PATCH }];
  const path = sampleService('article', 'article').manifests;
  await expect(renderManifests({ kubectl }, path, { patches, images: {} })).rejects.toThrow(/has no Deployment web/);
});
