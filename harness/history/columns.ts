/** Keeps objects of few shapes, and hands out what looks like each of them. */
export type ColumnStore = <T extends object>(object: T) => T;

/**
 * Flat objects kept in columns: a million requests as objects take half a gigabyte, as rows a hundred megabytes. A row has a
 * getter for each field in place of the field, also for `JSON.stringify`. An object that has more than numbers, texts, truth
 * values, or objects of numbers, or is of one shape too many, stays as it is.
 */
export function columnStore(): ColumnStore {
  const shapes: Shape[] = [];
  const texts = dictionary();
  return (object) => {
    const [keys, values] = [Object.keys(object), Object.values(object)];
    let shape = shapes.find((one) => one.fits(keys, values));
    if (shape === undefined && shapes.length < MOST_SHAPES) {
      shape = shapeOf(object, texts);
      if (shape !== undefined) shapes.push(shape);
    }
    // A row is no T to TypeScript, whatever it looks like.
    return shape === undefined ? object : (shape.keep(values) as typeof object);
  };
}

const MOST_SHAPES = 32;

const ROW = Symbol('row');
const HEADS = Symbol('heads');

interface Row {
  [ROW]: number;
  [HEADS](key: string): string;
}

interface Column<T> {
  set(row: number, value: T): void;
  get(row: number): T;
}

interface Shape {
  fits(keys: string[], values: unknown[]): boolean;
  keep(values: unknown[]): Row;
}

function shapeOf(example: object, texts: Dictionary): Shape | undefined {
  const keys = Object.keys(example);
  const kinds = Object.values(example).map((value) => typeof value);
  const columns: Column<unknown>[] = [];
  class Kept implements Row {
    [ROW]: number;
    constructor(row: number) {
      this[ROW] = row;
    }
    [HEADS](key: string): string {
      const column = columns[keys.indexOf(key)];
      return column instanceof Texts ? column.headAt(this[ROW]) : '';
    }
    toJSON(): object {
      return Object.fromEntries(keys.map((key) => [key, (this as unknown as Record<string, unknown>)[key]]));
    }
  }
  for (const [key, value] of Object.entries(example)) {
    const column = columnFor(value, texts);
    if (column === undefined) return undefined;
    columns.push(column);
    Object.defineProperty(Kept.prototype, key, getterOf(column));
  }
  const nested = columns.flatMap((column, i) => (column instanceof Nested ? [i] : []));
  let rows = 0;
  return {
    fits(objectKeys, values) {
      if (objectKeys.length !== keys.length) return false;
      for (let i = 0; i < keys.length; i += 1) {
        if (objectKeys[i] !== keys[i] || typeof values[i] !== kinds[i]) return false;
      }
      return nested.every((i) => (columns[i] as Nested).fits(values[i]));
    },
    keep(values) {
      for (let i = 0; i < keys.length; i += 1) columns[i]!.set(rows, values[i]);
      rows += 1;
      return new Kept(rows - 1);
    },
  };
}

function columnFor(value: unknown, texts: Dictionary): Column<unknown> | undefined {
  // Each is given values of its own kind only: the shape sees to that.
  if (typeof value === 'number') return new Numbers() as Column<unknown>;
  if (typeof value === 'boolean') return new Truths() as Column<unknown>;
  if (typeof value === 'string') return new Texts(texts) as Column<unknown>;
  const flat = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!flat || !Object.values(value).every((one) => typeof one === 'number')) return undefined;
  return new Nested(Object.keys(value)) as Column<unknown>;
}

/** A getter for each kind of column: what they call is then known to the compiler of the engine. */
function getterOf(column: Column<unknown>): PropertyDescriptor & ThisType<Row> {
  const enumerable = true;
  if (column instanceof Numbers)
    return {
      enumerable,
      get: function (this: Row) {
        return column.get(this[ROW]);
      },
    };
  if (column instanceof Texts)
    return {
      enumerable,
      get: function (this: Row) {
        return column.get(this[ROW]);
      },
    };
  return {
    enumerable,
    get: function (this: Row) {
      return column.get(this[ROW]);
    },
  };
}

/** What a text of an object begins with, without the number at its end: "kept-post-41-" of "kept-post-41-8". */
export function headOf<K extends string>(object: { [key in K]: string }, key: K): string {
  const row = object as unknown as Partial<Row>;
  if (row[HEADS] !== undefined) return row[HEADS](key);
  return object[key].slice(0, headEnd(object[key]));
}

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

class Numbers implements Column<number> {
  private readonly pages: Page[] = [];

  set(row: number, value: number): void {
    const page = this.pages[row >> PAGE_BITS];
    if (page === undefined) this.pages[row >> PAGE_BITS] = pageOf(value);
    else if (page.mask !== 0 || this.get(row) !== value) put(page, row & (PAGE - 1), value);
  }

  get(row: number): number {
    const { values, mask, scale } = this.pages[row >> PAGE_BITS]!;
    const value = values[row & mask]!;
    return scale === 1 ? value : value / scale;
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

class Truths implements Column<boolean> {
  private readonly numbers = new Numbers();
  set(row: number, value: boolean): void {
    this.numbers.set(row, value ? 1 : 0);
  }
  get(row: number): boolean {
    return this.numbers.get(row) === 1;
  }
}

interface Dictionary {
  indexOf(text: string): number;
  readonly texts: string[];
}

function dictionary(): Dictionary {
  const texts: string[] = [];
  const known = new Map<string, number>();
  return {
    texts,
    indexOf(text) {
      const found = known.get(text);
      if (found !== undefined) return found;
      // A copy: a part of a line would keep all of it.
      const copy = Buffer.from(text).toString();
      known.set(copy, texts.length);
      return texts.push(copy) - 1;
    },
  };
}

/** Ids count on: "new-202-800" is a text that many begin with, and a number. */
class Texts implements Column<string> {
  private readonly heads = new Numbers();
  /** One more than the number; 0 where there is none. */
  private readonly tails = new Numbers();
  private readonly dictionary: Dictionary;
  /** The last one. */
  private value: string | undefined;
  private head = '';
  private headIndex = 0;
  private tail = 0;

  constructor(dictionary: Dictionary) {
    this.dictionary = dictionary;
  }

  set(row: number, value: string): void {
    if (value !== this.value) {
      const end = headEnd(value);
      if (this.value === undefined || end !== this.head.length || !value.startsWith(this.head)) {
        this.headIndex = this.dictionary.indexOf(value.slice(0, end));
        this.head = this.dictionary.texts[this.headIndex]!;
      }
      this.tail = end === value.length ? 0 : numberFrom(value, end) + 1;
      this.value = value;
    }
    this.heads.set(row, this.headIndex);
    this.tails.set(row, this.tail);
  }

  headAt(row: number): string {
    return this.dictionary.texts[this.heads.get(row)]!;
  }

  get(row: number): string {
    const head = this.headAt(row);
    const tail = this.tails.get(row);
    return tail === 0 ? head : `${head}${tail - 1}`;
  }
}

const MOST_DIGITS = 9;
const [ZERO, NINE] = [48, 57];

function numberFrom(text: string, at: number): number {
  let number = 0;
  for (let i = at; i < text.length; i += 1) number = number * 10 + text.charCodeAt(i) - ZERO;
  return number;
}

/** Where the number at the end of a text begins; its length where there is none. No number begins with 0 but 0 itself. */
function headEnd(text: string): number {
  let at = text.length;
  while (at > 0 && text.length - at < MOST_DIGITS) {
    const code = text.charCodeAt(at - 1);
    if (code < ZERO || code > NINE) break;
    at -= 1;
  }
  while (at < text.length - 1 && text.charCodeAt(at) === ZERO) at += 1;
  return at;
}

type Figures = Record<string, number>;

/** An object of numbers. */
class Nested implements Column<Figures> {
  private readonly keys: string[];
  private readonly columns: Numbers[];

  constructor(keys: string[]) {
    this.keys = keys;
    this.columns = keys.map(() => new Numbers());
  }

  fits(value: unknown): boolean {
    if (value === null || Array.isArray(value)) return false;
    let index = 0;
    for (const key in value as Figures) {
      if (key !== this.keys[index] || typeof (value as Figures)[key] !== 'number') return false;
      index += 1;
    }
    return index === this.keys.length;
  }

  set(row: number, value: Figures): void {
    for (let i = 0; i < this.keys.length; i += 1) this.columns[i]!.set(row, value[this.keys[i]!]!);
  }

  get(row: number): Figures {
    return Object.fromEntries(this.keys.map((key, i) => [key, this.columns[i]!.get(row)]));
  }
}
