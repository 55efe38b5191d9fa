import { expect, test } from 'vitest';
import { HistoryBuilder, s, threeUp } from '../history/testing/build.ts';
import type { RequestSeen } from '../history/types.ts';
import { allowedCauses, phasesOf } from './oracle.ts';

const builder = () => threeUp().log(12, 'a1', 'sigterm').log(17, 'a1', 'sleep-over');
const RESET = { status: 0, errorCode: 1220, error: 'reset' };
const REFUSED = { status: 0, errorCode: 1212, error: 'refused' };

test.each([
  ['reset at the end of the sleep', 12.5, { ...RESET, seconds: 4.5 }, ['accept-loop-blocked']],
  ['given up by the kernel later', 13, { ...RESET, seconds: 9 }, ['accept-loop-blocked']],
  ['dialled in the sleep, given up after it', 16, { ...REFUSED, seconds: 1.1 }, ['accept-loop-blocked']],
  ['dialled after it', 18, REFUSED, ['endpoint-lag', 'stale-flow']],
  ['dialled long after it', 28, REFUSED, ['endpoint-lag']],
  ['503 of the pod that sleeps', 12.1, { status: 503, errorCode: 1503, pod: 'a1' }, ['unready-while-draining']],
  ['503 of another', 12.1, { status: 503, errorCode: 1503, pod: 'a2' }, []],
  ['500', 12.1, { status: 500, errorCode: 1500, pod: 'a1' }, []],
  ['reset long before', 11, { ...RESET, seconds: 0.1 }, []],
  ['reset long after', 40, { ...RESET, seconds: 0.1 }, []],
] satisfies [string, number, Partial<RequestSeen> & { seconds?: number }, string[]][])(
  '%s',
  (_, at, options, allowed) => {
    const history = builder().request(at, options).history();
    expect([...allowedCauses(history.requests.at(-1)!, phasesOf(history))]).toEqual(allowed);
  },
);

test('a pod that never said that its sleep was over has no phases', () => {
  expect(phasesOf(threeUp(new HistoryBuilder()).log(12, 'a1', 'sigterm').history())).toEqual([]);
  expect(phasesOf(builder().history())).toEqual([{ name: 'a1', sigterm: s(12), over: s(17) }]);
});
