/** What the nightly suite varies. Every pair of values that can come together comes together in one scenario at least. */
export const FACTORS = {
  /** How an update is written. */
  by: ['set-image', 'edit', 'patch', 'apply', 'api', 'restart'],
  /** What is made of it. The last two need a version that does not come up. */
  course: [
    'alone',
    'undone after it',
    'undone in the middle',
    'back to revision 1',
    'paused and resumed',
    'scaled before',
    'scaled in the middle',
    'overtaken by another',
    'stuck, then undone',
    'stuck, then mended by another',
  ],
  nodes: [1, 3],
  replicas: [1, 2, 3, 10],
  /** maxSurge/maxUnavailable. */
  strategy: ['1/0', '0/1', '1/1', '25%/25%', '100%/0'],
  /** The new version: how it comes up, or why it does not. */
  version: ['sound', 'with minReadySeconds', 'slow to start', 'never ready', 'crash loop', 'bad image'],
} as const;

export interface Row {
  by: (typeof FACTORS.by)[number];
  course: (typeof FACTORS.course)[number];
  nodes: (typeof FACTORS.nodes)[number];
  replicas: (typeof FACTORS.replicas)[number];
  strategy: (typeof FACTORS.strategy)[number];
  version: (typeof FACTORS.version)[number];
}

const DOES_NOT_COME_UP: readonly string[] = ['never ready', 'crash loop', 'bad image'];

/** Whether these values, of all factors or of some, can come together. */
export function fits({ by, course, version }: Partial<Row>): boolean {
  const stuck = course?.startsWith('stuck');
  const broken = version === undefined ? undefined : DOES_NOT_COME_UP.includes(version);
  // A restart brings the version that is there, which comes up.
  if (by === 'restart' && (stuck || broken)) return false;
  return stuck === undefined || broken === undefined || stuck === broken;
}

/** Two values of different factors. */
export type Pair = Partial<Row>;

/** Every pair that can come together. */
export function pairs(): Pair[] {
  const names = Object.keys(FACTORS) as (keyof Row)[];
  return names.flatMap((a, index) =>
    names
      .slice(index + 1)
      .flatMap((b) => FACTORS[a].flatMap((first) => FACTORS[b].map((second) => ({ [a]: first, [b]: second }) as Pair)))
      .filter(fits),
  );
}

/** The row has both values of the pair. */
export function together(row: Partial<Row>, pair: Pair): boolean {
  return Object.entries(pair).every(([name, value]) => row[name as keyof Row] === value);
}
