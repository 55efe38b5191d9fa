import { readFileSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls, createServer } from 'node:tls';
import { execa } from 'execa';
import { parse, stringify } from 'yaml';

/** What stands between rollproof and an apiserver: it reads along, so it can do anything to what is said. */
export interface StartedProxy extends AsyncDisposable {
  /** Cuts every connection that is open, and says how many. */
  cut(): number;
  /** From now on, what the apiserver says comes so much later. */
  delay(ms: number): void;
  /** Does something to each chunk of what the apiserver says, from now on. */
  alter(how: (chunk: Buffer) => Buffer): void;
}

/** The little of a kubeconfig that is needed; see https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/. */
interface Kubeconfig {
  clusters: {
    cluster: { server: string; 'certificate-authority-data'?: string; 'insecure-skip-tls-verify'?: boolean };
  }[];
  users: { user: { 'client-certificate-data': string; 'client-key-data': string } }[];
}

/** On loopback, in front of the apiserver that a kubeconfig names; the file is written anew, to call the proxy. */
export async function proxyBefore(kubeconfig: string, folder: string): Promise<StartedProxy> {
  const config = parse(readFileSync(kubeconfig, 'utf8')) as Kubeconfig;
  const [{ cluster }, { user }] = [config.clusters[0]!, config.users[0]!];
  const target = Number(new URL(cluster.server).port);
  const [key, cert] = [join(folder, 'proxy.key'), join(folder, 'proxy.crt')];
  await execa('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'],
    ...['-subj', '/CN=proxy', '-keyout', key, '-out', cert],
  ]);
  const as = (data: string) => Buffer.from(data, 'base64');
  const open = new Set<Socket>();
  let late = 0;
  let altered = (chunk: Buffer) => chunk;
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (client) => {
    const upstream = connectTls({
      port: target,
      host: '127.0.0.1',
      rejectUnauthorized: false,
      cert: as(user['client-certificate-data']),
      key: as(user['client-key-data']),
    });
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        open.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream);
    upstream.on('data', (chunk) => {
      const out = altered(chunk);
      if (late === 0) client.write(out);
      else setTimeout(() => client.writable && client.write(out), late);
    });
    upstream.on('end', () => setTimeout(() => client.end(), late + 10));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  cluster.server = `https://127.0.0.1:${port}`;
  delete cluster['certificate-authority-data'];
  cluster['insecure-skip-tls-verify'] = true;
  writeFileSync(kubeconfig, stringify(config), { mode: 0o600 });
  return {
    cut() {
      const count = open.size;
      for (const socket of open) socket.destroy();
      return count;
    },
    delay(ms) {
      late = ms;
    },
    alter(how) {
      altered = how;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
