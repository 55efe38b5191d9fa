import { type ZodType, z } from 'zod';
import { checked } from './input.ts';
import type { HeldLane, LoadSettings } from './load-plan.ts';

const seconds = z.number('it has to be a number').positive('it has to be above 0');
const path = z.string('it has to be a path').startsWith('/', 'it has to begin with /');
const status = z.int('it has to be an HTTP status').min(100, 'it has to be an HTTP status').max(599);
const held = z.strictObject({
  seconds: seconds.optional(),
  rate: seconds.optional(),
  path: path.optional(),
} satisfies Record<keyof HeldLane, ZodType>);

export const lane = z.enum(['new', 'kept', 'kept-post', 'slow', 'stream', 'own'], {
  error: ({ input }) => `there is no lane ${JSON.stringify(input)}: there are new, kept, kept-post, slow, stream, own`,
});

/** Only where it goes to: what is asked for there is `path`. No user and no password: they would be in every report. */
const TARGET = /^(service|nodePort|https?:\/\/([\w.-]+|\[[\da-f:]+\])(:\d{1,5})?)$/;

export const target = z
  .string()
  .regex(
    TARGET,
    'it has to be service, nodePort, or a URL of scheme, host and port: http://localhost:8080',
  ) as unknown as ZodType<NonNullable<LoadSettings['target']>>;

const loadSchema = z.strictObject({
  rate: z.int('it has to be a whole number').min(1, 'it has to be 1 or more').optional(),
  lanes: z.array(lane).min(1, 'it has to name a lane').optional(),
  path: path.optional(),
  script: z.string('it has to be a path').min(1, 'it has to be a path').optional(),
  slow: held.optional(),
  stream: held.optional(),
  baselineSeconds: seconds.optional(),
  timeoutMs: seconds.optional(),
  pods: z
    .int('it has to be a whole number')
    .min(1, 'it has to be 1 or more')
    .max(50, 'it has to be 50 at most')
    .optional(),
  post: z.string('it has to be a text').optional(),
  headers: z.record(z.string(), z.string('it has to be a text')).optional(),
  goodBody: z.string('it has to be a text').min(1, 'it has to be a text').optional(),
  goodMaxMs: seconds.optional(),
  target: target.optional(),
  good: z.array(z.tuple([status, status], 'it has to be [from, to]')).optional(),
} satisfies Record<keyof LoadSettings, ZodType>);

/**
 * A load, to be given to scenarios. Others are made of it by spreading: `{ ...steady, lanes: ['new'] }`.
 *
 * @throws CannotRun that names the setting that is wrong.
 */
export function load(settings: LoadSettings): LoadSettings {
  return checked(loadSchema, settings, 'load');
}
