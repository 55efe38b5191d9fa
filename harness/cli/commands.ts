import type { Command } from 'commander';

/** Every command, in the order in which people meet them. Whoever judges a saved run need not wait for what runs one. */
const COMMANDS: Record<string, () => Promise<Command>> = {
  run: async () => (await import('./run.ts')).runCommand(),
  verify: async () => (await import('./verify.ts')).verifyCommand(),
  init: async () => (await import('./init.ts')).initCommand(),
  judge: async () => (await import('./judge.ts')).judgeCommand(),
  report: async () => (await import('./report.ts')).reportCommand(),
  cluster: async () => (await import('./cluster.ts')).clusterCommand(),
  doctor: async () => (await import('./doctor.ts')).doctorCommand(),
};

/** The command of that name; all of them where there is none of it. */
export async function commands(name = ''): Promise<Command[]> {
  if (Object.hasOwn(COMMANDS, name)) return [await COMMANDS[name]!()];
  const all: Command[] = [];
  for (const load of Object.values(COMMANDS)) all.push(await load());
  return all;
}
