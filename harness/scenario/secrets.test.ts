import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { encodeLine } from '../history/codec.ts';
import { scenariosOf } from '../history/select.ts';
import { HistoryBuilder, s, threeUp } from '../history/testing/build.ts';
import type { KubeObject, ObjectSeen } from '../history/types.ts';
import { redactor } from '../recorders/redact.ts';
import { writeVerdict } from '../report/verdict-json.ts';
import { writeDiagnostics } from './diagnostics.ts';
import { outcomesOf } from './outcome.ts';
import { judgeRun, writeReports } from './saved-run.ts';

/** Planted where people put secrets. None of them may come out anywhere, in any encoding that is used. */
const PLANTED = {
  env: 'planted-env-7Qm2',
  header: 'planted-header-7Qm2',
  argument: 'planted-argument-7Qm2',
  annotation: 'planted-annotation-7Qm2',
  secret: 'planted-secret-7Qm2',
  url: 'planted-url-7Qm2',
  bearer: 'planted.bearer.7Qm2abcdef',
  jwt: 'eyJhbGciOiJIUzI1NiJ9.eyJwbGFudGVkIjoiN1FtMiJ9.cGxhbnRlZC03UW0y',
};

test('what was planted in manifests, events and logs is in no file of the run', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rollproof-'));
  const redact = redactor();
  const container = {
    name: 'app',
    image: 'web:2',
    env: [{ name: 'DB_PASSWORD', value: PLANTED.env }],
    args: [`--api-key=${PLANTED.argument}`],
    readinessProbe: { httpGet: { path: '/', httpHeaders: [{ name: 'X-Key', value: PLANTED.header }] } },
  };
  const manifest: KubeObject = {
    metadata: {
      generation: 2,
      annotations: {
        'example.com/key': PLANTED.annotation,
        'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(PLANTED),
      },
    },
    spec: { replicas: 3, template: { spec: { containers: [container] } } },
  };
  const builder = threeUp(new HistoryBuilder());
  builder.object(11, 'Deployment', 'web', manifest);
  builder.object(12, 'Pod', 'b1', { spec: { containers: [container] } });
  builder.object(12, 'Service', 'tokens', { kind: 'Secret', data: { password: PLANTED.secret } } as KubeObject);
  builder.event(
    13,
    'b1',
    'Failed',
    `curl -H "Authorization: Bearer ${PLANTED.bearer}" with ${PLANTED.jwt} and ${PLANTED.env}`,
  );
  builder.event(13, 'b1', 'Failed', `postgres://admin:${PLANTED.url}@db/app`);
  builder.request(14, { status: 500 });
  builder.mark(20, 'tail-end').mark(21, 'load-stopped');
  builder.add({ type: 'test', t: s(22), message: 'its test failed' });
  // As the watch does it: nothing else writes objects.
  const observations = builder
    .whole()
    .observations.map((one) => (one.type === 'object' ? { ...one, object: redact((one as ObjectSeen).object) } : one));
  const history = { ...builder.whole(), observations };
  writeFileSync(
    join(folder, 'history.jsonl'),
    [history.header, ...observations].map((line) => encodeLine(line)).join(''),
  );
  const judged = await judgeRun(folder);
  writeVerdict(folder, judged.report);
  await writeReports(folder, judged);
  mkdirSync(join(folder, 'diagnostics'), { recursive: true });
  const text = redact.text(`2026-01-01T00:00:13Z stdout F ${Object.values(PLANTED).join(' ')}\n`);
  const [outcome] = outcomesOf(history);
  writeDiagnostics(folder, 'ns', outcome!, [{ pod: 'b1', container: 'app', restart: 0, text }]);

  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  );
  expect(files.length).toBeGreaterThan(6);
  // What an application itself writes into its log is its own, but for tokens and values that its manifest has too.
  const inLogs = new Set(['header', 'argument', 'annotation', 'secret', 'url', 'bearer']);
  for (const file of files) {
    const content = readable(readFileSync(join(folder, file), 'utf8'));
    for (const [where, secret] of Object.entries(PLANTED)) {
      if (file.includes('logs/') && inLogs.has(where)) continue;
      expect(content.includes(secret), `${where} in ${file}`).toBe(false);
    }
  }
  expect(scenariosOf(history)).toHaveLength(1);
});

/** The timeline is packed: it is searched too. */
function readable(content: string): string {
  const packed = [...content.matchAll(/<script type="application\/gzip"[^>]*>([^<]*)</g)];
  return [content, ...packed.map(([, base64]) => gunzipSync(Buffer.from(base64!, 'base64')).toString())].join('\n');
}
