import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { CAUSES, type CauseName, FIXES, type Fix, fixOf } from './catalogue.ts';

const PAGES = new URL('../../docs/causes/', import.meta.url);
const EXPLAINED = CAUSES.filter((cause) => cause !== 'unattributed');

/** What fixes are made from: an ordinary service, and one that is slow in everything. */
const SERVICE = { headless: false, localTraffic: undefined, switches: [] };
const ORDINARY = {
  container: { name: 'app', port: 8000, gracePeriodSeconds: 60 },
  lagMs: 0,
  longestMs: 0,
  settleMs: 0,
  service: SERVICE,
};
const CONTEXTS: Parameters<typeof fixOf>[1][] = [
  ORDINARY,
  {
    ...ORDINARY,
    container: { ...ORDINARY.container, preStopSleep: 5 },
    lagMs: 4_321.5,
    longestMs: 8_000.5,
    settleMs: 9_000,
  },
];

describe('the list', () => {
  test('names each cause once: its order is the precedence', () => {
    expect(new Set(CAUSES).size).toBe(CAUSES.length);
    expect(CAUSES.at(-1)).toBe('unattributed');
  });

  test('has a fix for every cause that is one', () => {
    expect(Object.keys(FIXES).sort()).toEqual(EXPLAINED.toSorted());
    for (const context of CONTEXTS) {
      expect(fixOf('unattributed', context)).toBeUndefined();
      for (const cause of EXPLAINED) expect(fixOf(cause, context)?.text, cause).toMatch(/\S{2}/);
    }
  });
});

describe('patches', () => {
  test.each(patched())('%s: a fragment of the object that it is for, which kubectl can merge', (cause) => {
    for (const context of CONTEXTS) {
      const { kind, patch } = fixOf(cause, context)!.patch!;
      expect(FRAGMENTS[kind].safeParse(patch).error, cause).toBeUndefined();
    }
  });

  test.each(patched())('%s: the page shows the same patch', (cause) => {
    const shown = patchOn(cause);
    for (const context of CONTEXTS) {
      const { kind, patch } = fixOf(cause, context)!.patch!;
      expect(FRAGMENTS[kind].safeParse(shown).error, cause).toBeUndefined();
      expect(shapeOf(shown), cause).toEqual(shapeOf(patch));
    }
  });
});

describe('a preStop sleep', () => {
  const patchFor = (container: Partial<(typeof ORDINARY)['container']> & object, lagMs = 0) =>
    fixOf('endpoint-lag', { ...ORDINARY, container: { ...ORDINARY.container, ...container }, lagMs })!.patch!.patch;
  const podSpecOf = (patch: object) =>
    (patch as { spec: { template: { spec: Record<string, unknown> } } }).spec.template.spec;

  test('is longer than the one that was not enough', () => {
    expect(podSpecOf(patchFor({ preStopSleep: 8 } as object))).toEqual({
      containers: [{ name: 'app', lifecycle: { preStop: { sleep: { seconds: 13 } } } }],
    });
  });

  test('takes the place of a hook that failed, and of no other: it may wait longer, or drain', () => {
    const container = { ...ORDINARY.container, otherPreStop: 'exec' as const };
    expect(podSpecOf(fixOf('prestop-failed', { ...ORDINARY, container })!.patch!.patch)).toEqual({
      containers: [{ name: 'app', lifecycle: { preStop: { sleep: { seconds: 5 }, exec: null } } }],
    });
    expect(fixOf('endpoint-lag', { ...ORDINARY, container })!.patch).toBeUndefined();
  });

  test('is twice the measured lag, and the grace period grows with it', () => {
    expect(podSpecOf(patchFor({ gracePeriodSeconds: 30 }, 16_000))).toEqual({
      terminationGracePeriodSeconds: 62,
      containers: [{ name: 'app', lifecycle: { preStop: { sleep: { seconds: 32 } } } }],
    });
  });
});

test('no probe is made up for a container that declares no port', () => {
  const container = { name: 'app', gracePeriodSeconds: 30 };
  expect(fixOf('no-readiness-probe', { ...ORDINARY, container })!.patch).toBeUndefined();
});

test('the field of the Service that is to blame is the one that is patched', () => {
  const service = { ...SERVICE, localTraffic: 'internalTrafficPolicy' as const };
  expect(fixOf('local-traffic-policy', { ...ORDINARY, service })!.patch).toEqual({
    kind: 'Service',
    patch: { spec: { internalTrafficPolicy: 'Cluster' } },
  });
});

describe('pages', () => {
  test('one for each cause, and no other', () => {
    const pages = readdirSync(PAGES).filter((name) => name !== 'README.md');
    expect(pages.sort()).toEqual(CAUSES.map((cause) => `${cause}.md`).sort());
  });

  test.each(CAUSES)('%s: its title is its name, and it says what a page has to say', (cause) => {
    const text = pageOf(cause);
    expect(text.split('\n', 1)).toEqual([`# ${cause}`]);
    expect(headings(text)).toEqual(SECTIONS);
    for (const link of linksOf(text)) expect(CAUSES, `${cause} links to ${link}`).toContain(link);
  });

  test('the index has them in their precedence', () => {
    const rows = [...pageText('README.md').matchAll(/^\| \[`([\w-]+)`\]\(([\w-]+)\.md\) \|/gm)];
    expect(rows.map(([, name]) => name)).toEqual([...CAUSES]);
    for (const [, name, file] of rows) expect(file).toBe(name);
  });
});

const SECTIONS = ['What clients see', 'How it is told', 'Its neighbours', 'Smallest fix', 'By hand'];

function patched(): CauseName[] {
  return EXPLAINED.filter((cause) => fixOf(cause, CONTEXTS[0]!)?.patch !== undefined);
}

const pageText = (name: string) => readFileSync(new URL(name, PAGES), 'utf8');
const pageOf = (cause: CauseName) => pageText(`${cause}.md`);
const headings = (text: string) => [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
const linksOf = (text: string) => [...text.matchAll(/\]\((?!README)([\w-]+)\.md\)/g)].map(([, name]) => name);

/** The first YAML block under "Smallest fix". */
function patchOn(cause: CauseName): unknown {
  const [, section = ''] = pageOf(cause).split('\n## Smallest fix\n');
  const [, block = ''] = /^```yaml\n([\s\S]*?)^```$/m.exec(section) ?? [];
  const documents = parseAllDocuments(block);
  expect(documents, `${cause}: its page has one YAML document for its patch`).toHaveLength(1);
  return documents[0]!.toJS();
}

/** Keys, and what kind of value stands at each; a `null`, which removes what the patch can't stand beside, is left out. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== 'object' || value === null) return typeof value;
  const kept = Object.entries(value).filter(([, one]) => one !== null);
  return Object.fromEntries(kept.map(([key, one]) => [key, shapeOf(one)]));
}

const seconds = z.int().positive();
const probe = z.strictObject({
  httpGet: z.strictObject({ path: z.string(), port: z.int() }).optional(),
  tcpSocket: z.strictObject({ port: z.int().min(1).max(65_535) }).optional(),
  periodSeconds: seconds.optional(),
  timeoutSeconds: seconds.optional(),
  failureThreshold: seconds.optional(),
});
/** Of one handler, the others have to go: the apiserver takes one handler only. */
const preStop = z.strictObject({
  sleep: z.strictObject({ seconds }),
  exec: z.null().optional(),
  httpGet: z.null().optional(),
});
const container = z.strictObject({
  // The list's merge key: without it the patch would name no container.
  name: z.string().min(1),
  lifecycle: z.strictObject({ preStop }).optional(),
  readinessProbe: probe.optional(),
  livenessProbe: probe.optional(),
});
const strategy = z.strictObject({
  type: z.literal('RollingUpdate'),
  rollingUpdate: z.strictObject({ maxSurge: z.int().positive(), maxUnavailable: z.literal(0) }),
});
const podSpec = z.strictObject({
  terminationGracePeriodSeconds: seconds.optional(),
  containers: z.tuple([container]).optional(),
});
/** As much of each object's schema as the fixes may touch. */
const FRAGMENTS: Record<NonNullable<Fix['patch']>['kind'], z.ZodType> = {
  Deployment: z.strictObject({
    spec: z.strictObject({
      minReadySeconds: seconds.optional(),
      strategy: strategy.optional(),
      template: z.strictObject({ spec: podSpec }).optional(),
    }),
  }),
  Service: z.strictObject({ spec: z.strictObject({ externalTrafficPolicy: z.literal('Cluster') }) }),
};
