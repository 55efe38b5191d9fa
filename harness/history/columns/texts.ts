import { NINE, Numbers, ZERO } from './numbers.ts';

/** Texts that many columns share, each once. */
export interface Dictionary {
  indexOf(text: string): number;
  readonly texts: string[];
}

export function dictionary(): Dictionary {
  const texts: string[] = [];
  const known = new Map<string, number>();
  return {
    texts,
    indexOf(text) {
      const found = known.get(text);
      if (found !== undefined) return found;
      // A copy: a part of a line would keep all of it.
      const copy = ` ${text}`.slice(1);
      known.set(copy, texts.length);
      return texts.push(copy) - 1;
    },
  };
}

/** A column of texts. Ids count on: "new-202-800" is a head that many begin with, and a number. */
export class Texts {
  private readonly heads = new Numbers();
  /** One more than the number; 0 where there is none. */
  private readonly tails = new Numbers();
  private readonly dictionary: Dictionary;
  /** The last one, where it is known; its parts always are, once there is one. */
  private value: string | undefined;
  private head: string | undefined;
  private headIndex = 0;
  private tail = 0;
  /** The head is in JSON as it is, and what comes after it is all of the number. */
  private simple = false;

  constructor(dictionary: Dictionary) {
    this.dictionary = dictionary;
  }

  set(row: number, value: string): void {
    if (value !== this.value) {
      const end = headEnd(value);
      if (end !== this.head?.length || !value.startsWith(this.head)) {
        this.headIndex = this.dictionary.indexOf(value.slice(0, end));
        this.head = this.dictionary.texts[this.headIndex]!;
        this.simple = !ESCAPED.test(this.head) && !/\d$/.test(this.head);
      }
      this.tail = end === value.length ? 0 : numberFrom(value, end) + 1;
      this.value = value;
    }
    this.put(row);
  }

  private put(row: number): void {
    this.heads.set(row, this.headIndex);
    this.tails.set(row, this.tail);
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
    const [head, number] = [this.headAt(row), this.numberAt(row)];
    return number === undefined ? head : `${head}${number}`;
  }

  scan(row: number, line: string, at: number): number {
    if (line.charCodeAt(at) !== QUOTE) return -1;
    const begin = at + 1;
    const { value, head } = this;
    if (this.simple && value !== undefined && line.startsWith(value, begin)) {
      const end = begin + value.length;
      if (line.charCodeAt(end) === QUOTE) {
        this.put(row);
        return end + 1;
      }
    }
    if (this.simple && line.startsWith(head!, begin)) {
      const from = begin + head!.length;
      const end = digitsEnd(line, from);
      if (end > from && line.charCodeAt(end) === QUOTE) {
        this.tail = numberFrom(line, from, end) + 1;
        this.value = undefined;
        this.put(row);
        return end + 1;
      }
    }
    const end = line.indexOf('"', begin);
    if (end === -1) return -1;
    const text = line.slice(begin, end);
    if (ESCAPED.test(text)) return -1;
    this.set(row, text);
    return end + 1;
  }
}

const QUOTE = 34;

/** What JSON writes otherwise than it is, or does not allow. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const ESCAPED = /["\\\u0000-\u001f]/;

const MOST_DIGITS = 9;

const isDigit = (code: number): boolean => code >= ZERO && code <= NINE;

/** Where a number that begins there ends; there itself, where none does that a row can keep. */
function digitsEnd(text: string, from: number): number {
  let end = from;
  while (end - from <= MOST_DIGITS && isDigit(text.charCodeAt(end))) end += 1;
  const whole = end - from <= MOST_DIGITS && (end - from === 1 || text.charCodeAt(from) !== ZERO);
  return whole ? end : from;
}

function numberFrom(text: string, from: number, end = text.length): number {
  let number = 0;
  for (let i = from; i < end; i += 1) number = number * 10 + text.charCodeAt(i) - ZERO;
  return number;
}

/** Where the number at the end of a text begins; its length where there is none. No number begins with 0 but 0 itself. */
export function headEnd(text: string): number {
  let at = text.length;
  while (at > 0 && text.length - at < MOST_DIGITS && isDigit(text.charCodeAt(at - 1))) at -= 1;
  while (at < text.length - 1 && text.charCodeAt(at) === ZERO) at += 1;
  return at;
}
