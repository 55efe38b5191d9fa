import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { packageRoot } from '../package-root.ts';

interface Deployment {
  kind?: string;
  metadata: { name: string };
  spec: {
    selector?: object;
    template?: {
      spec?: { containers?: { name: string; resources?: { limits?: { cpu?: string; memory?: string } } }[] };
    };
  };
}

/** Containers of Deployments, and of patches on them, in one folder: folder, Deployment and container. */
const containers = globSync('fixtures/{services,manifests}/**/*.yaml', { cwd: packageRoot }).flatMap((path) =>
  parseAllDocuments(readFileSync(join(packageRoot, path), 'utf8'))
    .map((document) => document.toJS() as Deployment | null)
    .filter((one) => one?.kind === 'Deployment')
    .flatMap((one) =>
      (one!.spec.template?.spec?.containers ?? []).map(({ name, resources }) => ({
        key: `${dirname(path)}: ${one!.metadata.name}/${name}`,
        // A patch has none.
        whole: one!.spec.selector !== undefined,
        limited: resources?.limits?.cpu !== undefined && resources.limits.memory !== undefined,
      })),
    ),
);

test('a sample service that runs wild takes no machine with it', () => {
  const whole = containers.filter((one) => one.whole).map(({ key }) => key);
  expect(whole.length).toBeGreaterThan(8);
  const limited = containers.filter((one) => one.limited).map(({ key }) => key);
  expect(whole.filter((key) => !limited.includes(key))).toEqual([]);
});
