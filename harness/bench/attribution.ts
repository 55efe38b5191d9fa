import { drops } from '../checks/drops.ts';
import { durationMs } from '../checks/good.ts';
import { reconcile } from '../checks/reconcile.ts';
import { explain } from '../diagnosis/diagnose.ts';
import { type ScenarioHistory, scenariosOf } from '../history/select.ts';
import { readHistory } from '../scenario/run-folder.ts';
import { allowedCauses, phasesOf } from './oracle.ts';

/** How diagnosis did on runs of the article's app, held against the app's own account of its phases. */
export interface Attribution {
  lane: string;
  drops: number;
  certain: number;
  likely: number;
  unattributed: number;
  /** Named a cause that the oracle does not allow. */
  wrong: number;
  /** Of the drops, those with a cause that is allowed. */
  right: number;
}

/** Requests that a client sent again in silence, by reconciliation, and how many of them were stalls of 4 s and more. */
function sentAgain(history: ScenarioHistory): { again: number; stalled: number } {
  const ids = new Set(reconcile(history).flatMap((one) => one.sentAgain));
  const slow = history.requests.filter((one) => ids.has(one.request) && durationMs(one) >= 4000);
  return { again: ids.size, stalled: slow.length };
}

/** @param history of a scenario that rolls the article's app. */
export function attribution(history: ScenarioHistory): { lanes: Attribution[]; wrong: string[] } {
  const phases = phasesOf(history);
  const lanes = new Map<string, Attribution>();
  const wrong: string[] = [];
  for (const { drop, cause, confidence } of explain(history, drops(history))) {
    const { lane, request } = drop.request;
    const row = lanes.get(lane) ?? { lane, drops: 0, certain: 0, likely: 0, unattributed: 0, wrong: 0, right: 0 };
    lanes.set(lane, row);
    row.drops += 1;
    row[confidence] += 1;
    if (cause === 'unattributed') continue;
    const allowed = allowedCauses(drop.request, phases);
    if (allowed.has(cause)) row.right += 1;
    else {
      row.wrong += 1;
      wrong.push(`${request}: ${cause}, allowed: ${[...allowed].join(', ') || 'none'}`);
    }
  }
  return { lanes: [...lanes.values()], wrong };
}

/** `npm run bench -- attribution RUN…`: over saved runs; scenarios whose app logs its sleep. */
export function attributionOfRuns(folders: string[]): string {
  const total = new Map<string, Attribution>();
  const lines: string[] = [];
  let rolls = 0;
  const silent = { again: 0, stalled: 0 };
  for (const folder of folders) {
    for (const history of scenariosOf(readHistory(folder))) {
      if (phasesOf(history).length === 0) continue;
      rolls += 1;
      const { again, stalled } = sentAgain(history);
      silent.again += again;
      silent.stalled += stalled;
      const { lanes, wrong } = attribution(history);
      lines.push(...wrong.map((one) => `wrong in ${folder}: ${one}`));
      for (const row of lanes) {
        const sum = total.get(row.lane);
        if (sum === undefined) total.set(row.lane, { ...row });
        else
          for (const key of ['drops', 'certain', 'likely', 'unattributed', 'wrong', 'right'] as const)
            sum[key] += row[key];
      }
    }
  }
  const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)}%`;
  return [
    `${rolls} rolls of the article's app`,
    '| lane | drops | certain | likely | unattributed | right | wrong |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...[...total.values()].map(
      (row) =>
        `| ${row.lane} | ${row.drops} | ${row.certain} | ${row.likely} | ${row.unattributed} | ${row.right} (${percent(row.right, row.drops)}) | ${row.wrong} |`,
    ),
    `${silent.again} requests were sent again in silence, ${silent.stalled} of them answered after more than 4 s`,
    ...lines,
  ].join('\n');
}
