import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { CONFIG } from './schema.ts';

/** The JSON Schema of a rollproof.yaml, for editors: docs/rollproof.schema.json. */
export function jsonSchema(): string {
  const schema = z.toJSONSchema(CONFIG, { io: 'input', target: 'draft-7' });
  return `${JSON.stringify({ ...schema, title: 'rollproof.yaml' }, null, 2)}\n`;
}

const [, script, file] = process.argv;
if (import.meta.filename === script && file !== undefined) writeFileSync(file, jsonSchema());
