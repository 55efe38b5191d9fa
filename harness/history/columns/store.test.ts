import { describe, expect, test } from 'vitest';
import fc from '../../testing/by-chance.ts';
import { type ColumnStore, columnStore, headOf, numberOf } from './store.ts';

const plain = (one: object): unknown => JSON.parse(JSON.stringify(one));

/** Scans a line that stands in the midst of others. */
function scan(store: ColumnStore, line: string): object | undefined {
  const [before, bytes] = ['{"id":"else"}\n', new TextEncoder().encode(line)];
  const all = Buffer.concat([Buffer.from(before), bytes, Buffer.from(`\n${before}`)]);
  return store.scan(all, before.length, before.length + bytes.length);
}

/** All of them, and then read: a later one must not change an earlier. */
function kept<T extends object>(all: T[]): T[] {
  const store = columnStore();
  return all.map((one) => store.keep({ ...one }));
}

test('what is read is what was kept: requests of two shapes, beside what stays an object', () => {
  const request = {
    id: 'x-1',
    type: 'request',
    t: 1.7e18 + 256,
    phases: { waiting: 0.123456, tls: 0 },
    status: 200,
    reused: true,
  };
  const all = [
    request,
    { ...request, id: 'x-2', status: 0, reused: false, phases: { waiting: 15_000.25, tls: 0 } },
    { ...request, localPort: 40_001 },
    { id: 'x-3', type: 'object', object: { metadata: { name: 'web' } } },
    { id: 'x-4', list: [1] },
    { id: 'x-5', none: null },
  ];
  const rows = kept<Record<string, unknown>>(all);
  expect(rows.map(plain)).toEqual(all);
  expect(rows[1]!.phases).toEqual({ waiting: 15_000.25, tls: 0 });
  expect(rows[0]).not.toEqual(all[0]);
  // What can't be a row is the object itself.
  expect(Object.hasOwn(rows[3]!, 'object') && Object.hasOwn(rows[4]!, 'list') && Object.hasOwn(rows[5]!, 'none')).toBe(
    true,
  );
});

test('what a text begins with, of a row as of an object', () => {
  const all = ['kept-post-41-8', 'kept-post-41-', '7', 'a-007', ''].map((request) => ({ request }));
  const heads = ['kept-post-41-', 'kept-post-41-', '', 'a-00', ''];
  expect(all.map((one) => headOf(one, 'request'))).toEqual(heads);
  expect(kept(all).map((one) => headOf(one, 'request'))).toEqual(heads);
  const numbers = [8, undefined, 7, 7, undefined];
  expect(all.map((one) => numberOf(one, 'request'))).toEqual(numbers);
  expect(kept(all).map((one) => numberOf(one, 'request'))).toEqual(numbers);
});

test('a field of another kind, or none, is another shape', () => {
  const all = [
    { a: 1 },
    { a: '1' },
    { a: true },
    {},
    { b: 1 },
    { a: 1, b: 2 },
    { b: 2, a: 1 },
    { a: { c: 1 } },
    { a: { c: '1' } },
    { a: { d: 1 } },
  ];
  const rows = kept<object>(all);
  expect(rows.map(plain)).toEqual(all);
  expect(JSON.stringify(rows)).toBe(JSON.stringify(all));
});

test('more shapes than are worth it: they stay as they are', () => {
  const all = Array.from({ length: 50 }, (_, i) => ({ [`f${i}`]: i }));
  expect(kept<object>([...all, ...all]).map(plain)).toEqual([...all, ...all]);
});

describe('by chance', () => {
  const text = fc.oneof(
    fc.constantFrom(
      '',
      '0',
      '00',
      '007',
      'a-0',
      'a-00',
      'a-01',
      'a-10',
      '4294967295',
      '99999999999',
      'new-202-800',
      '10.244.0.8',
      'größer-7',
      '𝟙1',
    ),
    fc.string(),
    fc.tuple(fc.constantFrom('kept-', 'x-', ''), fc.nat()).map(([head, tail]) => `${head}${tail}`),
  );
  const number = fc.oneof(
    fc.constantFrom(
      0,
      255,
      256,
      65_535,
      65_536,
      2 ** 32 - 1,
      2 ** 32,
      4_294.967_295,
      4_294.967_296,
      0.000_000_1,
      -1,
      1e300,
    ),
    fc.nat(300),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
    fc.nat(5e9).map((nanos) => nanos / 1e6),
  );
  const one = fc.record({ id: text, t: number, good: fc.boolean(), phases: fc.record({ a: number, b: number }) });

  test('whatever the order of narrow and wide values', () => {
    fc.assert(
      fc.property(fc.array(one, { maxLength: 40 }), (all) => {
        expect(kept(all).map(plain)).toEqual(all.map(plain));
      }),
    );
  });

  test('beyond a page', () => {
    const rare = fc.array(fc.tuple(fc.nat(19_999), one), { maxLength: 6 });
    fc.assert(
      fc.property(rare, (odd) => {
        const all = Array.from({ length: 20_000 }, (_, i) => ({
          id: `x-${i}`,
          t: 5,
          good: true,
          phases: { a: 0, b: 0.5 },
        }));
        for (const [at, value] of odd) all[at] = value;
        const rows = kept(all);
        const looked = [0, 16_383, 16_384, 19_999, ...odd.flatMap(([at]) => [at - 1, at, at + 1])].filter(
          (at) => at in all,
        );
        expect(looked.map((at) => plain(rows[at]!))).toEqual(looked.map((at) => plain(all[at]!)));
      }),
      { numRuns: 10 },
    );
  });

  test('a line is scanned to what it is parsed to, or not at all', () => {
    const lines = fc.array(fc.tuple(one, fc.nat(5)), { maxLength: 40 });
    fc.assert(
      fc.property(lines, fc.infiniteStream(fc.nat()), (all, random) => {
        const store = columnStore();
        const seen: { row: object; line: string }[] = [];
        for (const [object, damage] of all) {
          const whole = JSON.stringify(object);
          const at = random.next().value! % whole.length;
          // Of six lines one lacks a character, and one has another in its place.
          const cut = damage > 1 ? whole : whole.slice(0, at) + (damage === 1 ? '#' : '') + whole.slice(at + 1);
          // A line is bytes: where a character of two halves was cut, what is left of it is no longer one there.
          const line = cut.toWellFormed();
          let parsed: object | undefined;
          try {
            parsed = JSON.parse(line);
          } catch {}
          const row = scan(store, line) ?? (parsed === undefined ? undefined : store.keep({ ...parsed }));
          expect(row === undefined).toBe(parsed === undefined);
          if (row !== undefined) seen.push({ row, line });
        }
        expect(seen.map(({ row }) => plain(row))).toEqual(seen.map(({ line }) => plain(JSON.parse(line))));
      }),
      { numRuns: 300 },
    );
  });
});

test('also such as are not ASCII; half a character is not taken for what it is written as', () => {
  const store = columnStore();
  const line = (name: string) => JSON.stringify({ name });
  store.keep({ name: 'x' });
  const names = ['größer-7', 'größer-8', '\u{1f984}1', '\ufffd-1', '\ufeffbegins', 'größer-7'];
  expect(names.map((name) => plain(scan(store, line(name))!))).toEqual(names.map((name) => ({ name })));
  const halves = columnStore();
  halves.keep({ name: '\ud800' });
  expect(scan(halves, line('\ud800'))).toBeUndefined();
  expect(plain(scan(halves, line('\ufffd'))!)).toEqual({ name: '\ufffd' });
  // What is no UTF-8 is read as the decoder reads it.
  const broken = Buffer.concat([Buffer.from('{"name":"'), Buffer.from([0xc3]), Buffer.from('"}')]);
  expect(plain(halves.scan(broken, 0, broken.length)!)).toEqual({ name: '\ufffd' });
});

test('lines of a shape that was kept are scanned; others, and what is written otherwise, are left to JSON.parse', () => {
  const store = columnStore();
  const line = (more: object) =>
    JSON.stringify({ type: 'request', id: 'x-1', t: 1, phases: { a: 0.5 }, reused: true, ...more });
  store.keep(JSON.parse(line({})));
  const scanned = ['{"id":"x-2"}', '{"t":12345678901,"phases":{"a":0.25}}', '{"id":"other"}', '{"reused":false}'].map(
    (more) => line(JSON.parse(more)),
  );
  expect(scanned.map((one) => plain(scan(store, one)!))).toEqual(scanned.map((one) => JSON.parse(one)));
  const left = [
    line({ type: 'server' }),
    line({ t: -1 }),
    line({ t: 1e21 }),
    line({ t: 1e-7 }),
    line({ t: 1234567890.123456 }),
    line({ t: null }),
    line({ id: 'a "quoted" one' }),
    line({ id: 'line\nbreak' }),
    line({ more: 1 }),
    line({ phases: { a: 0.5, b: 1 } }),
    line({}).replace('"t":1', '"t": 1'),
    line({}).replace('"t":1', '"t":01'),
    line({}).replace('"t":1', '"t":1.'),
    line({}).replace('x-1', 'x\t1'),
    `${line({})} `,
    line({}).slice(0, -1),
    '{}',
    '',
  ];
  expect(left.filter((one) => scan(store, one) !== undefined)).toEqual([]);
});
