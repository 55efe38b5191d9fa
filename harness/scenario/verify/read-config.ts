import { readFileSync } from 'node:fs';
import { distance } from 'fastest-levenshtein';
import { type Document, isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import type { z } from 'zod';
import type { Mode } from '../../cluster/rights.ts';
import { CannotRun } from '../../errors.ts';
import { substitute } from './environment.ts';
import { CONFIG, type Config } from './schema.ts';

/**
 * Reads a rollproof.yaml.
 *
 * @throws CannotRun that names file, line and column, the field and what it has to be: "rollproof.yaml:7:3: load.rat is no
 * setting; did you mean rate?"
 */
export function readConfig(file: string, mode: Mode = 'made'): Config {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new CannotRun(`${file} cannot be read: ${(cause as NodeJS.ErrnoException).code ?? cause}`, {
      remedy: '`rollproof init` writes one; -c names another',
      cause,
    });
  }
  return parseConfig(text, file, process.env, mode);
}

/** Fields that a mode can't do without: each needs others. */
function missingIn({ service, transitions }: Config, mode: Mode): [PropertyKey[], string] | undefined {
  if (mode === 'made' && service.manifests === undefined)
    return [['service', 'manifests'], 'it has to be a path, { helm: chart }, or some of them'];
  if (mode !== 'made' && service.namespace === undefined) return [['service', 'namespace'], 'where the service lives'];
  if (mode !== 'observe' && transitions === undefined) return [['transitions'], 'it has to name a transition'];
  return undefined;
}

export function parseConfig(
  text: string,
  file: string,
  environment: NodeJS.ProcessEnv = {},
  mode: Mode = 'made',
): Config {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const [broken] = document.errors;
  if (broken !== undefined) {
    const words = broken.message.split('\n')[0]!.replace(/ at line.*/, '');
    throw new CannotRun(`${at(broken.pos[0])}: it is not YAML: ${words}`, hintFor(text, broken.pos[0]));
  }
  if (document.contents === null) throw new CannotRun(`${file} is empty`, { remedy: '`rollproof init` writes one' });
  const unset = substitute(document, environment);
  if (unset !== undefined)
    throw new CannotRun(`${at(unset.at)}: the environment variable ${unset.variable} is not set`, {
      remedy: `set it, or give it a default: \${${unset.variable}:-…}`,
    });
  const result = CONFIG.safeParse(document.toJS());
  if (result.success) {
    const missing = missingIn(result.data, mode);
    if (missing === undefined) return result.data;
    const [path, message] = missing;
    const { where } = place(document, { code: 'custom', path, message, input: undefined });
    throw new CannotRun(`${at(where)}: ${path.join('.')} is missing: ${message}`);
  }
  const issue = innermost(result.error.issues[0]!);
  const { where, key } = place(document, issue);
  const field = [...issue.path, ...(key === undefined ? [] : [key])].map(String).join('.');
  const missing = document.getIn(issue.path) === undefined && issue.path.length > 0;
  const position = at(where);
  if (key !== undefined) throw unknownKey(position, field, key, issue);
  throw new CannotRun(
    `${position}: ${missing ? `${field} is missing: ` : field === '' ? '' : `${field}: `}${issue.message}`,
  );
}

/** Inside { } the brace of ${NAME} begins a map of its own. */
function hintFor(text: string, at: number): { remedy?: string } {
  const reference = /[^\s{[,]*\$\{[^}\n]*\}/.exec(text.slice(text.lastIndexOf('\n', at - 1) + 1));
  if (reference === null || !text.slice(0, at).endsWith('$')) return {};
  return { remedy: `inside { } it needs quotes: '${reference[0]}'` };
}

type Issue = z.core.$ZodIssue;

/** Of a union, what is wrong with the alternative that was meant: the one that got furthest. */
function innermost(issue: Issue): Issue {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return issue;
  const deepest = issue.errors
    .map((errors) => errors[0])
    .filter((one) => one !== undefined)
    .map((one) => ({ ...one, path: [...issue.path, ...one.path] }) as Issue)
    // A text that should be an object has nothing inside it to complain of.
    .filter((one) => one.path.length > issue.path.length || one.code === 'unrecognized_keys')
    .map(innermost)
    .sort((a, b) => b.path.length - a.path.length)[0];
  return deepest ?? issue;
}

/** Offset of what an issue is about, and the key where one is unknown. A field that is missing is where its parent is. */
function place(document: Document, issue: Issue): { where: number; key?: string } {
  const [key] = issue.code === 'unrecognized_keys' ? issue.keys : [];
  for (let depth = issue.path.length; depth >= 0; depth--) {
    const node = (depth === 0 ? document.contents : document.getIn(issue.path.slice(0, depth), true)) as
      | Node
      | undefined;
    if (node?.range === undefined || node.range === null) continue;
    const found =
      key !== undefined && isMap(node)
        ? node.items.find((one) => isScalar(one.key) && one.key.value === key)
        : undefined;
    const range = (found?.key as Node | undefined)?.range ?? node.range;
    return { where: range[0], ...(key === undefined ? {} : { key }) };
  }
  return { where: 0, ...(key === undefined ? {} : { key }) };
}

function unknownKey(position: string, field: string, key: string, issue: Issue): CannotRun {
  const known = knownAt(issue.path);
  const near = known.map((one) => ({ one, far: distance(one, key) })).sort((a, b) => a.far - b.far)[0];
  const meant = near !== undefined && near.far <= Math.max(2, key.length / 3) ? near.one : undefined;
  const remedy =
    meant !== undefined ? `did you mean ${meant}?` : known.length > 0 ? `there are: ${known.join(', ')}` : undefined;
  return new CannotRun(`${position}: ${field} is no setting`, remedy === undefined ? {} : { remedy });
}

/** The keys that there may be at a path. */
function knownAt(path: PropertyKey[]): string[] {
  let schemas: unknown[] = [CONFIG];
  for (const step of path) schemas = schemas.flatMap((one) => inside(one, step));
  return [...new Set(schemas.flatMap(unwrapped).flatMap((one) => Object.keys(shapeOf(one) ?? {})))];
}

const shapeOf = (schema: unknown) => (schema as { shape?: Record<string, unknown> }).shape;

function inside(schema: unknown, step: PropertyKey): unknown[] {
  return unwrapped(schema).flatMap((one) => {
    const shape = shapeOf(one);
    if (shape !== undefined) return shape[String(step)] === undefined ? [] : [shape[String(step)]];
    const { element, valueType } = (one as { def?: { element?: unknown; valueType?: unknown } }).def ?? {};
    return [element, valueType].filter((inner) => inner !== undefined);
  });
}

/** What stands behind optional, refined and alternative schemas. */
function unwrapped(schema: unknown): unknown[] {
  const {
    innerType,
    options,
    in: input,
  } = (schema as { def?: { innerType?: unknown; options?: unknown[]; in?: unknown } }).def ?? {};
  if (innerType !== undefined) return unwrapped(innerType);
  if (options !== undefined) return options.flatMap(unwrapped);
  return input === undefined ? [schema] : unwrapped(input);
}
