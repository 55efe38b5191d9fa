import { expect, test } from 'vitest';
import { auditOutcome } from './audit-outcome.ts';

const report = (...severities: string[]) =>
  JSON.stringify({
    vulnerabilities: Object.fromEntries(
      severities.map((severity, i) => [`p${i}`, { name: `p${i}`, severity, range: '<2' }]),
    ),
    metadata: { dependencies: { total: 400 } },
  });

test('a grave weakness fails, and is named; a slight one does not', () => {
  expect(auditOutcome(report('low', 'high'))).toEqual({
    sound: false,
    words: '400 dependencies audited; to be mended (npm audit):\n  p1 <2: high',
  });
  expect(auditOutcome(report('low'))).toEqual({
    sound: true,
    words: '400 dependencies audited: nothing grave is known of them',
  });
});

test('where nobody can be asked, that is said', () => {
  const refused = JSON.stringify({ message: '405 Method Not Allowed - POST https://registry.example/bulk', error: {} });
  expect(auditOutcome(refused)).toEqual({ sound: true, words: 'dependencies are NOT AUDITED: 405 Method Not Allowed' });
  expect(auditOutcome('')).toEqual({ sound: true, words: 'dependencies are NOT AUDITED: npm audit gave no answer' });
});
