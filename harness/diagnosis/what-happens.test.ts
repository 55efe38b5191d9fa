import { expect, test } from 'vitest';
import { WHAT_HAPPENS } from './what-happens.ts';

test('each cause has a clause of its own, that goes on from another one', () => {
  const clauses = Object.values(WHAT_HAPPENS);
  expect(new Set(clauses).size).toBe(clauses.length);
  for (const clause of clauses) expect(clause).toMatch(/^[a-zA-Z].*[^.]$/);
});
