import type { LoadPlan, ScenarioStarted } from '../history/types.ts';
import type { ScopeVerdict } from './verdict.ts';

/** What only these lanes show. */
const ONLY_THERE = new Map([
  ['new', 'connections of their own for each request (where proxies lag behind, these are refused)'],
  ['kept', 'kept connections'],
  ['kept-post', 'POSTs over kept connections: a client repeats a GET that was cut in silence, a POST it may not'],
  ['slow', 'requests that take seconds, which an exit or the end of the grace period cuts'],
  ['stream', 'long streams'],
]);

/** Where a script makes the requests, what it asks for nobody here knows. */
const OWN = 'as the script has it';

/** Nobody has tried these with any lane. */
const NEVER = ['HTTP/2, gRPC and WebSocket', 'IPv6'];

/** What else was not tried, by what was called. */
function beside(target: LoadPlan['target']): string[] {
  const tls = target?.startsWith('https:') ? [] : ['TLS'];
  if (target === undefined || target === 'service')
    return [...tls, 'an ingress or a load balancer in front of the Service'];
  const reached = target === 'nodePort' ? [] : ['that it leads to these pods, where answers do not name them'];
  return [...tls, ...reached, 'clients that call the Service by its own address'];
}

/** What a verdict holds for, and what nobody has tried: every pass says both. */
export function scopeOf({ load }: Pick<ScenarioStarted, 'load'>): ScopeVerdict {
  const lanes = load.lanes.filter(({ name }) => name !== 'control');
  const absent = [...ONLY_THERE].filter(([name]) => !lanes.some((lane) => lane.name === name));
  return {
    load: lanes
      .map(({ name, method, connection, rate, path }) => {
        const kind = connection === 'new' ? 'a connection each' : 'kept connections';
        if (name === 'own') return `own: ${OWN}, ${rate} a second, ${kind}`;
        return `${name}: ${method} ${path ?? load.path}, ${rate} a second, ${kind}`;
      })
      .concat(calledBy(load.target)),
    notTested: [...absent.map(([name, what]) => `${what} (lane ${name})`), ...NEVER, ...beside(load.target)],
  };
}

function calledBy(target: LoadPlan['target']): string[] {
  if (target === undefined || target === 'service') return [];
  return [target === 'nodePort' ? 'called by the port of a node' : `called as ${target}`];
}

/** The same in a line or two, for a terminal. */
export const scopeLines = ({ load, notTested }: ScopeVerdict): string[] => [
  `holds for: ${load.join('; ')}`,
  `not tested: ${notTested.map((one) => one.replace(/^.*\(lane (.*)\)$/, 'lane $1')).join(', ')}`,
];
