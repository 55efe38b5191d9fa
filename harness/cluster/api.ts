import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';

/** Plain calls to one apiserver, with the kubeconfig's credentials. Typed reads go through client-node's own classes. */
export interface KubeApi {
  readonly config: KubeConfig;
  /** @throws ApiError where the answer is not 2xx. */
  get<T>(path: string, query?: Record<string, string>): Promise<T>;
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

export function kubeApi(kubeconfig: string, context?: string): KubeApi {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  if (context !== undefined) config.setCurrentContext(context);

  async function open(path: string, query: Record<string, string>, signal: AbortSignal): Promise<IncomingMessage> {
    const server = config.getCurrentCluster()?.server;
    if (server === undefined) throw new Error(`the kubeconfig ${kubeconfig} has no current cluster`);
    const url = new URL(server.replace(/\/$/, '') + path);
    for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
    const options: RequestOptions = { headers: { accept: 'application/json' }, signal };
    await config.applyToHTTPSOptions(options);
    const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request(url, options, resolve).on('error', reject).end();
    });
    if ((response.statusCode ?? 0) >= 300)
      throw new ApiError(response.statusCode ?? 0, `GET ${path}`, await text(response));
    return response;
  }

  return {
    config,
    open,
    async get(path, query = {}) {
      const response = await open(path, query, AbortSignal.timeout(REQUEST_TIMEOUT_MS));
      return JSON.parse(await text(response));
    },
  };
}

async function text(response: IncomingMessage): Promise<string> {
  let body = '';
  response.setEncoding('utf8');
  for await (const chunk of response) body += chunk;
  return body;
}

function statusMessage(body: string): string {
  try {
    return JSON.parse(body).message ?? body;
  } catch {
    return body.slice(0, 200);
  }
}
