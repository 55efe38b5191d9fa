import { drops } from '../../checks/drops.ts';
import { type Count, counts } from '../../checks/moments.ts';
import { stalls } from '../../checks/stalls.ts';
import { waves } from '../../checks/waves.ts';
import { type ScenarioHistory, transitionsOf } from '../../history/select.ts';
import { type Clock, clockOf } from './clock.ts';
import { densityOf } from './density.ts';
import { lostRequests } from './drops.ts';
import { podBars } from './pods.ts';
import type { Step, Timeline, WaveBand } from './types.ts';

/**
 * The timeline of one scenario. What can't be read is left out of it: a report is made of a broken history too, and says
 * in its checks what is wrong.
 */
export function timelineOf(history: ScenarioHistory): Timeline {
  const clock = clockOf(history);
  const bands = readable(() => waveBands(history, clock), []);
  const bars = readable(() => podBars(history, clock), { versions: [], pods: [], indexOf: () => -1 });
  const lost = readable(() => lostRequests(history, clock, bars, bands), { drops: [], stalls: [], texts: [] });
  const { ms, from, to, zero } = clock;
  return {
    from,
    to,
    zero,
    versions: bars.versions,
    pods: bars.pods,
    transitions: transitionsOf(history).map((one) => ({ kind: one.kind, from: ms(one.from), to: ms(one.to) })),
    waves: bands,
    steps: readable(() => stepsOf(counts(history), clock), []),
    actions: history.actions
      .map(({ t, end, detail, ok }) => ({ t: ms(t), end: end === undefined ? null : ms(end), text: detail, ok }))
      .filter(({ t }) => t >= from),
    marks: history.markers
      .filter(({ marker }) => marker !== 'trigger')
      .map(({ t, marker }) => ({ t: ms(t), name: marker }))
      .filter(({ t }) => t >= from && t <= to),
    holes: holesOf(history, clock),
    density: densityOf(history, clock, { dropped: new Set(drops(history)), stalled: new Set(stalls(history)) }),
    ...lost,
  };
}

function readable<T>(read: () => T, instead: T): T {
  try {
    return read();
  } catch {
    return instead;
  }
}

function waveBands(history: ScenarioHistory, { ms }: Clock): WaveBand[] {
  return waves(history).map((wave, index) => ({
    number: index + 1,
    label: `(${wave.old},${wave.new})${wave.selector === '' ? '' : ` ${wave.selector}`}`,
    transition: wave.transition,
    from: ms(wave.from),
    to: ms(wave.to),
    requests: wave.requests,
    dropped: wave.dropped,
    floor: wave.floor,
    minAvailable: wave.minAvailable,
  }));
}

/** Only where something changes. */
function stepsOf(all: Count[], { ms }: Clock): Step[] {
  const steps: Step[] = [];
  for (const { t, ready, available, floor, ceiling, endpoints } of all) {
    const step: Step = [ms(t), ready, available, floor, ceiling, endpoints];
    const last = steps.at(-1);
    if (last === undefined || step.some((value, index) => index > 0 && value !== last[index])) steps.push(step);
  }
  return steps;
}

function holesOf({ observations }: ScenarioHistory, { ms, from, to }: Clock): Timeline['holes'] {
  return observations
    .flatMap((one) => {
      if (one.type === 'gap')
        return [{ from: ms(one.from), to: ms(one.to), what: `${one.source} was blind: ${one.reason}` }];
      if (one.type === 'fault')
        return [{ from: ms(one.from), to: ms(one.to), what: `fault of ${one.source}: ${one.detail}` }];
      return [];
    })
    .filter((hole) => hole.to >= from && hole.from <= to);
}
