import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { CannotRun } from '../../errors.ts';
import { packageRoot } from '../../package-root.ts';
import { type ServiceUnderTest, sampleService } from '../service.ts';
import type { Rolled } from './drive.ts';
import type { Beginning } from './steps.ts';

export interface FuzzedService {
  /** Folder under fixtures/manifests. */
  folder: string;
  given: ServiceUnderTest;
  rolled: Rolled;
  from: Beginning;
}

/**
 * The service that is correct. It starts in a moment: where several pods of a Flask app start at once, 2 cores have nothing
 * left for the load, and nobody can say what came of it (2 of 8 sequences of 20 steps).
 */
export const CORRECT = 'small';

const VERSIONS = ['1.0.0', '2.0.0', '3.0.0', '4.0.0'];
const MANIFESTS = join(packageRoot, 'fixtures/manifests');

/**
 * A sample service to be fuzzed.
 *
 * @param folder under fixtures/manifests
 * @throws CannotRun where there is no such folder, or it is not one Deployment of the usual names.
 */
export function fuzzedService(folder: string): FuzzedService {
  const { image, replicas } = factsOf(join(MANIFESTS, folder));
  if (image === undefined) {
    const known = globSync('**/kustomization.yaml', { cwd: MANIFESTS }).map(dirname).sort();
    throw new CannotRun(`fixtures/manifests/${folder} is no sample service`, {
      remedy: `there are: ${known.join(', ')}`,
    });
  }
  return {
    folder,
    given: sampleService(folder, image, { versions: VERSIONS }),
    rolled: { container: 'app', image: `rollproof/${image}` },
    from: { replicas, versions: VERSIONS },
  };
}

interface Facts {
  /** Folder under fixtures/services. */
  image?: string;
  replicas: number;
}

interface Kustomization {
  resources?: string[];
  patches?: { path?: string }[];
  images?: { newName?: string }[];
}

interface Manifest {
  kind?: string;
  metadata?: { name?: string };
  spec?: { replicas?: number; template?: { spec?: { containers?: { image?: string }[] } } };
}

/** Read as kustomize builds: what a folder is made of, then its patches, then its images. */
function factsOf(folder: string): Facts {
  const facts: Facts = { replicas: 1 };
  if (!existsSync(folder) || relative(MANIFESTS, folder).startsWith('..')) return facts;
  const file = join(folder, 'kustomization.yaml');
  if (!existsSync(file)) {
    for (const name of readdirSync(folder).filter(isYaml)) amend(facts, join(folder, name));
    return facts;
  }
  const [{ resources = [], patches = [], images = [] } = {}] = documents<Kustomization>(file);
  for (const one of resources) {
    if (isYaml(one)) amend(facts, join(folder, one));
    else Object.assign(facts, factsOf(join(folder, one)));
  }
  for (const { path } of patches) if (path !== undefined) amend(facts, join(folder, path));
  for (const { newName } of images) Object.assign(facts, nameOf(newName));
  return facts;
}

const isYaml = (name: string) => /\.ya?ml$/.test(name);

const DEPLOYMENT = 'python-web-app';

function amend(facts: Facts, file: string): void {
  const found = documents<Manifest>(file).find((one) => one.kind === 'Deployment' && one.metadata?.name === DEPLOYMENT);
  const { replicas = facts.replicas, template } = found?.spec ?? {};
  Object.assign(facts, { replicas }, nameOf(template?.spec?.containers?.[0]?.image));
}

function nameOf(image: string | undefined): Pick<Facts, 'image'> {
  const name = /^rollproof\/([a-z-]+)/.exec(image ?? '')?.[1];
  return name === undefined ? {} : { image: name };
}

const documents = <T>(file: string): T[] =>
  parseAllDocuments(readFileSync(file, 'utf8')).map((one) => (one.toJS() ?? {}) as T);
