import { bytesOf, standsAt } from './bytes.ts';
import { NINE, Numbers, ZERO } from './numbers.ts';

/** Texts that many columns share, each once. */
export interface Dictionary {
  /** One that is new is added. */
  indexOf(text: string): number;
  /** Of the text whose bytes (UTF-8) those are in [from, to), and whose hash that is; -1 where it is not known by them. */
  find(bytes: Uint8Array, from: number, to: number, hash: number): number;
  readonly texts: string[];
}

export function dictionary(): Dictionary {
  const texts: string[] = [];
  const known = new Map<string, number>();
  // Looked up by bytes, a text need not be made to be found.
  const inBytes: Uint8Array[] = [];
  const byHash = new Map<number, number[]>();
  return {
    texts,
    indexOf(text) {
      const found = known.get(text);
      if (found !== undefined) return found;
      const index = texts.push(text) - 1;
      known.set(text, index);
      const bytes = bytesOf(text);
      inBytes.push(bytes);
      // Half a character is written as another one, whose bytes are not its own.
      if (!text.isWellFormed()) return index;
      const hash = bytes.reduce(hashed, 0);
      byHash.set(hash, [...(byHash.get(hash) ?? []), index]);
      return index;
    },
    find(bytes, from, to, hash) {
      const candidates = byHash.get(hash);
      if (candidates === undefined) return -1;
      for (const index of candidates) {
        const text = inBytes[index]!;
        if (text.length === to - from && standsAt(text, bytes, from)) return index;
      }
      return -1;
    },
  };
}

/** A text may begin with what is no mark of its encoding, but a character of it. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The hash of some bytes and one more. */
const hashed = (hash: number, byte: number): number => (Math.imul(hash, 31) + byte) | 0;

const PUT_TOGETHER = 64;

/** A column of texts. Ids count on: "new-202-800" is a head that many begin with, and a number. */
export class Texts {
  private readonly heads = new Numbers();
  /** One more than the number; 0 where there is none. */
  private readonly tails = new Numbers();
  private readonly dictionary: Dictionary;
  /** Some that were put together last: of a pod's name, a million are asked for. */
  private readonly together: string[] = [];
  private readonly headsOf = new Float64Array(PUT_TOGETHER);
  private readonly tailsOf = new Float64Array(PUT_TOGETHER);

  constructor(dictionary: Dictionary) {
    this.dictionary = dictionary;
  }

  set(row: number, value: string): void {
    const end = headEnd(value);
    const tail = end === value.length ? 0 : Number(value.slice(end)) + 1;
    this.put(row, this.dictionary.indexOf(value.slice(0, end)), tail);
  }

  private put(row: number, head: number, tail: number): void {
    this.heads.set(row, head);
    this.tails.set(row, tail);
  }

  headAt(row: number): string {
    return this.dictionary.texts[this.heads.get(row)]!;
  }

  /** Undefined where there is none. */
  numberAt(row: number): number | undefined {
    const tail = this.tails.get(row);
    return tail === 0 ? undefined : tail - 1;
  }

  get(row: number): string {
    const [head, tail] = [this.heads.get(row), this.tails.get(row)];
    if (tail === 0) return this.dictionary.texts[head]!;
    const place = (head * 31 + tail) % PUT_TOGETHER;
    if (this.headsOf[place] !== head || this.tailsOf[place] !== tail) {
      this.headsOf[place] = head;
      this.tailsOf[place] = tail;
      this.together[place] = `${this.dictionary.texts[head]!}${tail - 1}`;
    }
    return this.together[place]!;
  }

  scan(row: number, json: Uint8Array, at: number): number {
    if (json[at] !== QUOTE) return -1;
    const begin = at + 1;
    let end = begin;
    let hash = 0;
    // Of what comes before the digits at the end.
    let headHash = 0;
    let digits = begin;
    let number = 0;
    for (let code = json[end]!; code !== QUOTE; code = json[end]!) {
      // What JSON writes otherwise than it is, or does not allow; and the end of the line.
      if (!(code >= SPACE) || code === BACKSLASH) return -1;
      hash = hashed(hash, code);
      end += 1;
      if (code >= ZERO && code <= NINE) number = number * 10 + code - ZERO;
      else {
        headHash = hash;
        digits = end;
        number = 0;
      }
    }
    const length = end - digits;
    const whole = length <= MOST_DIGITS && (length <= 1 || json[digits] !== ZERO);
    const head = whole ? this.dictionary.find(json, begin, digits, headHash) : -1;
    if (head === -1) this.set(row, decoder.decode(json.subarray(begin, end)));
    else this.put(row, head, length === 0 ? 0 : number + 1);
    return end + 1;
  }
}

// Codes of characters.
const [SPACE, QUOTE, BACKSLASH] = [32, 34, 92];

const MOST_DIGITS = 9;

const isDigit = (code: number): boolean => code >= ZERO && code <= NINE;

/** Where the number at the end of a text begins; its length where there is none. No number begins with 0 but 0 itself. */
export function headEnd(text: string): number {
  let at = text.length;
  while (at > 0 && text.length - at < MOST_DIGITS && isDigit(text.charCodeAt(at - 1))) at -= 1;
  while (at < text.length - 1 && text.charCodeAt(at) === ZERO) at += 1;
  return at;
}
