import { type PodLife, podLives } from '../../history/pod-lives.ts';
import { judgedRequests, judgedSpan, ofType, type ScenarioHistory, within } from '../../history/select.ts';
import type { Nanos, RequestSeen } from '../../history/types.ts';
import { isGood } from '../good.ts';
import { ledTo } from './led-to.ts';
import { define } from './measure.ts';

interface Args {
  seconds: number;
  /** Either way. Default 2: the kubelet counts whole seconds of its own, and a watch may tell of a deletion late. */
  tolerance?: number;
}

/** Every pod that is deleted is killed by SIGKILL so many seconds after its deletion. Not known without the node's record. */
export const killedAfter = define<Args>('killed-after', (history, { seconds, tolerance = 2 }) => {
  const pods = deletedIn(history);
  const recorded = pods.filter(({ sigterm, sigkill, exit }) => (sigterm ?? sigkill ?? exit) !== undefined);
  const after = ({ deleted, sigkill }: PodLife) => (sigkill! - deleted!) / 1e9;
  const killed = recorded.filter(({ sigkill }) => sigkill !== undefined);
  const wrong = recorded.filter((pod) => pod.sigkill === undefined || Math.abs(after(pod) - seconds) > tolerance);
  return {
    holds: wrong.length > 0 ? false : recorded.length === pods.length ? true : undefined,
    figures: `${killed.length} of ${pods.length} pods killed${killed.length === 0 ? '' : `, ${range(killed.map(after))} after their deletion`}${tellOthers(recorded)}`,
    examined: recorded.length,
    witnesses: ofType(history, 'container')
      .filter(({ event, pod }) => event === 'sigkill' && killed.some(({ name }) => name === pod))
      .map(({ id }) => id),
  };
});

/** SIGKILL cuts what is in flight on the pod: requests that led to it end without an answer just then. */
export const killCuts = define('kill-cuts', (history) => {
  const pods = deletedIn(history).filter(({ sigkill }) => sigkill !== undefined);
  const plan = history.started?.load;
  const to = ledTo(history, podLives(history));
  const near = judgedRequests(history).filter((request) => {
    const pod = pods.find(({ name }) => name === to(request));
    return pod !== undefined && isNear(request, pod.sigkill!);
  });
  const cut = near.filter((request) => plan !== undefined && !isGood(request, plan));
  return {
    holds: cut.length > 0,
    figures: `${cut.length} requests cut within a second of SIGKILL, on ${pods.length} pods`,
    examined: near.length,
    witnesses: cut.map(({ id }) => id),
  };
});

/** The runtime stamps it just before it kills. */
const isNear = ({ t, end }: RequestSeen, sigkill: Nanos): boolean => t <= sigkill + 1e9 && end >= sigkill - 1e9;

function deletedIn(history: ScenarioHistory): PodLife[] {
  const span = judgedSpan(history);
  return podLives(history).filter(
    ({ deleted }) => span !== undefined && deleted !== undefined && within(span, deleted),
  );
}

function range(seconds: number[]): string {
  const [least, most] = [Math.min(...seconds).toFixed(1), Math.max(...seconds).toFixed(1)];
  return least === most ? `${least} s` : `${least} to ${most} s`;
}

function tellOthers(pods: PodLife[]): string {
  const others = pods.filter(({ sigkill, exit }) => sigkill === undefined && exit !== undefined);
  if (others.length === 0) return '';
  return `; ${others.length} ended by themselves after ${range(others.map(({ deleted, exit }) => (exit! - deleted!) / 1e9))}`;
}
