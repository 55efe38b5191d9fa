import { type Document, type Scalar, visit } from 'yaml';

/** A variable that is not set, and where it is asked for. */
export interface Unset {
  variable: string;
  /** Offset in the text. */
  at: number;
}

/** `${NAME}`, `${NAME:-default}`; `$${` stands for `${`. */
const REFERENCE = /\$?\$\{([^}]*)\}/g;
const NAME = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s;

/**
 * Puts the values of environment variables in place of references to them, in keys and in values: a CI's tag into an image's
 * name, say. What is nothing but a reference and comes out as a whole number or a truth value is one.
 *
 * @returns the first that is not set and has no default; the document is then half done
 */
export function substitute(document: Document, environment: NodeJS.ProcessEnv): Unset | undefined {
  let unset: Unset | undefined;
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value !== 'string' || !node.value.includes('${')) return undefined;
      const text = node.value.replace(REFERENCE, (whole, inside: string) => {
        if (whole.startsWith('$$')) return whole.slice(1);
        const [, variable = inside, other] = NAME.exec(inside) ?? [];
        // As a shell has it: what is empty counts as unset where there is a default.
        const value = environment[variable];
        if (other !== undefined) return value || other;
        if (value === undefined) unset ??= { variable, at: node.range?.[0] ?? 0 };
        return value ?? '';
      });
      node.value = typed(node as Scalar<string>, text);
      return unset === undefined ? undefined : visit.BREAK;
    },
  });
  return unset;
}

function typed({ type, value }: Scalar<string>, text: string): unknown {
  if (type !== 'PLAIN' || !/^\$\{[^}]*\}$/.test(value)) return text;
  if (/^(0|[1-9]\d{0,14})$/.test(text)) return Number(text);
  return text === 'true' || (text === 'false' ? false : text);
}
