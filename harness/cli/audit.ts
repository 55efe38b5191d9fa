import { execa } from 'execa';
import { packageRoot } from '../package-root.ts';
import { auditOutcome } from './audit-outcome.ts';

/** `npm run check:audit`: known weaknesses in what rollproof depends on, as the lock file pins it. */
const { stdout } = await execa('npm', ['audit', '--json'], { cwd: packageRoot, reject: false, timeout: 60_000 });
const { words, sound } = auditOutcome(stdout);
process.stdout.write(`${words}\n`);
process.exitCode = sound ? 0 : 1;
