import { expect, test } from 'vitest';
import { drops } from '../../checks/drops.ts';
import { type HistoryBuilder, s, threeUp } from '../../history/testing/build.ts';
import { diagnose } from '../diagnose.ts';

const NO_PHASES = { blocked: 0, connecting: 0, tls: 0, sending: 0, waiting: 0, receiving: 0 };
const REFUSED = { status: 0, errorCode: 1212, error: 'dial tcp: connection refused', phases: NO_PHASES };

const causes = (builder: HistoryBuilder) => {
  const history = builder.mark(60, 'tail-end').history();
  return diagnose(history, drops(history)).map(({ cause, count }) => [cause, count]);
};

const select = (builder: HistoryBuilder, at: number, track: string) =>
  builder.object(at, 'Service', 'web', { spec: { selector: { track } } });

/** The selector is switched at 15; a1, which it has left, ends at 17.05, and resets a connection from port 44000. */
function afterSwitch(): HistoryBuilder {
  const builder = select(threeUp(), 1, 'blue');
  builder.pod(11, 'a1', { ip: '10.244.0.9' }).pod(11, 'a2', { ip: '10.244.0.8' });
  select(builder, 15, 'green').slice(15.1, ['a2', 'a3']).pod(16, 'a1', { terminating: true });
  builder.pod(17.4, 'a1', { terminating: true, ready: false, exitCode: 0 }).gone(19, 'a1');
  const end = { pod: 'a1', container: 'app', containerId: 'a1' };
  builder.add({ type: 'container', t: s(16.05), ...end, event: 'sigterm' });
  builder.add({ type: 'container', t: s(17.05), ...end, event: 'exit', exitCode: 0 });
  const client = { flow: '1', client: '172.18.0.2', clientPort: 44_000, service: '10.96.0.7', servicePort: 80 };
  return builder.add({ type: 'flow', t: s(17.04), event: 'closed', ...client, pod: '10.244.0.9', podPort: 8000 });
}

/** Two new connections that find green, from ports around one. */
const answered = (builder: HistoryBuilder, port: number) =>
  builder
    .flow(17.1, '10.244.0.8', port - 20)
    .request(17.1, { pod: 'a2' })
    .flow(17.3, '10.244.0.8', port + 20)
    .request(17.3, { pod: 'a2' });

test('refused soon after a switch, while green answers others: it followed what a reset connection left behind', () => {
  expect(causes(answered(afterSwitch(), 44_000).request(17.2, REFUSED))).toEqual([['stale-flow', 1]]);
});

test('refused soon after a switch, and nothing else explains it: green was ready, so it was not the switch', () => {
  expect(causes(answered(afterSwitch(), 52_000).request(17.2, REFUSED))).toEqual([['unattributed', 1]]);
});

test('the same shortly after the slice was empty: the proxy may not know yet that it is not', () => {
  const builder = afterSwitch().slice(15.2, []).slice(15.4, ['a2', 'a3']);
  expect(causes(answered(builder, 52_000).request(19.2, REFUSED))).toEqual([['switch-before-ready', 1]]);
});
