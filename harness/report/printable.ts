/** Longer texts are cut: whole ones are in the history. */
const MOST = 2_000;

/** A text that is no longer than anybody reads. */
export const clipped = (text: string): string =>
  text.length > MOST ? `${text.slice(0, MOST).toWellFormed()}… (${text.length} characters)` : text;

/** Each line of it so, as far in as it was. */
export const printableLines = (text: string): string =>
  text
    .split('\n')
    .map((line) => /^ */.exec(line)![0] + printable(line.trimStart()))
    .join('\n');

/** One line without control characters: what came from a cluster may neither move a terminal's cursor nor end a line. */
export function printable(text: string): string {
  // Cut before anything else, so that a megabyte costs no more than what is shown of it.
  return (
    clipped(text)
      .replace(/\s+/g, ' ')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point.
      .replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '')
  );
}
