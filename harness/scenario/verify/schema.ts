import { z } from 'zod';
import { lane, target } from '../load.ts';

/**
 * rollproof.yaml, whole. Descriptions go into the published JSON Schema, where editors show them; messages are what a
 * person reads beside file, line and column.
 */
const text = (what: string) => z.string(`it has to be ${what}`).min(1, `it has to be ${what}`);
const name = text('a name');
const path = text('a path');
const seconds = z.number('it has to be a number').positive('it has to be above 0');
const count = z.int('it has to be a whole number').min(0, 'it has to be 0 or more');
const atLeastOne = z.int('it has to be a whole number').min(1, 'it has to be 1 or more');
const status = z
  .int('it has to be an HTTP status')
  .min(100, 'it has to be an HTTP status')
  .max(599, 'it has to be an HTTP status');

const image = z
  .union(
    [
      z.enum(['auto', 'local', 'pull']),
      z.strictObject({
        build: path.describe('folder of the Docker context'),
        dockerfile: name.optional(),
        base: z
          .literal('debian', 'it has to be debian')
          .optional()
          .describe('the argument DEBIAN of its Dockerfile names a Debian, which is made where none can be pulled'),
        args: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String)).optional(),
      }),
      z.strictObject({ archive: path.describe('a file that `docker save` wrote') }),
    ],
    "it has to be 'auto', 'local', 'pull', { build: folder } or { archive: file }",
  )
  .describe(
    'local: Docker has it; auto: Docker may have it, else the cluster pulls it; pull: Docker pulls it; build: Docker builds it; archive: it is loaded from a file',
  );

const chart = z
  .strictObject({
    helm: path.describe('folder or archive of a chart, which your own helm renders'),
    release: name.optional().describe('default: the name of the folder'),
    values: z.array(path).optional().describe('files of values'),
    set: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
      .optional()
      .describe('values by path: image.tag'),
  })
  .describe('a Helm chart');
const source = z.union([path, chart], 'it has to be a path, or { helm: chart }');
/** A file, a folder, a chart; or some of them. */
const sources = z
  .union(
    [path.transform((one) => [one]), chart.transform((one) => [one]), z.array(source).min(1, 'it has to name a path')],
    'it has to be a path, { helm: chart }, or some of them',
  )
  .describe('files, folders, folders with a kustomization, Helm charts');

const service = z.strictObject({
  manifests: sources.optional(),
  deployment: name.describe('the Deployment that is rolled'),
  service: name.describe('the Service that is called'),
  namespace: z
    .string('it has to be a name')
    .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'it has to be a name of a-z, 0-9 and -, 63 characters at most')
    .optional()
    .describe('where it goes to; default: a namespace of the run’s own, whatever the manifests say'),
  others: z.array(name).optional().describe('other Deployments behind the same Service: a canary, green'),
  images: z.record(z.string(), image).optional().describe('what is loaded into the cluster, by name with tag'),
  port: z
    .int('it has to be a port')
    .min(1, 'it has to be a port')
    .max(65_535, 'it has to be a port')
    .optional()
    .describe('of the Service; default: its first'),
  versions: z
    .strictObject({ old: name, new: name })
    .optional()
    .describe('what the header x-rollproof-version says, where the service sends it'),
});

const held = z.strictObject({ seconds: seconds.optional(), rate: seconds.optional(), path: path.optional() });

const statuses = z
  .array(z.union([status, z.tuple([status, status])], 'it has to be a status, or [from, to]'))
  .min(1, 'it has to name a status');

const load = z.strictObject({
  path: z.string('it has to be a path').startsWith('/', 'it has to begin with /').optional(),
  script: path.optional().describe('a k6 script, which makes the requests of the lane own'),
  rate: atLeastOne.optional().describe('requests a second in each lane'),
  lanes: z.array(lane).min(1, 'it has to name a lane').optional().describe('default: new and kept'),
  post: z
    .string('it has to be a text')
    .optional()
    .describe('body of POSTs; with it, or with the lane kept-post, they are sent'),
  headers: z.record(z.string(), z.string()).optional(),
  target: target
    .optional()
    .describe('service: itself, by its address (default); nodePort: its port on a node; or a URL'),
  good: z
    .union(
      [
        statuses.transform((status) => ({ status, body: undefined, maxMs: undefined })),
        z.strictObject({
          status: statuses.optional(),
          body: text('a text').optional().describe('a text that is in it'),
          maxMs: seconds.optional().describe('longest that it takes, milliseconds'),
        }),
      ],
      'it has to be statuses, or { status, body, maxMs }',
    )
    .optional()
    .describe('what a good answer is; default: status 200 to 399'),
  pods: atLeastOne.optional().describe('so many k6 share each lane, on an existing cluster'),
  timeoutMs: seconds.optional(),
  baselineSeconds: seconds.optional(),
  slow: held.optional(),
  stream: held.optional(),
});

const empty = z.union([z.strictObject({}), z.null()]).transform(() => ({}));
const by = z.enum(['set-image', 'edit', 'patch', 'apply', 'api'], 'it has to be set-image, edit, patch, apply or api');
const wave = z.tuple([count, count], 'it has to be [old, new]');

/** What can be driven, by the key that names it. */
export const TRANSITIONS = {
  rolling: z.union(
    [
      z.strictObject({ container: name.optional(), image: name, by: by.optional() }),
      z.strictObject({ patch: path.describe('file with a strategic merge patch of the Deployment') }),
    ],
    'it has to be { image: name:tag } or { patch: file }',
  ),
  restart: empty,
  rollback: z.union([z.strictObject({ toRevision: atLeastOne.optional() }), z.null().transform(() => ({}))]),
  'pause-resume': z.strictObject({
    container: name.optional(),
    image: name,
    atWave: wave,
    seconds,
  }),
  scale: z.strictObject({ replicas: count }),
  canary: z.strictObject({
    deployment: name,
    steps: z.array(atLeastOne).min(1, 'it has to name a step'),
  }),
  'blue-green': z.strictObject({ deployment: name, image: name.optional(), container: name.optional() }),
  apply: z.union([path, chart], 'it has to be a path, or { helm: chart }'),
  drain: z.strictObject({ node: name.optional() }),
} as const;

const transition = z
  .strictObject(
    Object.fromEntries(Object.entries(TRANSITIONS).map(([kind, schema]) => [kind, (schema as z.ZodType).optional()])),
  )
  .meta({ minProperties: 1, maxProperties: 1 })
  .refine((one) => Object.keys(one).length === 1, `it has to have one key: ${Object.keys(TRANSITIONS).join(', ')}`);

const verdict = z.enum(['pass', 'fail', 'inconclusive', 'any'], 'it has to be pass, fail, inconclusive or any');
const expectation = z.union(
  [
    verdict,
    z.strictObject({
      verdict: verdict.optional(),
      cause: name.optional(),
      floor: count.optional().describe('fewest pods available, in place of R − U'),
      p99Ms: seconds.optional().describe('most that the 99th percentile of lane new may be during a transition'),
      seconds: seconds.optional().describe('longest that a transition may take'),
      maxStallMs: seconds.optional(),
      maxLagMs: seconds.optional(),
    }),
  ],
  'it has to be pass, fail or { verdict, cause, floor, p99Ms, seconds, maxStallMs, maxLagMs }',
);

export const CONFIG = z
  .strictObject(
    {
      service,
      load: load.optional(),
      environment: z
        .strictObject({ manifests: sources, seconds: seconds.optional() })
        .optional()
        .describe('what has to be up before the service: a database, a queue'),
      transitions: z.array(transition).min(1, 'it has to name a transition').optional(),
      expect: expectation.optional(),
      readySeconds: seconds.optional().describe('longest that the service may take to come up; default 120'),
      settleSeconds: seconds
        .optional()
        .describe('longest that a transition may take until it is rolled out and the old pods are gone; default 180'),
      nodes: atLeastOne.optional().describe('of the kind cluster'),
    },
    'it has to be a map: service, transitions, …',
  )
  .describe('What rollproof verify proves: a service, a load, transitions, and what is expected of them.');

export type Config = z.output<typeof CONFIG>;
