import { Numbers } from './numbers.ts';
import { type Dictionary, Texts } from './texts.ts';

/** The values of one field. A row is set after all rows before it; the last one may be set again. */
export interface Column<T = unknown> {
  set(row: number, value: T): void;
  get(row: number): T;
  /** Sets what stands at a place of a line of JSON. @returns where it ends; -1 where only `JSON.parse` can tell */
  scan(row: number, line: string, at: number): number;
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
  private readonly json: string;

  constructor(value: string) {
    this.value = value;
    this.json = JSON.stringify(value);
  }

  set(): void {}
  get(): string {
    return this.value;
  }
  scan(_: number, line: string, at: number): number {
    return line.startsWith(this.json, at) ? at + this.json.length : -1;
  }
}

class Truths implements Column<boolean> {
  private readonly numbers = new Numbers();

  set(row: number, value: boolean): void {
    this.numbers.set(row, value ? 1 : 0);
  }
  get(row: number): boolean {
    return this.numbers.get(row) === 1;
  }
  scan(row: number, line: string, at: number): number {
    const value = line.startsWith('true', at);
    if (!value && !line.startsWith('false', at)) return -1;
    this.set(row, value);
    return at + (value ? 4 : 5);
  }
}

type Figures = Record<string, number>;

/** An object of numbers. */
export class Nested implements Column<Figures> {
  private readonly keys: string[];
  private readonly columns: Numbers[];
  private readonly before: string[];

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

  scan(row: number, line: string, at: number): number {
    return scanFields(this.before, this.columns, row, line, at);
  }
}

/** What stands before each value: `{"a":`, `,"b":`. */
export const keysInJson = (keys: string[]): string[] =>
  keys.map((key, index) => `${index === 0 ? '{' : ','}${JSON.stringify(key)}:`);

const CLOSED = 125;

/** An object as `JSON.stringify` writes it, with these fields in this order. */
export function scanFields(
  before: string[],
  columns: Pick<Column, 'scan'>[],
  row: number,
  line: string,
  begin: number,
): number {
  let at = begin;
  for (let i = 0; i < before.length; i += 1) {
    if (!line.startsWith(before[i]!, at)) return -1;
    at = columns[i]!.scan(row, line, at + before[i]!.length);
    if (at === -1) return -1;
  }
  return line.charCodeAt(at) === CLOSED ? at + 1 : -1;
}
