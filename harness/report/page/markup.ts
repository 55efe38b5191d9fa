/** Text that is HTML already. Everything else is escaped where it is put into a template. */
export class Markup {
  readonly html: string;
  constructor(html: string) {
    this.html = html;
  }
}

type Part = string | number | Markup | false | null | undefined | Part[];

/** A template of HTML: what is put in is text and is escaped, unless it is Markup. `false`, null and undefined are nothing. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Markup {
  const rest = parts.map((part, index) => rendered(part) + strings[index + 1]!);
  return new Markup(strings[0]! + rest.join(''));
}

function rendered(part: Part): string {
  if (part === false || part === null || part === undefined) return '';
  if (Array.isArray(part)) return part.map(rendered).join('');
  return part instanceof Markup ? part.html : escaped(String(part));
}

/** Safe in text and in quoted attributes. Control characters, which a browser shows as nothing, are shown as what they are. */
export function escaped(text: string): string {
  return text.replace(UNSAFE, (one) => {
    const code = one.codePointAt(0)!;
    // ␛ and its like; of the others, directions of writing could turn a line round.
    return NAMED.get(one) ?? (code < 0x20 ? String.fromCodePoint(0x2400 + code) : '\u{fffd}');
  });
}

/** Markup, control characters but white space, overrides of the direction of writing. */
const UNSAFE = /[&<>"'`]|[^\P{Cc}\t\n\r]|[\u202a-\u202e\u2066-\u2069]/gu;

const NAMED = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
  ['`', '&#96;'],
]);
