import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../package-root.ts';
import { claimsPage, claimsTable, withClaims } from './claims-table.ts';
import { summary } from './summary.ts';
import type { RunReport } from './verdict.ts';

const text = (path: string) => readFileSync(join(packageRoot, path), 'utf8');

describe("the README's table of the article's claims", () => {
  const report = JSON.parse(text('reports/example/verdict.json')) as RunReport;
  const readme = text('README.md');
  const table = claimsTable(report, 'reports/example/claims.md');
  const page = text('reports/example/claims.md');

  test('is the one that the report beside it gives: else `npm run claims -- RUN`', () => {
    expect(withClaims(readme, table)).toBe(readme);
  });

  test('has a page with every statement beside it', () => {
    expect(page).toBe(claimsPage(report, 'summary.md'));
    expect(text('reports/example/summary.md')).toBe(summary(report));
  });

  test.each([
    ['the table', table, 'reports/example/claims.md', page],
    ['the page', page, 'summary.md', text('reports/example/summary.md')],
  ])('%s leads to headings that are there', (_, links, path, target) => {
    const found = [...links.matchAll(/\]\(([^)#]+)#([^)]+)\)/g)];
    expect(found.length).toBeGreaterThan(0);
    const anchors = new Set(
      target
        .split('\n')
        .filter((line) => line.startsWith('#'))
        .map(anchorOf),
    );
    for (const [, to, anchor] of found) {
      expect(to).toBe(path);
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
