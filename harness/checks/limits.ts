import { judgedRequests, type ScenarioHistory } from '../history/select.ts';
import type { RequestSeen } from '../history/types.ts';
import { faultSpans, liesIn } from './fault-spans.ts';
import { durationMs, isWhole, quantile } from './good.ts';
import { type Took, took } from './took.ts';
import type { Finding } from './types.ts';

/** Fewer answers than these have no 99th percentile: it would be the slowest of them. */
export const LEAST_ANSWERS = 100;

/**
 * While a transition goes on, the 99th percentile (nearest rank) of the answers in lane `new` is `expect.p99Ms` at most.
 * The quiet tail is left out: its quick answers would hide slow ones. Where the control lane is above the limit too, it is
 * the machine's latency, and nobody can say; nor what answers in a fault of the machine would have taken without it.
 */
export function latency(history: ScenarioHistory): Finding {
  const limit = history.started?.expectation.p99Ms ?? Number.POSITIVE_INFINITY;
  const fresh = judgedRequests(history).filter((request) => request.lane === 'new' && isWhole(request));
  const control = history.requests.filter((request) => request.lane === 'control' && isWhole(request));
  const judged = took(history).map((one) => ({ one, ...tail(fresh, one), shared: tail(control, one).p99 }));
  const known = judged.filter(({ answers }) => answers >= LEAST_ANSWERS);
  const over = known.filter(({ p99 }) => p99 > limit);
  const faults = faultSpans(history);
  const well = fresh.filter((request) => !faults.some((fault) => liesIn(request, fault)));
  const services = over.filter(({ one, shared }) => !(shared > limit) && tail(well, one).p99 > limit);
  const words = judged.map(({ one, answers, p99, shared }) =>
    answers < LEAST_ANSWERS
      ? `${one.kind}: ${answers} answers in lane new, ${LEAST_ANSWERS} are needed`
      : `${one.kind}: p99 ${p99.toFixed(1)} ms of ${answers}${p99 > limit && shared > limit ? `; that of the control lane was ${shared.toFixed(1)} ms` : ''}`,
  );
  return {
    name: 'latency',
    verdict: services.length > 0 ? 'fail' : over.length > 0 || known.length < judged.length ? 'inconclusive' : 'pass',
    examined: known.reduce((sum, { answers }) => sum + answers, 0),
    witnesses: services.flatMap(({ one }) =>
      inside(well, one)
        .filter((request) => durationMs(request) > limit)
        .map(({ id }) => id),
    ),
    detail: `at most ${limit} ms; ${words.join('; ')}`,
  };
}

const inside = (requests: RequestSeen[], { from, until }: Took) => requests.filter(({ t }) => t >= from && t < until);

function tail(requests: RequestSeen[], span: Took): { answers: number; p99: number } {
  const sorted = inside(requests, span)
    .map(durationMs)
    .sort((a, b) => a - b);
  return { answers: sorted.length, p99: quantile(sorted, 0.99) ?? 0 };
}

/** Each transition is over within `expect.seconds`, counted from its trigger. */
export function duration(history: ScenarioHistory): Finding {
  const limit = history.started?.expectation.seconds ?? Number.POSITIVE_INFINITY;
  const all = took(history).map((one) => ({ ...one, seconds: (one.until - one.from) / 1e9 }));
  const over = all.filter(({ seconds }) => seconds > limit);
  const faults = faultSpans(history);
  const services = over.filter(({ from, until }) => !faults.some((fault) => fault.from < until && fault.to > from));
  const held = over.length > services.length ? '; a fault of the machine may have held it up' : '';
  const triggers = history.markers.filter(({ marker }) => marker === 'trigger');
  return {
    name: 'duration',
    verdict: services.length > 0 ? 'fail' : over.length > 0 ? 'inconclusive' : 'pass',
    examined: all.length,
    witnesses: services.flatMap(({ from }) => triggers.filter(({ t }) => t === from).map(({ id }) => id)),
    detail: `at most ${limit} s; ${all.map(({ kind, seconds }) => `${kind}: ${seconds.toFixed(1)} s`).join('; ')}${held}`,
  };
}
