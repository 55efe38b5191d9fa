import { caseNames, HISTORIES, judgedText } from './recorded-cases.ts';

/**
 * Prints the time zone's offset and then, a line for each, what every recorded history comes to: for a process of its
 * own, in another time zone than the test's.
 */
const root = process.argv[2] ?? HISTORIES;
process.stdout.write(`${new Date(0).getTimezoneOffset()}\n`);
for (const name of caseNames(root)) process.stdout.write(`${judgedText(name, root)}\n`);
