import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ExecaError, execa } from 'execa';
import { CannotRun } from '../errors.ts';

/** A chart, rendered by the user's own helm. */
export interface HelmChart {
  /** Folder or archive of the chart: absolute, or relative to the working directory. */
  helm: string;
  /** Default: the chart's folder. */
  release?: string;
  /** Files of values, the later one wins. */
  values?: string[];
  /** Values by path, above those of files: `image.tag`. */
  set?: Record<string, string | number | boolean>;
}

/**
 * The manifests of a chart, as `helm template` makes them. Hooks are left out: a chart that needs them has to be installed by
 * helm itself.
 *
 * @throws CannotRun where there is no helm, no such chart, or the chart can't be rendered.
 */
export async function renderChart({ helm, release, values = [], set = {} }: HelmChart): Promise<string> {
  if (!existsSync(helm)) throw new CannotRun(`helm: there is no chart ${helm}`, { remedy: 'helm pull gets one' });
  const missing = values.find((file) => !existsSync(file));
  if (missing !== undefined) throw new CannotRun(`helm: values: there is no ${missing}`);
  const args = ['template', release ?? nameOf(helm), helm, '--no-hooks'];
  for (const file of values) args.push('-f', file);
  // JSON keeps a text a text, whatever is in it: `--set` would split it at commas, and make a number of 1.10.
  for (const [path, value] of Object.entries(set)) args.push('--set-json', `${path}=${JSON.stringify(value)}`);
  try {
    return (await execa('helm', args, { stdin: 'ignore' })).stdout;
  } catch (cause) {
    const { code, stderr, shortMessage } = cause as ExecaError;
    if (code === 'ENOENT')
      throw new CannotRun('helm: it is not on the PATH', {
        remedy: `install it, or render the chart yourself: ${['helm', ...args].map(quoted).join(' ')} > manifests.yaml`,
        cause,
      });
    const reason = String(stderr || shortMessage)
      .trim()
      .replace(/\s*\n\s*/g, '; ');
    throw new CannotRun(`helm: ${helm} can't be rendered: ${reason}`, { cause });
  }
}

/** A release's name has to be a DNS name. */
const nameOf = (chart: string): string =>
  chart
    .replace(/\/+$/, '')
    .replace(/.*\//, '')
    .replace(/(-\d[^/]*)?\.tgz$/, '')
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-') || 'release';

/** As a shell takes it. */
const quoted = (word: string): string => (/^[\w./=:@-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

export const isChartFolder = (folder: string): boolean => existsSync(join(folder, 'Chart.yaml'));
