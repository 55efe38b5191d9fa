import { expect, test } from 'vitest';
import { readFlow } from './flow-lines.ts';
import { testClock } from './testing/node.ts';

const clock = testClock();
// As conntrack 1.4.7 printed them in a node, but for the time.
const SEEN =
  'src=172.18.0.2 dst=10.96.22.122 sport=38186 dport=80 src=10.244.0.6 dst=10.244.0.1 sport=8000 dport=55326 id=2520357108';
const UNREPLIED = SEEN.replace('dport=80 ', 'dport=80 [UNREPLIED] ');
const line = (kind: string, rest: string) => `[1767225601.250000]\t ${kind} tcp      6 ${rest}`;

test('the first packet, with the pod that the proxy chose', () => {
  expect(readFlow(line('   [NEW]', `120 SYN_SENT ${UNREPLIED}`), clock)).toEqual({
    type: 'flow',
    t: 1_250_000_000,
    event: 'new',
    flow: '2520357108',
    client: '172.18.0.2',
    clientPort: 38186,
    service: '10.96.22.122',
    servicePort: 80,
    pod: '10.244.0.6',
    podPort: 8000,
  });
});

test('a reset', () => {
  expect(readFlow(line('[UPDATE]', `10 CLOSE ${SEEN.replace(' id=', ' [ASSURED] id=')}`), clock)).toMatchObject({
    event: 'closed',
    flow: '2520357108',
  });
});

test.each([
  ['an answered first packet', line('[UPDATE]', `60 SYN_RECV ${SEEN}`)],
  ['an end in good order', line('[UPDATE]', `60 CLOSE_WAIT ${SEEN}`)],
  ['an entry that is taken away', line('[DESTROY]', `TIME_WAIT ${SEEN}`)],
  ['an entry that is taken away after a reset', line('[DESTROY]', `CLOSE ${SEEN}`)],
  [
    'an address without a pod behind it',
    line('   [NEW]', `120 SYN_SENT ${UNREPLIED.replace('10.244.0.6', '10.96.22.122')}`),
  ],
])('%s is nothing', (_, text) => expect(readFlow(text, clock)).toBe('nothing'));

test.each([
  ['no stamp', line('   [NEW]', `120 SYN_SENT ${UNREPLIED}`).slice(20)],
  ['no id', line('   [NEW]', `120 SYN_SENT ${UNREPLIED}`).replace(/ id=.*/, '')],
  ['a line that was cut', line('   [NEW]', `120 SYN_SENT ${UNREPLIED}`).slice(0, 90)],
  ['something else', 'conntrack v1.4.7 (conntrack-tools): 4 flow events have been shown.'],
])('%s is unreadable', (_, text) => expect(readFlow(text, clock)).toBe('unreadable'));
