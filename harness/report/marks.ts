/**
 * A text with another content between its marks `<!-- NAME: begin … -->` and `<!-- NAME: end -->`.
 *
 * @throws Error where it has no such marks.
 */
export function betweenMarks(text: string, name: string, content: string): string {
  const begin = new RegExp(`<!-- ${name}: begin[^>]*-->`).exec(text);
  const from = begin === null ? -1 : begin.index + begin[0].length;
  const to = text.indexOf(`<!-- ${name}: end -->`, from);
  if (begin === null || to < 0)
    throw new Error(`there are no marks <!-- ${name}: begin … --> and <!-- ${name}: end -->`);
  return `${text.slice(0, from)}\n\n${content}\n\n${text.slice(to)}`;
}
