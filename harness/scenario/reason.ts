/** What kubectl said, in one line. */
export function reasonOf(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message?: string };
  return (stderr || message || String(error)).trim().replace(/\s*\n\s*/g, '; ');
}
