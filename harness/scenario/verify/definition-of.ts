import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { applyRendered } from '../../drivers/apply.ts';
import { blueGreen } from '../../drivers/blue-green.ts';
import { canary } from '../../drivers/canary.ts';
import { inTurn } from '../../drivers/combine.ts';
import { drain } from '../../drivers/drain.ts';
import { observe } from '../../drivers/observe.ts';
import { patch } from '../../drivers/patch.ts';
import { pauseResume } from '../../drivers/pause.ts';
import { restart } from '../../drivers/restart.ts';
import { rollback } from '../../drivers/rollback.ts';
import { rolling } from '../../drivers/rolling.ts';
import { scale } from '../../drivers/scale.ts';
import type { Transition } from '../../drivers/workload.ts';
import { CannotRun } from '../../errors.ts';
import type { Expectation } from '../../history/types.ts';
import type { ScenarioDefinition } from '../definition.ts';
import type { LoadSettings } from '../load-plan.ts';
import { type ManifestSource, renderManifests, sourceName } from '../render.ts';
import { type ImageSource, type LiveService, liveService, type OwnService, service } from '../service.ts';
import { RELATIVE } from './manifests.ts';
import type { Config } from './schema.ts';

/** What a rollproof.yaml stands for, with what its manifests say. */
export interface Resolved {
  config: Config;
  /** What its paths are relative to. */
  folder: string;
  /** The service is there: nothing is made. `observeSeconds`: somebody else drives the rollout, and so long is waited for it. */
  live?: { after: LiveService['after']; observeSeconds?: number };
  /** The containers of the Deployment that is rolled, and how many replicas it has. */
  containers: string[];
  replicas: number;
}

/** The scenario that a rollproof.yaml stands for: its transitions in turn, each judged as one of its own. */
export function definitionOf(resolved: Resolved): ScenarioDefinition {
  const { config, live } = resolved;
  return {
    given:
      live === undefined
        ? service(serviceOf(resolved))
        : liveService(liveOf(config), {
            after: live.after,
            scales: (config.transitions ?? []).some((one) => 'scale' in one),
          }),
    under: loadOf(resolved),
    when: driven(resolved),
    expect: expectationOf(config),
    ...(config.readySeconds === undefined ? {} : { readySeconds: config.readySeconds }),
    ...(config.settleSeconds === undefined ? {} : { settleSeconds: config.settleSeconds }),
    ...(config.nodes === undefined ? {} : { on: { nodes: config.nodes } }),
  };
}

function driven(resolved: Resolved): Transition {
  const { config, live } = resolved;
  if (live?.observeSeconds !== undefined) return observe(live.observeSeconds);
  const [first, ...others] = (config.transitions ?? []).map((one, index) => transitionOf(one, index, resolved));
  return inTurn(first!, ...others);
}

function liveOf(config: Config) {
  const { deployment, service: called, namespace = '', port, versions } = config.service;
  const others = othersOf(config);
  return {
    deployment,
    service: called,
    namespace,
    ...(port === undefined ? {} : { port }),
    ...(others.length === 0 ? {} : { others }),
    ...(versions === undefined ? {} : { versions }),
  };
}

/** Where transitions lead to; `made` by them: with an image green need not be there. */
export const ledTo = ({ transitions = [] }: Config): { deployment: string; field: string; made: boolean }[] =>
  transitions.flatMap((one, index) =>
    (['canary', 'blue-green'] as const).flatMap((kind) => {
      const to = (one as Partial<Record<string, { deployment: string; image?: string }>>)[kind];
      if (to === undefined) return [];
      return [{ deployment: to.deployment, field: `transitions.${index}.${kind}.deployment`, made: 'image' in to }];
    }),
  );

/** Deployments behind the same Service: those that are named, and those that a transition leads to. */
const othersOf = (config: Config): string[] => [
  ...new Set([...(config.service.others ?? []), ...ledTo(config).map(({ deployment }) => deployment)]),
];

/** "web: rolling, rollback". */
export const nameOf = ({ config: { service, transitions = [] }, live }: Pick<Resolved, 'config' | 'live'>): string =>
  `${service.deployment}: ${live?.observeSeconds === undefined ? transitions.map((one) => Object.keys(one)[0]).join(', ') : 'observed'}`;

function serviceOf({ config, folder }: Resolved): OwnService {
  const { service, environment } = config;
  const { manifests, deployment, service: called, namespace, port, images = {}, versions } = service;
  const others = othersOf(config);
  const whole = (sources: ManifestSource[]) => sources.map((one) => inFolder(one, folder));
  return {
    manifests: whole(manifests ?? []),
    deployment,
    service: called,
    ...(namespace === undefined ? {} : { namespace }),
    ...(port === undefined ? {} : { port }),
    ...(environment === undefined ? {} : { environment: { ...environment, manifests: whole(environment.manifests) } }),
    ...(others.length === 0 ? {} : { others }),
    images: Object.fromEntries(Object.entries(images).map(([ref, source]) => [ref, sourceOf(source, folder)])),
    ...(versions === undefined ? {} : { versions }),
  };
}

/** A source whose paths are relative to a folder. */
export function inFolder(source: ManifestSource, folder: string): ManifestSource {
  if (typeof source === 'string') return resolve(folder, source);
  const { helm, values, ...rest } = source;
  return {
    ...rest,
    helm: resolve(folder, helm),
    ...(values === undefined ? {} : { values: values.map((one) => resolve(folder, one)) }),
  };
}

type Source = NonNullable<Config['service']['images']>[string];

function sourceOf(source: Source, folder: string): ImageSource {
  if (typeof source === 'string') return source;
  if ('archive' in source) return { archive: resolve(folder, source.archive) };
  return { ...source, build: resolve(folder, source.build) };
}

const GETS = ['new', 'kept'] as const;
const ALL = [...GETS, 'kept-post'] as const;
const OWN = ['own'] as const;

function scriptIn(folder: string, script: string): string {
  const path = resolve(folder, script);
  if (existsSync(path)) return path;
  throw new CannotRun(`load.script: there is no ${path}`, { remedy: RELATIVE });
}

/** POSTs are sent to somebody's service only where that is written down. */
function loadOf({ config: { load = {} }, folder }: Resolved): LoadSettings {
  const { lanes, post, good, script, ...rest } = load;
  const usual = script !== undefined ? OWN : post === undefined ? GETS : ALL;
  const asked = lanes ?? [...usual];
  const held = (['slow', 'stream'] as const).find((lane) => asked.includes(lane) && load[lane]?.path === undefined);
  if (held !== undefined)
    throw new CannotRun(`load.${held}.path is missing: what the lane ${held} asks for`, {
      remedy:
        held === 'slow' ? 'a path whose answer takes some seconds' : 'a path whose answer is sent for some seconds',
    });
  return {
    path: '/',
    ...rest,
    lanes: asked,
    ...(script === undefined ? {} : { script: scriptIn(folder, script) }),
    ...(post === undefined ? {} : { post }),
    ...(good === undefined ? {} : goodOf(good)),
  };
}

type Good = NonNullable<NonNullable<Config['load']>['good']>;

/** A status alone is a range of one. */
const goodOf = ({ status, body, maxMs }: Good): Pick<LoadSettings, 'good' | 'goodBody' | 'goodMaxMs'> => ({
  ...(status === undefined ? {} : { good: status.map((one) => (typeof one === 'number' ? [one, one] : one)) }),
  ...(body === undefined ? {} : { goodBody: body }),
  ...(maxMs === undefined ? {} : { goodMaxMs: maxMs }),
});

function expectationOf({ expect = 'pass' }: Config): ScenarioDefinition['expect'] {
  if (typeof expect === 'string') return expect === 'any' ? { verdict: 'any' } : expect;
  const { verdict = expect.cause === undefined ? 'pass' : 'fail', ...rest } = expect;
  return { ...rest, verdict } satisfies Expectation;
}

type Written = NonNullable<Config['transitions']>[number];

function transitionOf(written: Written, index: number, resolved: Resolved): Transition {
  const { folder } = resolved;
  const [kind, given] = Object.entries(written)[0] as [string, never];
  const field = `transitions.${index}.${kind}`;
  switch (kind) {
    case 'rolling': {
      const one = given as { patch: string } | { image: string; container?: string; by?: 'set-image' };
      if ('patch' in one) return patch(objectIn(resolve(folder, one.patch), `${field}.patch`));
      return rolling({ ...one, container: containerOf(one.container, field, resolved) });
    }
    case 'restart':
      return restart();
    case 'rollback':
      return rollback(given as { toRevision?: number });
    case 'pause-resume': {
      const { image, container, atWave, seconds } = given as {
        image: string;
        container?: string;
        atWave: [number, number];
        seconds: number;
      };
      const update = rolling({ image, container: containerOf(container, field, resolved) });
      return pauseResume(update, { at: { wave: atWave }, seconds });
    }
    case 'scale':
      return scale(given);
    case 'canary': {
      const { deployment, steps } = given as { deployment: string; steps: number[] };
      const all = resolved.replicas;
      const tooMany = steps.find((one) => one > all);
      if (tooMany !== undefined)
        throw new CannotRun(`${field}.steps: ${tooMany} canary pods of ${all} replicas`, {
          remedy: `steps are numbers of canary pods, ${all} at most`,
        });
      if (steps.at(-1) !== all)
        throw new CannotRun(`${field}.steps: the last one is ${steps.at(-1)}, and there are ${all} replicas`, {
          remedy: `in the end the canary has all of them: [${[...new Set([...steps, all])].join(', ')}]`,
        });
      return canary({
        deployment,
        steps: steps.map((one) => [all - one, one]),
        hold: 5,
        ...(resolved.config.settleSeconds === undefined ? {} : { readyWithin: resolved.config.settleSeconds }),
      });
    }
    case 'blue-green': {
      return blueGreen(given);
    }
    case 'apply':
      return applySource(inFolder(given, folder));
    case 'drain':
      return drain(given as { node?: string });
    default:
      throw new CannotRun(`${field} can't be driven`);
  }
}

/** Rendered as the first manifests were, when it is driven: from a chart with other values, and for the same namespace. */
const applySource = (source: ManifestSource): Transition =>
  applyRendered(`kubectl apply -f ${sourceName(source)}`, ({ cluster }) =>
    renderManifests(cluster, source, { patches: [], images: {} }),
  );

/** The container that is meant: the one that is named, or the only one. */
export function containerOf(named: string | undefined, field: string, { containers, config }: Resolved): string {
  const [only, ...others] = containers;
  if (named !== undefined) {
    if (containers.includes(named)) return named;
    throw new CannotRun(`${field}.container: ${config.service.deployment} has no container ${named}`, {
      remedy: `there are: ${containers.join(', ')}`,
    });
  }
  if (only !== undefined && others.length === 0) return only;
  throw new CannotRun(
    `${field}.container is missing: ${config.service.deployment} has ${containers.length} containers`,
    {
      remedy: `name one of them: ${containers.join(', ')}`,
    },
  );
}

function objectIn(file: string, field: string): object {
  if (!existsSync(file)) throw new CannotRun(`${field}: there is no ${file}`, { remedy: RELATIVE });
  let value: unknown;
  try {
    value = parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new CannotRun(`${field}: ${file} cannot be read: ${(cause as Error).message.split('\n')[0]}`, { cause });
  }
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value;
  throw new CannotRun(`${field}: ${file} is no patch: it has to be a map`);
}
