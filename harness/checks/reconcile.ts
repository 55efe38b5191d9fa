import type { ScenarioHistory } from '../history/select.ts';
import { judgedIn, ofType } from '../history/select.ts';
import type { LaneName, LogRead, RequestSeen } from '../history/types.ts';
import { podBefore } from './connections.ts';
import { isGood } from './good.ts';

/** What clients sent against what servers logged, in one lane of the judged span. Request ids, not observation ids. */
export interface Reconciliation {
  lane: LaneName;
  sent: number;
  answered: number;
  /** Some server logged its id. */
  handled: number;
  /** A good answer, and no log has its id though the answering pod's log was read whole. Nothing should do that. */
  answeredNeverHandled: string[];
  /** Logged more than once: sent again behind the client's back, and handled each time. */
  handledTwice: string[];
  /** The server did the work, the client never saw an answer. */
  handledNeverAnswered: string[];
  /**
   * Answered by another pod than the one that its reused connection led to: the client's library sent it again on a new
   * connection, and told nobody. Go does so with requests that it holds to be idempotent.
   */
  sentAgain: string[];
  /** Whether an id's absence proves anything: the service logs ids, and every log of the span was read whole. */
  evidence: 'whole' | 'partial' | 'absent';
}

/** One entry for each lane that the judged span has requests of, in the order of the load plan. */
export function reconcile(history: ScenarioHistory): Reconciliation[] {
  const { started } = history;
  if (started === undefined) return [];
  const lines = Map.groupBy(
    ofType(history, 'server').filter(({ event }) => event === 'handled'),
    ({ request }) => request ?? '',
  );
  const logs = ofType(history, 'log');
  const evidence = !started.logsRequestIds ? 'absent' : wholeThrough(history, logs) ? 'whole' : 'partial';
  const again = sentAgain(history);
  return started.load.lanes.flatMap(({ name }) => {
    const requests = judgedIn(history, name);
    if (requests.length === 0) return [];
    const one: Reconciliation = {
      lane: name,
      sent: requests.length,
      answered: 0,
      handled: 0,
      answeredNeverHandled: [],
      handledTwice: [],
      handledNeverAnswered: [],
      sentAgain: [],
      evidence,
    };
    for (const request of requests) {
      const times = lines.size === 0 ? 0 : (lines.get(request.request)?.length ?? 0);
      if (request.status > 0) one.answered += 1;
      if (times > 0) one.handled += 1;
      if (times > 1) one.handledTwice.push(request.request);
      if (times > 0 && request.status === 0) one.handledNeverAnswered.push(request.request);
      // A service that logs no ids never has one in its log.
      if (times === 0 && evidence !== 'absent' && covered(request, logs) && isGood(request, started.load))
        one.answeredNeverHandled.push(request.request);
      if (again.has(request)) one.sentAgain.push(request.request);
    }
    return [one];
  });
}

/** The answering pod's log is whole, and reaches beyond the answer. */
function covered({ pod, end }: RequestSeen, logs: LogRead[]): boolean {
  if (logs.length === 0) return false;
  const own = logs.filter((log) => log.pod === pod);
  return own.length > 0 && own.every(({ whole }) => whole) && own.some((log) => log.from <= end && log.until >= end);
}

function wholeThrough(history: ScenarioHistory, logs: LogRead[]): boolean {
  const gaps = ofType(history, 'gap').some(({ source }) => source.startsWith('logs:'));
  return logs.length > 0 && !gaps && logs.every(({ whole }) => whole);
}

/** A connection leads to one pod for as long as it lives: answered by another, a reused one had broken. */
function sentAgain(history: ScenarioHistory): Set<RequestSeen> {
  const before = podBefore(history);
  const moved = (request: RequestSeen) => {
    if (!request.reused || request.status === 0 || request.pod === '') return false;
    const led = before(request);
    return led !== undefined && request.pod !== led;
  };
  return new Set(history.requests.filter(moved));
}
