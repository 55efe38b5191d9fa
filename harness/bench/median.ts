/** Of an even number of values the upper one of the middle two. */
export const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

/** Two decimals. */
export const figure = (value: number): number => Number(value.toFixed(2));

/** Measures each of some things so many times, one after the other, each time in the opposite order of the time before. */
export async function alternating<K extends string>(
  times: number,
  what: Record<K, () => Promise<number>>,
): Promise<Record<K, number>[]> {
  const all: Record<K, number>[] = [];
  const names = Object.keys(what) as K[];
  for (let i = 0; i < times; i += 1) {
    const found = {} as Record<K, number>;
    for (const name of i % 2 === 0 ? names : names.toReversed()) found[name] = await what[name]();
    all.push(found);
    process.stderr.write(`${i + 1} of ${times}: ${names.map((name) => `${name} ${figure(found[name])}`).join(', ')}\n`);
  }
  return all;
}
