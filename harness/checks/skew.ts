import { replay } from '../history/replay.ts';
import { ofType, type ScenarioHistory } from '../history/select.ts';
import type { Nanos } from '../history/types.ts';

/** How much later than it happened a watch may tell of it, milliseconds; times of the API have whole seconds besides. */
const LAG_MS = 2_000;
const WHOLE_SECOND_MS = 1_000;
/** Two clocks that are kept in step differ by less. */
const STEP_MS = 100;

/**
 * What is wrong with the cluster's clock, beside the harness's, or undefined. Pods' own times are needed only where they
 * have to be ready for minReadySeconds: nobody else asks since when a pod is ready. Whoever saw a pod become ready knows both:
 * it was told of no earlier than it happened, and, of the quickest, not much later.
 */
export function skew(history: ScenarioHistory): string | undefined {
  const delays = readyDelays(history);
  if (delays === undefined || delays.length === 0) return undefined;
  const [least, seconds] = [Math.min(...delays), (ms: number) => (ms / 1000).toFixed(1)];
  const told = (what: string) => `${what}: since when pods were ready for minReadySeconds cannot be told`;
  if (least < -STEP_MS) return told(`the cluster's clock was ahead by ${seconds(-least)} s at least`);
  if (least > LAG_MS + WHOLE_SECOND_MS)
    return told(`the cluster's clock was behind by up to ${seconds(least)} s, or its watch told as late`);
  return undefined;
}

/** For each pod that was seen to become ready, how much later; undefined where nothing waits for minReadySeconds. */
function readyDelays(history: ScenarioHistory): number[] | undefined {
  const gaps = ofType(history, 'gap').filter(({ source }) => source === 'watch:Pod');
  const isBlind = (t: Nanos) => gaps.some(({ from, to }) => t >= from && t <= to);
  const since = new Map<string, number>();
  const delays: number[] = [];
  let waits = false;
  for (const { event, pods, deployments, replicaSets } of replay(history)) {
    waits ||= [...deployments.values(), ...replicaSets.values()].some(({ minReadySeconds }) => minReadySeconds > 0);
    const pod = event.kind === 'Pod' ? pods.get(event.uid) : undefined;
    if (pod === undefined) continue;
    const before = since.get(pod.uid);
    const now = pod.ready ? pod.readySinceMs : 0;
    since.set(pod.uid, now);
    if (before !== 0 || now === 0 || event.verb === 'listed' || isBlind(event.t)) continue;
    delays.push(event.t / 1e6 + history.epochMs - now);
  }
  return waits ? delays : undefined;
}
