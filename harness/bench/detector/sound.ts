import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { packageRoot } from '../../package-root.ts';
import type { Control } from './plan.ts';

/** Examples that end well, in Python, Node and Go. */
const SOUND = ['waitress', 'gunicorn', 'uvicorn', 'node', 'go'];
/** Requests a second in each lane. */
const RATES = [20, 60, 120];

/** Every transition of one Deployment, each from where the one before it has led. */
const transitions = (name: string) => [
  { rolling: { image: `shop-${name}:2.0.0` } },
  { rollback: {} },
  { restart: {} },
  { 'pause-resume': { image: `shop-${name}:2.0.0`, atWave: [2, 2], seconds: 5 } },
  { scale: { replicas: 5 } },
  { scale: { replicas: 3 } },
];

/** An example's own files. */
export const exampleSources = (name: string) => (path: string) => path.startsWith(`fixtures/services/${name}/`);

/** Sound services in one run of all transitions, at several rates. Their rollproof.yaml is written beside the example's own. */
export function soundControls(): Control[] {
  return SOUND.flatMap((name) => {
    const folder = join(packageRoot, 'fixtures/services', name);
    const file = join(folder, 'bench.tmp.yaml');
    const config = parse(readFileSync(join(folder, 'rollproof.yaml'), 'utf8'));
    writeFileSync(file, stringify({ ...config, transitions: transitions(name) }));
    return RATES.map((rate) => ({
      name: `${name}, correct, every transition at ${rate} requests/s`,
      args: ['verify', '-c', file, '--rate', String(rate)],
      sources: exampleSources(name),
      nodes: 1,
      share: 0.2,
    }));
  });
}
