import { z } from 'zod';
import { checked } from './input.ts';
import { ONLY_CONTAINER, type Patch } from './render.ts';

/** A number, or a share such as "25%". */
export type Share = number | `${number}%`;

/**
 * How a service is to differ from its manifests. Each setting takes the place of what the manifests say, and null takes
 * it away; what is not named stays as it is.
 */
export interface ServiceSettings {
  /** The Deployment that is meant; default: the one that is rolled. */
  deployment?: string;
  replicas?: number;
  /** A rolling update with these (what is left out stays as it is), or Recreate. */
  strategy?: 'Recreate' | { maxSurge?: Share; maxUnavailable?: Share };
  minReadySeconds?: number;
  progressDeadlineSeconds?: number;
  revisionHistoryLimit?: number;
  terminationGracePeriodSeconds?: number;
  /** The container that the settings below are for; it need not be named where there is only one. */
  container?: string;
  image?: string;
  /** Variables by name; null takes one away. */
  env?: Record<string, string | number | boolean | null>;
  readinessProbe?: object | null;
  livenessProbe?: object | null;
  startupProbe?: object | null;
  /** A preStop hook that sleeps for so many seconds, in place of any other; null: none. */
  preStopSleepSeconds?: number | null;
  resources?: object | null;
  /** Strategic merge patch on the Deployment, for all else. Made after the settings. */
  patch?: object;
  /** Strategic merge patches on other objects of the manifests. */
  patches?: { kind: string; name: string; patch: object }[];
}

const count = z.int('it has to be a whole number').min(0, 'it has to be 0 or more');
const share = z.custom<Share>(
  (value) => (Number.isInteger(value) && (value as number) >= 0) || /^\d+%$/.test(String(value)),
  'it has to be a whole number of 0 or more, or a share such as "25%"',
);
const name = z.string('it has to be a name').min(1, 'it has to be a name');
const object = z.record(z.string(), z.unknown(), 'it has to be an object');
const none = (value: unknown) => value === 0 || value === '0%';

const settingsSchema = z.strictObject({
  deployment: name.optional(),
  replicas: count.optional(),
  strategy: z
    .union(
      [
        z.literal('Recreate'),
        z
          .strictObject({ maxSurge: share.optional(), maxUnavailable: share.optional() })
          .refine(
            ({ maxSurge, maxUnavailable }) => !(none(maxSurge) && none(maxUnavailable)),
            'maxSurge and maxUnavailable cannot both be 0: no pod could ever be replaced',
          ),
      ],
      // Of the two it is the object that somebody meant who wrote one.
      {
        error: ({ input, errors }) => {
          const inner = typeof input === 'object' && input !== null ? errors?.[1]?.[0] : undefined;
          if (inner === undefined) return `it has to be 'Recreate' or { maxSurge, maxUnavailable }`;
          return [...inner.path, inner.message].join(': ');
        },
      },
    )
    .optional(),
  minReadySeconds: count.optional(),
  progressDeadlineSeconds: count.optional(),
  revisionHistoryLimit: count.optional(),
  terminationGracePeriodSeconds: count.optional(),
  container: name.optional(),
  image: name.optional(),
  env: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
  readinessProbe: object.nullable().optional(),
  livenessProbe: object.nullable().optional(),
  startupProbe: object.nullable().optional(),
  preStopSleepSeconds: count.nullable().optional(),
  resources: object.nullable().optional(),
  patch: object.optional(),
  patches: z.array(z.strictObject({ kind: name, name, patch: object })).optional(),
});

/**
 * The strategic merge patches that settings stand for.
 *
 * @throws CannotRun that names the field that is wrong.
 */
export function patchesFor(given: ServiceSettings, rolled: string): Patch[] {
  const settings = checked(settingsSchema, given, 'with');
  const { deployment = rolled, patch, patches = [] } = settings;
  const own = deploymentPatch(settings);
  return [
    ...(Object.keys(own).length > 0 ? [{ kind: 'Deployment', name: deployment, patch: { spec: own } }] : []),
    ...(patch === undefined ? [] : [{ kind: 'Deployment', name: deployment, patch }]),
    ...patches,
  ];
}

function deploymentPatch(settings: ServiceSettings): object {
  const { replicas, strategy, minReadySeconds, progressDeadlineSeconds, revisionHistoryLimit } = settings;
  const pod = podPatch(settings);
  return {
    ...present({ replicas, minReadySeconds, progressDeadlineSeconds, revisionHistoryLimit }),
    ...(strategy === undefined ? {} : { strategy: strategyPatch(strategy) }),
    ...(Object.keys(pod).length > 0 ? { template: { spec: pod } } : {}),
  };
}

function strategyPatch(strategy: NonNullable<ServiceSettings['strategy']>): object {
  return strategy === 'Recreate'
    ? { type: 'Recreate', rollingUpdate: null }
    : { type: 'RollingUpdate', rollingUpdate: strategy };
}

function podPatch(settings: ServiceSettings): object {
  const { terminationGracePeriodSeconds, container = ONLY_CONTAINER, env, preStopSleepSeconds: sleep } = settings;
  const { image, readinessProbe, livenessProbe, startupProbe, resources } = settings;
  const inside = {
    ...present({ image, readinessProbe, livenessProbe, startupProbe, resources }),
    ...(env === undefined ? {} : { env: Object.entries(env).map(variable) }),
    ...(sleep === undefined ? {} : { lifecycle: { preStop: sleep === null ? null : preStop(sleep) } }),
  };
  return {
    ...present({ terminationGracePeriodSeconds }),
    ...(Object.keys(inside).length > 0 ? { containers: [{ name: container, ...inside }] } : {}),
  };
}

/** A hook has one handler only. */
const preStop = (seconds: number) => ({ exec: null, httpGet: null, sleep: { seconds } });

const variable = ([name, value]: [string, string | number | boolean | null]) =>
  value === null ? { name, $patch: 'delete' } : { name, value: String(value), valueFrom: null };

const present = (fields: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
