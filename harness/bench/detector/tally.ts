import type { Measured } from '../records.ts';
import { type Share, share } from '../share.ts';
import type { PeerSays } from './says.ts';

/** One run of one control, as it came out. */
export interface ControlRun extends Measured {
  control: string;
  run: string;
  at: string;
  /** fail: it has a defect, and must be caught. pass: it has none. */
  expected: 'fail' | 'pass';
  /** The defect's cause, where it has one of its own. */
  cause?: string;
  /** refused: it did not come to a verdict (exit 3). */
  verdict: 'pass' | 'fail' | 'inconclusive' | 'refused';
  /** Transitions that it came to. */
  rolls: number;
  /** As in verdict.json: most counted first. */
  found: { cause: string; count: number; confidence: string }[];
  /** What the common tools said of the same rollout. */
  peers?: PeerSays[];
}

export interface ControlRow {
  control: string;
  expected: 'fail' | 'pass';
  runs: number;
  /** As it has to be: caught, or clean. */
  good: number;
  inconclusive: number;
  refused: number;
  /** Runs that were caught, of a defect that has a cause of its own. */
  named: number;
  /** The cause with the most drops is the defect's; of those. */
  rightCause: number;
  /** It is another one, and said to be certain. */
  surelyWrong: number;
}

/** What one tool said of the runs in which there were others beside the harness. */
export interface PeerRow {
  peer: string;
  /** Alarms, of the runs of controls with a defect. */
  caught: Share;
  /** Alarms, of the runs of controls without one. */
  falseAlarms: Share;
  /** Runs of which it said nothing; they are not counted in the shares. */
  nothing: number;
}

export interface Tally {
  rows: ControlRow[];
  /** Caught, of the runs of controls with a defect that could be judged. */
  sensitivity: Share;
  /** Clean, of the runs of controls without one that could be judged. */
  specificity: Share;
  /** Transitions in those. */
  rolls: number;
  rightCause: Share;
  surelyWrong: number;
  /** Runs that nobody could judge, of all. */
  unjudged: Share;
  /** The harness first, then the tools that ran beside it: of the same runs. */
  peers: PeerRow[];
  /** By the defect's cause: how often each cause was the one with the most drops; "none" where it was not caught. */
  confusion: Map<string, Map<string, number>>;
}

export function tallyOf(runs: ControlRun[]): Tally {
  const rows = [...Map.groupBy(runs, ({ control }) => control)]
    .map(([control, of]) => rowOf(control, of))
    .sort((a, b) => a.expected.localeCompare(b.expected) || a.control.localeCompare(b.control));
  const sum = (pick: (row: ControlRow) => number, expected?: 'fail' | 'pass') =>
    rows.filter((row) => expected === undefined || row.expected === expected).reduce((all, row) => all + pick(row), 0);
  const judged = ({ runs, inconclusive, refused }: ControlRow) => runs - inconclusive - refused;
  const named = runs.filter(isNamed);
  return {
    rows,
    sensitivity: share(
      sum(({ good }) => good, 'fail'),
      sum(judged, 'fail'),
    ),
    specificity: share(
      sum(({ good }) => good, 'pass'),
      sum(judged, 'pass'),
    ),
    rolls: runs
      .filter(({ expected, verdict }) => expected === 'pass' && (verdict === 'pass' || verdict === 'fail'))
      .reduce((all, one) => all + one.rolls, 0),
    rightCause: share(named.filter(isRight).length, named.length),
    surelyWrong: sum(({ surelyWrong }) => surelyWrong),
    unjudged: share(
      sum((row) => row.inconclusive + row.refused),
      runs.length,
    ),
    peers: peersOf(runs),
    confusion: confusionOf(runs),
  };
}

const SAID = { pass: 'fine', fail: 'alarm', inconclusive: 'nothing', refused: 'nothing' } as const;

function peersOf(runs: ControlRun[]): PeerRow[] {
  const opinions = runs.flatMap(({ expected, verdict, peers = [] }) => {
    const own = { peer: 'rollproof', says: SAID[verdict] };
    return peers.length === 0 ? [] : [own, ...peers].map(({ peer, says }) => ({ peer, says, expected }));
  });
  return [...Map.groupBy(opinions, ({ peer }) => peer)].map(([peer, all]) => {
    const said = all.filter(({ says }) => says !== 'nothing');
    const alarms = (expected: 'fail' | 'pass') => {
      const of = said.filter((one) => one.expected === expected);
      return share(of.filter(({ says }) => says === 'alarm').length, of.length);
    };
    return { peer, caught: alarms('fail'), falseAlarms: alarms('pass'), nothing: all.length - said.length };
  });
}

function rowOf(control: string, runs: ControlRun[]): ControlRow {
  const count = (holds: (run: ControlRun) => boolean) => runs.filter(holds).length;
  // Of a run that came to nothing it is not known.
  const { expected } = runs.find(({ verdict }) => verdict !== 'refused') ?? runs[0]!;
  return {
    control,
    expected,
    runs: runs.length,
    good: count(({ verdict }) => verdict === expected),
    inconclusive: count(({ verdict }) => verdict === 'inconclusive'),
    refused: count(({ verdict }) => verdict === 'refused'),
    named: count(isNamed),
    rightCause: count(isRight),
    surelyWrong: count(isSurelyWrong),
  };
}

const isNamed = ({ verdict, cause }: ControlRun) => verdict === 'fail' && cause !== undefined;
const isRight = (run: ControlRun) => isNamed(run) && run.found[0]?.cause === run.cause;
const isSurelyWrong = ({ cause, found: [most] }: ControlRun) =>
  cause !== undefined && most !== undefined && most.cause !== cause && most.confidence === 'certain';

function confusionOf(runs: ControlRun[]): Map<string, Map<string, number>> {
  const confusion = new Map<string, Map<string, number>>();
  for (const { cause, verdict, found } of runs) {
    if (cause === undefined || verdict === 'inconclusive' || verdict === 'refused') continue;
    const row = confusion.get(cause) ?? new Map<string, number>();
    const name = found[0]?.cause ?? 'none';
    confusion.set(cause, row.set(name, (row.get(name) ?? 0) + 1));
  }
  return confusion;
}

/** As text, for a terminal and for docs/: Markdown. */
export function tallyText({ rows, peers, confusion, ...tally }: Tally): string {
  const percent = (value: number) => `${(value * 100).toFixed(1)}%`;
  const told = ({ hits, of, from, to }: Share) =>
    of === 0 ? 'none' : `${hits} of ${of} (95%: ${percent(from)} to ${percent(to)})`;
  const row = (one: ControlRow) => {
    const cause = one.named > 0 ? `${one.rightCause} of ${one.named}` : '–';
    const unjudged = one.inconclusive + one.refused;
    return `| ${one.control} | ${one.expected === 'fail' ? 'caught' : 'clean'} ${one.good} of ${one.runs} | ${cause} | ${one.surelyWrong} | ${unjudged} |`;
  };
  const matrix = [...confusion]
    .sort(([a], [b]) => a.localeCompare(b))
    .flatMap(([cause, found]) => {
      const parts = [...found].sort((a, b) => b[1] - a[1]).map(([name, count]) => `${name} ${count}`);
      return [`| ${cause} | ${parts.join(', ')} |`];
    });
  return [
    `- caught, of runs with a defect: ${told(tally.sensitivity)}`,
    `- clean, of runs without one: ${told(tally.specificity)}, with ${tally.rolls} transitions in them`,
    `- right cause, of those caught: ${told(tally.rightCause)}; another one that was said to be certain: ${tally.surelyWrong}`,
    `- could not be judged: ${told(tally.unjudged)}`,
    '',
    '| control | came out | right cause | certain of another | could not be judged |',
    '| --- | --- | --- | --- | --- |',
    ...rows.map(row),
    '',
    '| the defect’s cause | the cause with the most drops |',
    '| --- | --- |',
    ...matrix,
    '',
    '| tool, beside each other in the same runs | alarm, of runs with a defect | alarm, of runs without one | said nothing |',
    '| --- | --- | --- | --- |',
    ...peers.map((one) => `| ${one.peer} | ${told(one.caught)} | ${told(one.falseAlarms)} | ${one.nothing} |`),
  ].join('\n');
}
