import type { ScenarioStarted } from '../history/types.ts';
import type { ScopeVerdict } from './verdict.ts';

/** What only these lanes show. */
const ONLY_THERE = new Map([
  ['new', 'connections of their own for each request (where proxies lag behind, these are refused)'],
  ['kept', 'kept connections'],
  ['kept-post', 'POSTs over kept connections: a client repeats a GET that was cut in silence, a POST it may not'],
  ['slow', 'requests that take seconds, which an exit or the end of the grace period cuts'],
  ['stream', 'long streams'],
]);

/** Nobody has tried these with any lane. */
const NEVER = ['HTTP/2, gRPC, WebSocket and TLS', 'an ingress or a load balancer in front of the Service', 'IPv6'];

/** What a verdict holds for, and what nobody has tried: every pass says both. */
export function scopeOf({ load }: Pick<ScenarioStarted, 'load'>): ScopeVerdict {
  const lanes = load.lanes.filter(({ name }) => name !== 'control');
  const absent = [...ONLY_THERE].filter(([name]) => !lanes.some((lane) => lane.name === name));
  return {
    load: lanes.map(({ name, method, connection, rate, path }) => {
      const kind = connection === 'new' ? 'a connection each' : 'kept connections';
      return `${name}: ${method} ${path ?? load.path}, ${rate} a second, ${kind}`;
    }),
    notTested: [...absent.map(([name, what]) => `${what} (lane ${name})`), ...NEVER],
  };
}

/** The same in a line or two, for a terminal. */
export const scopeLines = ({ load, notTested }: ScopeVerdict): string[] => [
  `holds for: ${load.join('; ')}`,
  `not tested: ${notTested.map((one) => one.replace(/^.*\(lane (.*)\)$/, 'lane $1')).join(', ')}`,
];
