import { expect, test } from 'vitest';
import { fuzzedService } from './service.ts';

test.each([
  ['fixed', 'correct', 3],
  ['small', 'small', 3],
  ['article-ready', 'article', 3],
  ['defects/exits-without-draining', 'defects', 3],
  ['defects/strategy-recreate', 'correct', 3],
  ['defects/single-replica-unavailable', 'correct', 1],
])('%s is the image %s, %i times', (folder, image, replicas) => {
  const { given, rolled, from } = fuzzedService(folder);
  expect(rolled).toEqual({ container: 'app', image: `rollproof/${image}` });
  expect(from.replicas).toBe(replicas);
  expect(given.images.map(({ service, version }) => `${service}:${version}`)).toEqual(
    from.versions.map((version) => `${image}:${version}`),
  );
});

test.each(['nothing', '../services', 'control'])('%s is none: the error names those that there are', (folder) => {
  expect(() => fuzzedService(folder)).toThrow(`fixtures/manifests/${folder} is no sample service`);
});
