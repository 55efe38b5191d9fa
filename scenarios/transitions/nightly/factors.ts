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
export function fits({ by, course, nodes, replicas, strategy, version }: Partial<Row>): boolean {
  // Ten pods that start at once on three nodes stop the load itself on 2 cores, for 1.6 s as measured.
  if (nodes === 3 && replicas === 10 && strategy === '100%/0') return false;
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

/** How many rolls, each step of them as long as the next, a course comes to; and what it waits for beside them, seconds. */
const COURSES: Record<Row['course'], { rolls: number; waits: number }> = {
  alone: { rolls: 1, waits: 0 },
  'undone after it': { rolls: 2, waits: 0 },
  'undone in the middle': { rolls: 1, waits: 0 },
  'back to revision 1': { rolls: 3, waits: 0 },
  'paused and resumed': { rolls: 1, waits: 4 },
  'scaled before': { rolls: 1.1, waits: 4 },
  'scaled in the middle': { rolls: 1.2, waits: 0 },
  'overtaken by another': { rolls: 1.5, waits: 0 },
  'stuck, then undone': { rolls: 0.2, waits: 9 },
  'stuck, then mended by another': { rolls: 1.2, waits: 9 },
};

/** Seconds from one step of a roll to the next. A version that does not come up is mended by one that is sound. */
const STEP: Partial<Record<Row['version'], number>> = { 'with minReadySeconds': 5.6, 'slow to start': 6 };
const SOUND = 3;
/** Set-up, baseline, draining, quiet tail, judgement. */
const AROUND = 30;

/** About how long a scenario takes, seconds, as measured in a night on 2 cores: of two that cover as much, the shorter one is chosen. */
export function secondsOf({ course, replicas, strategy, version }: Row): number {
  const { rolls, waits } = COURSES[course];
  const steps = Math.ceil(replicas / atOnce(strategy, replicas));
  return AROUND + waits + rolls * steps * (STEP[version] ?? SOUND);
}

/** Pods that a step replaces. */
function atOnce(strategy: Row['strategy'], replicas: number): number {
  switch (strategy) {
    case '1/0':
    case '0/1':
      return 1;
    case '1/1':
      return 2;
    case '25%/25%':
      return Math.ceil(replicas / 4) + Math.floor(replicas / 4);
    case '100%/0':
      return replicas;
  }
}
