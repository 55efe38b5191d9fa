import type { KubeObject, NewObservation } from '../history/types.ts';

export type NewProbe = Extract<NewObservation, { type: 'probe' }>;

/**
 * curl's configuration to call a pod's readiness endpoint over and over, a new connection each time, with one line of
 * output a call. Undefined where the pod has no address, or no running container with an httpGet readiness probe.
 *
 * @param key first word of each line
 * @param rate calls a second
 */
export function probeConfig(pod: KubeObject, key: number, rate: number): string | undefined {
  const { spec, status } = pod as PodShape;
  const runs = (name: string) =>
    status?.containerStatuses?.some((one) => one.name === name && one.state?.running !== undefined) ?? false;
  const container = spec?.containers?.find(({ name, readinessProbe }) => readinessProbe?.httpGet && runs(name));
  const get = container?.readinessProbe?.httpGet;
  const port = container?.ports?.find(({ name }) => name === get?.port)?.containerPort ?? get?.port;
  const host = get?.host || status?.podIP;
  if (get === undefined || host === undefined || port === undefined) return undefined;
  const authority = host.includes(':') ? `[${host}]` : host;
  const path = (get.path ?? '/').replace(/#.*$/, '').replace(/[[\]{}\\]/g, '\\$&');
  const url = `${(get.scheme ?? 'HTTP').toLowerCase()}://${authority}:${port}${path.startsWith('/') ? '' : '/'}${path}`;
  const headers = ['Connection: close', ...(get.httpHeaders ?? []).map(({ name, value }) => `${name}: ${value}`)];
  return [
    // A range makes curl call again and again; in the fragment, it is not sent.
    `url = ${quoted(`${url}#[1-${MOST_CALLS}]`)}`,
    `rate = "${rate}/s"`,
    `max-time = ${TIMEOUT_SECONDS}`,
    ...headers.map((header) => `header = ${quoted(header)}`),
    'user-agent = "rollproof-probe"',
    'output = "/dev/null"',
    'silent',
    // As the kubelet does.
    'insecure',
    `write-out = "${key} %{http_code} %{time_total} %{exitcode} %{errormsg}\\n"`,
    '',
  ].join('\n');
}

/** Far more than a scenario lasts. */
const MOST_CALLS = 1_000_000;

const TIMEOUT_SECONDS = 1;

/** As curl's configuration files have strings. */
const quoted = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&').replace(/[\r\n]/g, ' ')}"`;

/** Reads a line of such a curl: `3 200 0.001906 0`, `3 000 0.000308 7 Failed to connect to …`. */
export function readProbe(line: string): (Pick<NewProbe, 'status' | 'ms' | 'error'> & { key: number }) | undefined {
  const [, key, status, seconds, exit, error] = /^(\d+) (\d{3}) (\d+\.\d+) (\d+) ?(.*)$/.exec(line) ?? [];
  if (key === undefined) return undefined;
  return {
    key: Number(key),
    status: Number(status),
    ms: Math.round(Number(seconds) * 1e6) / 1e3,
    ...(exit === '0' ? {} : { error: error || `curl's exit code ${exit}` }),
  };
}

/** As the kubelet counts: 200 to 399. */
const succeeded = ({ status, error }: NewProbe): boolean => error === undefined && status >= 200 && status < 400;

/** Successes on end are written down once in so long: nanoseconds. */
const THINNED = 1e9;

/**
 * Leaves out what says nothing new. Of the calls of one pod, in their order, it gives back those to write down: every
 * failure and the success before it, every change, and of successes on end one a second.
 */
export function thinning(): (probe: NewProbe) => NewProbe[] {
  let written: NewProbe | undefined;
  let held: NewProbe | undefined;
  return (probe) => {
    const more = written !== undefined && succeeded(written) && succeeded(probe) && probe.status === written.status;
    if (more && written !== undefined && probe.t - written.t < THINNED) {
      held = probe;
      return [];
    }
    const before = !more && held !== undefined ? [held] : [];
    held = undefined;
    written = probe;
    return [...before, probe];
  };
}

interface PodShape {
  spec?: {
    containers?: {
      name: string;
      ports?: { name?: string; containerPort: number }[];
      readinessProbe?: { httpGet?: HttpGet };
    }[];
  };
  status?: { podIP?: string; containerStatuses?: { name: string; state?: { running?: object } }[] };
}

interface HttpGet {
  path?: string;
  port: number | string;
  host?: string;
  scheme?: string;
  httpHeaders?: { name: string; value: string }[];
}
