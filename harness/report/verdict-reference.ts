import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../package-root.ts';

/**
 * docs/verdict.md: every field of verdict.json, as the types in verdict.ts have it and explain it. Text in, text out: a field
 * that is added there without a word stands here without one.
 */
export function verdictReference(): string {
  const source = ['harness/report/verdict.ts', 'harness/history/types.ts'].map(read);
  const [own = [], others = []] = source.map(interfaces);
  const cluster = others.find(({ name }) => name === 'ClusterFacts');
  return `# verdict.json

<!-- Written by npm run reference, from the types in harness/report/verdict.ts. -->

One for each run, in its folder, and on stdout with \`--json\`. \`schema\` is 1: fields are added, and none is ever changed or taken
away. \`rollproof judge FOLDER\` makes the same \`scenarios\` of the same history, on any machine. Verdicts are \`pass\`, \`fail\` and
\`inconclusive\`. Of a scenario it is what was measured; of the run it is \`pass\` where every scenario came out as expected.
Witnesses are ids of observations in \`history.jsonl.gz\`.
${[...own, ...(cluster === undefined ? [] : [cluster])].map(section).join('')}`;
}

const read = (path: string) => readFileSync(join(packageRoot, path), 'utf8');

interface Field {
  name: string;
  type: string;
  words: string;
}

interface Block {
  name: string;
  words: string;
  fields: Field[];
}

const BLOCK = /((?:\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)?)export interface (\w+) \{\n([\s\S]*?)\n\}/g;
const FIELD = /((?: {2}\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)?) {2}(\w+\??): (.*);/g;

function interfaces(text: string): Block[] {
  return [...text.matchAll(BLOCK)].map(([, comment = '', name = '', body = '']) => ({
    name,
    words: plain(comment),
    fields: [...body.matchAll(FIELD)].map(([, about = '', field = '', type = '']) => ({
      name: field,
      type,
      words: plain(about),
    })),
  }));
}

const plain = (comment: string): string =>
  comment
    .replace(/^\s*\/\*\*|\*\/\s*$/g, '')
    .replace(/^\s*\* ?/gm, '')
    .replace(/\s+/g, ' ')
    .trim();

function section({ name, words, fields }: Block): string {
  const rows = fields.map((one) => `| \`${one.name.replace('?', '')}\` | ${type(one)} | ${cell(one.words)} |\n`);
  return `\n## ${name}\n\n${words === '' ? '' : `${words}\n\n`}| field | | |\n| --- | --- | --- |\n${rows.join('')}`;
}

const type = ({ name, type: text }: Field) =>
  `\`${text.replaceAll('|', '\\|')}\`${name.endsWith('?') ? ', may be absent' : ''}`;

const cell = (text: string) => text.replaceAll('|', '\\|');
