import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunReport } from './verdict.ts';

export function writeVerdict(folder: string, report: RunReport): void {
  writeFileSync(join(folder, 'verdict.json'), `${JSON.stringify(report, null, 2)}\n`);
}
