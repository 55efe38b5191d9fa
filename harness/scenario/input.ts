import type { ZodType } from 'zod';
import { CannotRun } from '../errors.ts';

/**
 * What somebody wrote in a scenario file, once it is known to have the shape that it should.
 *
 * @param what the call that got it: "service", "load", …
 * @throws CannotRun that names the first field that is wrong: "service.with: strategy.maxSurge: …".
 */
export function checked<T>(schema: ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { code, path, message, ...issue } = result.error.issues[0]!;
  const field = path.map(String).join('.');
  if (code === 'unrecognized_keys') {
    const keys = (issue as { keys?: string[] }).keys ?? [];
    throw new CannotRun(`${what}: ${[...path, keys[0]].join('.')} is no setting`, { remedy: knownIn(schema, path) });
  }
  throw new CannotRun(`${what}: ${field === '' ? '' : `${field}: `}${message}`);
}

/** "there are: replicas, strategy, …", where it is the outermost object that has a key too many. */
function knownIn(schema: ZodType, path: PropertyKey[]): string {
  const shape = (schema as unknown as { shape?: Record<string, unknown> }).shape;
  return path.length > 0 || shape === undefined
    ? 'see docs/scenarios.md'
    : `there are: ${Object.keys(shape).join(', ')}`;
}
