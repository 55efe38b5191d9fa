import type { Command } from 'commander';
import { clusterCommand } from './cluster.ts';
import { doctorCommand } from './doctor.ts';
import { initCommand } from './init.ts';
import { judgeCommand } from './judge.ts';
import { reportCommand } from './report.ts';
import { runCommand } from './run.ts';
import { verifyCommand } from './verify.ts';

/** Every command, in the order in which people meet them. */
export const commands = (): Command[] => [
  runCommand(),
  verifyCommand(),
  initCommand(),
  judgeCommand(),
  reportCommand(),
  clusterCommand(),
  doctorCommand(),
];
