import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';

/** Plain calls to one apiserver, with the kubeconfig's credentials. Typed reads go through client-node's own classes. */
export interface KubeApi {
  readonly config: KubeConfig;
  /**
   * @throws ApiError where the answer is not 2xx; Error with the call and the reason where there is none within
   *   `timeoutMs` (15,000 unless given).
   */
  get<T>(path: string, query?: Record<string, string>, timeoutMs?: number): Promise<T>;
  /**
   * Sends an object as JSON, and gives back the object that is the answer. PATCH is a JSON merge patch (RFC 7386), unless
   * `type` says otherwise.
   *
   * @throws as `get` does.
   */
  send<T>(
    method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: object,
    timeoutMs?: number,
    type?: string,
  ): Promise<T>;
  /** An open response, for watches: the caller reads it and destroys it. */
  open(path: string, query: Record<string, string>, signal: AbortSignal): Promise<IncomingMessage>;
}

/** The apiserver answered, and said no. `code` is the HTTP status. */
export class ApiError extends Error {
  readonly code: number;
  constructor(code: number, what: string, body: string) {
    super(`${what}: the apiserver answered ${code}: ${statusMessage(body)}`);
    this.name = 'ApiError';
    this.code = code;
  }
}

const REQUEST_TIMEOUT_MS = 15_000;

interface Call {
  method: string;
  path: string;
  query?: Record<string, string>;
  body?: object;
  type?: string;
}

/** @param kubeconfig path; undefined: as kubectl finds it */
export function kubeApi(kubeconfig: string | undefined, context?: string): KubeApi {
  const config = new KubeConfig();
  if (kubeconfig === undefined) config.loadFromDefault();
  else config.loadFromFile(kubeconfig);
  if (context !== undefined) config.setCurrentContext(context);

  async function open(
    { method, path, query = {}, body, type = typeOf(method) }: Call,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    const server = config.getCurrentCluster()?.server;
    if (server === undefined)
      throw new Error(`the kubeconfig${kubeconfig === undefined ? '' : ` ${kubeconfig}`} has no current cluster`);
    const url = new URL(server.replace(/\/$/, '') + path);
    for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
    const sent = body === undefined ? undefined : JSON.stringify(body);
    // Node gives a DELETE no length by itself, and the apiserver then reads no body.
    const length = sent === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(sent) };
    const headers = { accept: 'application/json', ...length };
    const options: RequestOptions = { method, headers, signal };
    await config.applyToHTTPSOptions(options);
    const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request(url, options, resolve).on('error', reject).end(sent);
    });
    if ((response.statusCode ?? 0) >= 300)
      throw new ApiError(response.statusCode ?? 0, `${method} ${path}`, await text(response));
    return response;
  }

  /** Opens, reads the whole answer and parses it. */
  async function call<T>(what: Call, timeoutMs = REQUEST_TIMEOUT_MS): Promise<T> {
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      return JSON.parse(await text(await open(what, signal)));
    } catch (cause) {
      if (cause instanceof ApiError) throw cause;
      const reason = signal.aborted ? `no answer within ${timeoutMs / 1000} s` : reasonOf(cause);
      throw new Error(`${what.method} ${what.path}: ${reason}`, { cause });
    }
  }

  return {
    config,
    open: (path, query, signal) => open({ method: 'GET', path, query }, signal),
    get: (path, query, timeoutMs) => call({ method: 'GET', path, query }, timeoutMs),
    send: (method, path, body, timeoutMs, type) => call({ method, path, body, ...(type ? { type } : {}) }, timeoutMs),
  };
}

const typeOf = (method: string) => (method === 'PATCH' ? 'application/merge-patch+json' : 'application/json');

async function text(response: IncomingMessage): Promise<string> {
  let body = '';
  response.setEncoding('utf8');
  for await (const chunk of response) body += chunk;
  return body;
}

const reasonOf = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause));

function statusMessage(body: string): string {
  try {
    return JSON.parse(body).message ?? body;
  } catch {
    return body.slice(0, 200);
  }
}
