import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Assets } from './shell.ts';

/** Bundled once, however many pages are written. */
let bundled: Promise<string> | undefined;

/** In the package the script is made beforehand (see build-client.ts); in a clone it is bundled when it is asked for. */
export async function assets(): Promise<Assets> {
  const made = file('client.js');
  const css = readFileSync(file('style.css'), 'utf8');
  if (existsSync(made)) return { css, js: readFileSync(made, 'utf8') };
  bundled ??= bundle().catch((error) => {
    bundled = undefined;
    throw error;
  });
  return { css, js: await bundled };
}

/** All that the page's script needs, ECharts too, in one script. */
export async function bundle(): Promise<string> {
  const { build } = await import('rolldown');
  const { output } = await build({
    input: file('../client/main.ts'),
    platform: 'browser',
    write: false,
    logLevel: 'silent',
    output: { format: 'iife', minify: true },
  });
  return output[0].code;
}

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));
