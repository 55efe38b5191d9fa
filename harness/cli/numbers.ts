import { InvalidArgumentError } from 'commander';

/** An option's value. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('it has to be a whole number of at least 1.');
  return value;
}
