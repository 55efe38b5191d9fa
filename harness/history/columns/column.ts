import { bytesOf, standsAt } from './bytes.ts';
import { Numbers } from './numbers.ts';
import { type Dictionary, Texts } from './texts.ts';

/** The values of one field. A row is set after all rows before it; the last one may be set again. */
export interface Column<T = unknown> {
  set(row: number, value: T): void;
  get(row: number): T;
  /** Sets what stands at a place of a line of JSON. @returns where it ends; -1 where only `JSON.parse` can tell */
  scan(row: number, json: Uint8Array, at: number): number;
}

/** Undefined for what no column can hold. */
export function columnFor(value: unknown, texts: Dictionary): Column | undefined {
  // Each is given values of its own kind only: the shape sees to that.
  if (typeof value === 'number') return new Numbers() as Column;
  if (typeof value === 'boolean') return new Truths() as Column;
  if (typeof value === 'string') return new Texts(texts) as Column;
  const flat = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!flat || !Object.values(value).every((one) => typeof one === 'number')) return undefined;
  return new Nested(Object.keys(value)) as Column;
}

/** One value for all rows. */
export class Literal implements Column<string> {
  private readonly value: string;
  private readonly json: Uint8Array;

  constructor(value: string) {
    this.value = value;
    this.json = bytesOf(JSON.stringify(value));
  }

  set(): void {}
  get(): string {
    return this.value;
  }
  scan(_: number, json: Uint8Array, at: number): number {
    return standsAt(this.json, json, at) ? at + this.json.length : -1;
  }
}

export class Truths implements Column<boolean> {
  private readonly numbers = new Numbers();

  set(row: number, value: boolean): void {
    this.numbers.set(row, value ? 1 : 0);
  }
  get(row: number): boolean {
    return this.numbers.get(row) === 1;
  }
  scan(row: number, json: Uint8Array, at: number): number {
    const value = standsAt(TRUE, json, at);
    if (!value && !standsAt(FALSE, json, at)) return -1;
    this.set(row, value);
    return at + (value ? TRUE.length : FALSE.length);
  }
}

type Figures = Record<string, number>;

/** An object of numbers. */
export class Nested implements Column<Figures> {
  private readonly keys: string[];
  private readonly columns: Numbers[];
  private readonly before: Uint8Array[];

  constructor(keys: string[]) {
    this.keys = keys;
    this.columns = keys.map(() => new Numbers());
    this.before = keysInJson(keys);
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

  scan(row: number, json: Uint8Array, at: number): number {
    return scanFields(this.before, this.columns, row, json, at);
  }
}

/** What stands before each value: `{"a":`, `,"b":`. */
export const keysInJson = (keys: string[]): Uint8Array[] =>
  keys.map((key, index) => bytesOf(`${index === 0 ? '{' : ','}${JSON.stringify(key)}:`));

const CLOSED = 125;

/** An object as `JSON.stringify` writes it, with these fields in this order. */
export function scanFields(
  before: Uint8Array[],
  columns: Pick<Column, 'scan'>[],
  row: number,
  json: Uint8Array,
  begin: number,
): number {
  let at = begin;
  for (let i = 0; i < before.length; i += 1) {
    const key = before[i]!;
    if (!standsAt(key, json, at)) return -1;
    at = columns[i]!.scan(row, json, at + key.length);
    if (at === -1) return -1;
  }
  return json[at] === CLOSED ? at + 1 : -1;
}

const [TRUE, FALSE] = [bytesOf('true'), bytesOf('false')];
