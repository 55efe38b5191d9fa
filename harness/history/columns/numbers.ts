/** Rows of one page: a page is widened by itself, without a copy of all others. */
const PAGE_BITS = 14;
const PAGE = 1 << PAGE_BITS;

type Values = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/** How numbers are kept, the narrowest first. Milliseconds with six digits are whole nanoseconds, up to four seconds. */
const KINDS: { make(length: number): Values; scale: number; most: number }[] = [
  { make: (length) => new Uint8Array(length), scale: 1, most: 2 ** 8 - 1 },
  { make: (length) => new Uint16Array(length), scale: 1, most: 2 ** 16 - 1 },
  { make: (length) => new Uint32Array(length), scale: 1, most: 2 ** 32 - 1 },
  { make: (length) => new Uint32Array(length), scale: 1e6, most: 2 ** 32 - 1 },
  { make: (length) => new Float64Array(length), scale: 1, most: Number.POSITIVE_INFINITY },
];
const ANY = KINDS.length - 1;

function holds(kind: number, value: number): boolean {
  if (kind === ANY) return true;
  const { scale, most } = KINDS[kind]!;
  const whole = Math.round(value * scale);
  return whole >= 0 && whole <= most && whole / scale === value;
}

interface Page {
  kind: number;
  scale: number;
  values: Values;
  /** 0 where all rows have one value, and only that is kept. */
  mask: number;
}

/** A column of numbers. A row is set after all rows before it; the last one may be set again. */
export class Numbers {
  private readonly pages: Page[] = [];

  set(row: number, value: number): void {
    const page = this.pages[row >> PAGE_BITS];
    if (page === undefined) this.pages[row >> PAGE_BITS] = pageOf(value);
    else if (page.mask !== 0 || page.values[0]! / page.scale !== value) put(page, row & (PAGE - 1), value);
  }

  get(row: number): number {
    const { values, mask, scale } = this.pages[row >> PAGE_BITS]!;
    const value = values[row & mask]!;
    return scale === 1 ? value : value / scale;
  }

  scan(row: number, json: Uint8Array, at: number): number {
    const scanned = scanNumber(json, at);
    if (scanned > 0) this.set(row, scannedNumber());
    return scanned;
  }
}

function pageOf(value: number): Page {
  const kind = KINDS.findIndex((_, index) => holds(index, value));
  const { make, scale } = KINDS[kind]!;
  const values = make(1);
  values[0] = scale === 1 ? value : Math.round(value * scale);
  return { kind, scale, values, mask: 0 };
}

/** @param at the first row of the page that has no value yet */
function put(page: Page, at: number, value: number): void {
  if (page.mask === 0 || !holds(page.kind, value)) widen(page, at, value);
  page.values[at] = page.scale === 1 ? value : Math.round(value * page.scale);
}

function widen(page: Page, rows: number, value: number): void {
  const before = Array.from({ length: rows }, (_, i) => page.values[i & page.mask]! / page.scale);
  const kind = KINDS.findIndex((_, index) => holds(index, value) && before.every((one) => holds(index, one)));
  const { make, scale } = KINDS[kind]!;
  const values = make(PAGE);
  for (let i = 0; i < rows; i += 1) values[i] = scale === 1 ? before[i]! : Math.round(before[i]! * scale);
  Object.assign(page, { kind, scale, values, mask: PAGE - 1 });
}

// Codes of characters.
export const [ZERO, NINE] = [48, 57];
const POINT = 46;
const [LITTLE_E, BIG_E] = [101, 69];

/** So many digits are exact in a double, and so is a power of ten up to 22: their quotient is the nearest double. */
const MOST_EXACT = 15;
const POWERS = Array.from({ length: MOST_EXACT + 1 }, (_, digits) => 10 ** digits);

let number = 0;

/** What `scanNumber` has read last: a pair would be an object for each number. */
const scannedNumber = (): number => number;

/** Reads a number as `JSON.stringify` writes it. @returns where it ends; -1 where only `JSON.parse` can tell */
function scanNumber(json: Uint8Array, at: number): number {
  let i = at;
  let mantissa = 0;
  let code = json[i]!;
  for (; code >= ZERO && code <= NINE; code = json[i]!) {
    mantissa = mantissa * 10 + code - ZERO;
    i += 1;
  }
  let digits = i - at;
  if (digits === 0 || (digits > 1 && json[at] === ZERO)) return -1;
  let decimals = 0;
  if (code === POINT) {
    i += 1;
    for (code = json[i]!; code >= ZERO && code <= NINE; code = json[i]!) {
      mantissa = mantissa * 10 + code - ZERO;
      decimals += 1;
      i += 1;
    }
    if (decimals === 0) return -1;
    digits += decimals;
  }
  if (digits > MOST_EXACT || code === LITTLE_E || code === BIG_E) return -1;
  number = decimals === 0 ? mantissa : mantissa / POWERS[decimals]!;
  return i;
}
