import type { CauseName } from '../diagnosis/catalogue.ts';
import { WHAT_HAPPENS } from '../diagnosis/what-happens.ts';
import { printable } from './printable.ts';
import type { CauseVerdict, ScenarioVerdict } from './verdict.ts';

/**
 * What came out, in one sentence: "Dropped 163 of 9,806 requests during waves 2–6: the pods exit while connections are
 * open." Names come from a cluster: the caller escapes.
 */
export function headline(scenario: ScenarioVerdict): string {
  const { verdict, checks, causes } = scenario;
  const { requests, dropped } = totals(scenario);
  const failing = checks.filter((check) => check.verdict === 'fail' && check.name !== 'no-drops');
  const broken = failing.map(({ name, detail }) => `${BROKEN.get(name) ?? name} (${brief(detail)})`);
  if (verdict === 'fail' && dropped > 0) {
    const also = broken.length === 0 ? '' : ` Also: ${broken.join('; ')}.`;
    return `Dropped ${figure(dropped)} of ${figure(requests)} requests${during(scenario)}: ${why(causes)}.${also}`;
  }
  if (verdict === 'fail') {
    const kept = requests > 0 ? ` No request was dropped, of ${figure(requests)}.` : '';
    const stalled = checks.find((check) => check.name === 'no-drops' && check.verdict === 'fail');
    const first = [...broken, ...(stalled === undefined ? [] : [`requests stalled (${brief(stalled.detail)})`])];
    return `${capital(first.join('; '))}.${kept}`;
  }
  if (verdict === 'inconclusive') {
    const open = checks.filter((check) => check.verdict === 'inconclusive');
    const lost = dropped > 0 ? ` ${figure(dropped)} of ${figure(requests)} requests were dropped all the same.` : '';
    const named = open.map(({ name, detail }) => `${name}: ${brief(detail)}`).join('; ');
    return `Nobody can say.${lost} ${capital(named || 'nothing was examined')}.`;
  }
  return `Dropped none of ${figure(requests)} requests${floorWords(scenario)}.`;
}

export function totals(scenario: Pick<ScenarioVerdict, 'transitions'>): { requests: number; dropped: number } {
  return {
    requests: scenario.transitions.reduce((sum, one) => sum + one.requests, 0),
    dropped: scenario.transitions.reduce((sum, one) => sum + one.dropped, 0),
  };
}

/** "9,806". */
export const figure = (value: number): string => value.toLocaleString('en-US');

const BROKEN = new Map([
  ['ready-floor', 'fewer pods were ready than the floor allows'],
  ['surge-ceiling', 'more pods were wanted than the ceiling allows'],
  ['monotone', 'the rollout went back a step'],
  ['endpoints', 'the endpoints lagged too far behind'],
  ['done', 'the rollout did not come to its end'],
]);

/** Waves are numbered over the whole scenario, as in the timeline. */
function during({ transitions }: ScenarioVerdict): string {
  const waves = transitions.flatMap((one) => one.waves);
  const hit = waves.flatMap(({ dropped }, index) => (dropped > 0 ? [index + 1] : []));
  if (hit.length === 0) return '';
  return ` during wave${hit.length === 1 ? '' : 's'} ${ranges(hit)} of ${waves.length}`;
}

/** "1–3, 5". */
function ranges(ascending: number[]): string {
  const found: [number, number][] = [];
  for (const one of ascending) {
    const last = found.at(-1);
    if (last !== undefined && one === last[1] + 1) last[1] = one;
    else found.push([one, one]);
  }
  return found.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(', ');
}

function why([main, ...others]: CauseVerdict[]): string {
  if (main === undefined) return WHAT_HAPPENS.unattributed;
  const what = WHAT_HAPPENS[main.cause as CauseName] ?? main.cause;
  if (others.length === 0) return what;
  const rest = others.map(({ cause, count }) => `${figure(count)} × ${cause}`).join(', ');
  return `${what} (${figure(main.count)}; also ${rest})`;
}

function floorWords({ checks, transitions }: ScenarioVerdict): string {
  const waves = transitions.flatMap((one) => one.waves);
  const floor = checks.find(({ name }) => name === 'ready-floor');
  if (floor?.verdict !== 'pass' || waves.length === 0) return '';
  const [least, most] = [Math.min(...waves.map((one) => one.floor)), Math.max(...waves.map((one) => one.floor))];
  return `, and never had fewer pods ready than the floor of ${least === most ? least : `${least} to ${most}`}`;
}

/** The first of the facts that a check names: all of them stand beside it. */
function brief(detail: string): string {
  const [first = '', ...rest] = printable(detail).split('; ');
  return rest.length === 0 ? first : `${first}; …`;
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
