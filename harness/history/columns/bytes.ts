const encoder = new TextEncoder();

/** As UTF-8. */
export const bytesOf = (text: string): Uint8Array => encoder.encode(text);

export function standsAt(expected: Uint8Array, bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < expected.length; i += 1) if (bytes[at + i] !== expected[i]) return false;
  return true;
}
