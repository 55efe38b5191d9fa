// Prints selection.ts: `npm run nightly` keeps it. The selection is kept, not made at each run: a scenario keeps its name from one
// night to the next. Greedy, row by row, as AETG does it (Cohen et al., 1997); covertable, the library for it on npm,
// lost a third of the pairs under constraints.
import fc from 'fast-check';
import { FACTORS, fits, type Pair, pairs, type Row, secondsOf, together } from './factors.ts';

const NAMES = Object.keys(FACTORS) as (keyof Row)[];
/** The selection that takes least of so many is kept, and each row is the best of so many. */
const [SELECTIONS, ROWS] = [24, 60];

/** A number from 0 to `below` − 1. */
type Random = (below: number) => number;

function selection(random: Random): Row[] {
  let open = pairs();
  const rows: Row[] = [];
  while (open.length > 0) {
    const tries = Array.from({ length: ROWS }, () => row(open, random)).filter((one) => one !== undefined);
    const worth = (one: Row) => covered(one, open) / secondsOf(one);
    const best = tries.reduce((a, b) => (worth(b) > worth(a) ? b : a));
    rows.push(best);
    open = open.filter((pair) => !together(best, pair));
  }
  return rows;
}

/** Begins with an open pair; each further value is the one that fits and meets most open pairs. */
function row(open: Pair[], random: Random): Row | undefined {
  const pair = open[random(open.length)]!;
  let made: Partial<Row> = { ...pair };
  for (const name of shuffled(NAMES, random)) {
    if (made[name] !== undefined) continue;
    const values = shuffled([...FACTORS[name]], random).filter((value) => fits({ ...made, [name]: value }));
    const [first] = values;
    if (first === undefined) return undefined;
    const met = (value: unknown) => covered({ ...made, [name]: value } as Row, open);
    made = { ...made, [name]: values.reduce((a, b) => (met(b) > met(a) ? b : a), first) };
  }
  return made as Row;
}

const covered = (made: Partial<Row>, open: Pair[]) => open.filter((pair) => together(made, pair)).length;

function shuffled<T>(values: readonly T[], random: Random): T[] {
  const left = [...values];
  return Array.from(values, () => left.splice(random(left.length), 1)[0]!);
}

/** From fast-check's generator: the same numbers at each time. */
function seeded(seed: number): Random {
  const numbers = fc.sample(fc.nat(), { seed, numRuns: 200_000 });
  let next = 0;
  return (below) => numbers[next++ % numbers.length]! % below;
}

const found = Array.from({ length: SELECTIONS }, (_, seed) => selection(seeded(seed)));
const length = (rows: Row[]) => rows.reduce((sum, one) => sum + secondsOf(one), 0);
const shortest = found.reduce((a, b) => (length(b) < length(a) ? b : a));
const rank = (one: Row) => NAMES.map((name) => (FACTORS[name] as readonly unknown[]).indexOf(one[name]));
// Scenarios of one topology are run together.
const sorted = shortest.sort((a, b) => a.nodes - b.nodes || compare(rank(a), rank(b)));
const lines = sorted.map((one) => `  { ${NAMES.map((name) => `${name}: ${literal(one[name])}`).join(', ')} },`);
process.stdout.write(`import type { Row } from './factors.ts';

/** Every pair of values that can come together, in rows that take as little time as was found. Made by \`npm run nightly\`. */
export const SELECTION: Row[] = [
${lines.join('\n')}
];
`);

function compare(a: number[], b: number[]): number {
  return a.map((value, i) => value - b[i]!).find((difference) => difference !== 0) ?? 0;
}

function literal(value: string | number): string {
  return typeof value === 'number' ? String(value) : `'${value}'`;
}
