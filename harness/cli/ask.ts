import { createInterface } from 'node:readline/promises';

/** Asks a person at a terminal. @param otherwise what Enter alone means */
export async function ask(question: string, otherwise: 'yes' | 'no'): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = (await terminal.question(`${question} ${otherwise === 'yes' ? '[Y/n]' : '[y/N]'} `)).trim();
    return answer === '' ? otherwise === 'yes' : /^(y|yes)$/i.test(answer);
  } finally {
    terminal.close();
  }
}

/** There is a person whom one can ask. */
export const hasTerminal = (): boolean => process.stdout.isTTY === true && process.stdin.isTTY === true;
