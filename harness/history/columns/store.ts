import { type Column, columnFor, keysInJson, Literal, Nested, scanFields, Truths } from './column.ts';
import { Numbers } from './numbers.ts';
import { type Dictionary, dictionary, headEnd, Texts } from './texts.ts';

/** Keeps objects of few shapes, and hands out what looks like each of them. */
export interface ColumnStore {
  keep<T extends object>(object: T): T;
  /**
   * What the bytes in [from, to) hold as JSON, where they are as `JSON.stringify` writes an object of a shape that was kept
   * before: neither a text is made of them nor an object. Undefined where only `JSON.parse` can tell.
   */
  scan(json: Uint8Array, from: number, to: number): object | undefined;
}

/**
 * Flat objects kept in columns: a million requests as objects take half a gigabyte, as rows a hundred megabytes. A row has a
 * getter for each field in place of the field, also for `JSON.stringify`. An object that has more than numbers, texts, truth
 * values, or objects of numbers, or is of one shape too many, stays as it is. What has another `type` has another shape.
 */
export function columnStore(): ColumnStore {
  const shapes: Shape[] = [];
  const texts = dictionary();
  return {
    keep(object) {
      const [keys, values] = [Object.keys(object), Object.values(object)];
      let shape = shapes.find((one) => one.fits(keys, values));
      if (shape === undefined && shapes.length < MOST_SHAPES) {
        shape = shapeOf(object, texts);
        if (shape !== undefined) shapes.push(shape);
      }
      // A row is no T to TypeScript, whatever it looks like.
      return shape === undefined ? object : (shape.keep(values) as typeof object);
    },
    scan(json, from, to) {
      for (const shape of shapes) {
        const row = shape.scan(json, from, to);
        if (row !== undefined) return row;
      }
      return undefined;
    },
  };
}

const MOST_SHAPES = 32;

const ROW = Symbol('row');
const TEXT = Symbol('text');

interface Row {
  [ROW]: number;
  /** The column of a field that is a text. */
  [TEXT](key: string): Texts;
}

interface Shape {
  fits(keys: string[], values: unknown[]): boolean;
  keep(values: unknown[]): Row;
  scan(json: Uint8Array, from: number, to: number): Row | undefined;
}

/** Undefined where an object of it can't be kept. */
function shapeOf(example: object, texts: Dictionary): Shape | undefined {
  const keys = Object.keys(example);
  const values = Object.values(example);
  const kinds = values.map((value) => typeof value);
  const columns: Column[] = [];
  class Kept implements Row {
    [ROW]: number;
    constructor(row: number) {
      this[ROW] = row;
    }
    [TEXT](key: string): Texts {
      return columns[keys.indexOf(key)] as Texts;
    }
    toJSON(): object {
      return Object.fromEntries(keys.map((key) => [key, (this as unknown as Record<string, unknown>)[key]]));
    }
  }
  for (const [key, value] of Object.entries(example)) {
    const column = isType(key, value) ? (new Literal(value) as Column) : columnFor(value, texts);
    if (column === undefined) return undefined;
    columns.push(column);
    Object.defineProperty(
      Kept.prototype,
      key,
      column instanceof Literal ? { value, enumerable: true } : getterOf(column),
    );
  }
  const before = keysInJson(keys);
  let rows = 0;
  return {
    fits(objectKeys, objectValues) {
      if (objectKeys.length !== keys.length) return false;
      for (let i = 0; i < keys.length; i += 1) {
        if (objectKeys[i] !== keys[i] || typeof objectValues[i] !== kinds[i]) return false;
        const column = columns[i];
        if (column instanceof Literal && objectValues[i] !== values[i]) return false;
        if (column instanceof Nested && !column.fits(objectValues[i])) return false;
      }
      return true;
    },
    keep(objectValues) {
      for (let i = 0; i < keys.length; i += 1) columns[i]!.set(rows, objectValues[i]);
      rows += 1;
      return new Kept(rows - 1);
    },
    scan(json, from, to) {
      if (keys.length === 0 || scanFields(before, columns, rows, json, from) !== to) return undefined;
      rows += 1;
      return new Kept(rows - 1);
    },
  };
}

const isType = (key: string, value: unknown): value is string => key === 'type' && typeof value === 'string';

/** A getter for each kind of column: what they call is then known to the compiler of the engine. */
function getterOf(column: Column): PropertyDescriptor & ThisType<Row> {
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
  if (column instanceof Truths)
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
  if (row[TEXT] !== undefined) return row[TEXT](key).headAt(row[ROW]!);
  return object[key].slice(0, headEnd(object[key]));
}

/** The number at the end of a text: 8 of "kept-post-41-8". Undefined where there is none. */
export function numberOf<K extends string>(object: { [key in K]: string }, key: K): number | undefined {
  const row = object as unknown as Partial<Row>;
  if (row[TEXT] !== undefined) return row[TEXT](key).numberAt(row[ROW]!);
  const end = headEnd(object[key]);
  return end === object[key].length ? undefined : Number(object[key].slice(end));
}
