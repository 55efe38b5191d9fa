import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { encodeLine } from '../../history/codec.ts';
import { readHistory } from '../run-folder.ts';
import { trimAsJudged } from './trim-as-judged.ts';

/**
 * `npm run trim -- RUN "SCENARIO" FOLDER`: keeps one scenario of a run as a recorded case. Its expected.json is then
 * written by hand, from the observations.
 */
const [run, scenario, folder] = process.argv.slice(2);
if (run === undefined || scenario === undefined || folder === undefined) {
  throw new Error(
    'usage: npm run trim -- RUN "SCENARIO" FOLDER, such as: reports/latest "…" fixtures/histories/a-case',
  );
}
const { header, observations } = trimAsJudged(readHistory(run), scenario);
const bytes = gzipSync([header, ...observations].map(encodeLine).join(''), { level: 9 });
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'history.jsonl.gz'), bytes);
process.stdout.write(`${observations.length} observations, ${(bytes.length / 1000).toFixed(0)} KB\n`);

const MOST_KB = 300;
if (bytes.length > MOST_KB * 1000) {
  process.stderr.write(`more than ${MOST_KB} KB: a shorter run, or fewer requests a second, makes a better case\n`);
  process.exitCode = 1;
}
