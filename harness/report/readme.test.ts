import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../package-root.ts';
import { claimsTable, withClaims } from './claims.ts';
import { summary } from './summary.ts';
import type { RunReport } from './verdict.ts';

const text = (path: string) => readFileSync(join(packageRoot, path), 'utf8');

describe("the README's table of the article's claims", () => {
  const report = JSON.parse(text('reports/example/verdict.json')) as RunReport;
  const readme = text('README.md');
  const table = claimsTable(report, 'reports/example/summary.md');

  test('is the one that the report beside it gives: else `npm run claims -- RUN`', () => {
    expect(withClaims(readme, table)).toBe(readme);
  });

  test('leads to headings that are there', () => {
    const evidence = text('reports/example/summary.md');
    expect(evidence).toBe(summary(report));
    const links = [...table.matchAll(/\]\(([^)#]+)#([^)]+)\)/g)];
    expect(links.length).toBeGreaterThan(0);
    const anchors = new Set(
      evidence
        .split('\n')
        .filter((line) => line.startsWith('#'))
        .map(anchorOf),
    );
    for (const [, path, anchor] of links) {
      expect(existsSync(join(packageRoot, path!)), path).toBe(true);
      expect(anchors).toContain(anchor);
    }
  });
});

/** As GitHub makes it of what a heading reads like: without its marks and escapes. */
const anchorOf = (heading: string) =>
  heading
    .replace(/^#+ /, '')
    .replace(/\\(.)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replace(/ /g, '-');
