/** What `npm audit --json` prints: of what was found, or of why nothing could be. */
interface AuditReport {
  vulnerabilities?: Record<string, { name: string; severity: string; range: string; fixAvailable?: unknown }>;
  metadata?: { dependencies?: { total?: number } };
  message?: string;
}

/** Below these, no release of ours waits for somebody else's. */
const GRAVE = ['moderate', 'high', 'critical'];

/**
 * @returns whether nothing grave is known, in words. A registry that can't be asked, as mirrors often can't, is no reason to fail: it
 *   is said.
 */
export function auditOutcome(json: string): { words: string; sound: boolean } {
  let report: AuditReport;
  try {
    report = JSON.parse(json);
  } catch {
    return { sound: true, words: 'dependencies are NOT AUDITED: npm audit gave no answer' };
  }
  const { vulnerabilities, metadata, message } = report;
  if (vulnerabilities === undefined)
    return {
      sound: true,
      words: `dependencies are NOT AUDITED: ${(message ?? 'npm audit gave no answer').split(' - ')[0]}`,
    };
  const grave = Object.values(vulnerabilities).filter(({ severity }) => GRAVE.includes(severity));
  const lines = grave.map(({ name, severity, range }) => `  ${name} ${range}: ${severity}`);
  const all = `${metadata?.dependencies?.total ?? 'all'} dependencies`;
  if (grave.length === 0) return { sound: true, words: `${all} audited: nothing grave is known of them` };
  return { sound: false, words: [`${all} audited; to be mended (npm audit):`, ...lines].join('\n') };
}
