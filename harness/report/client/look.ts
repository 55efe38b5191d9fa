/** Colours and sizes as the style sheet has them: light or dark, on paper or on a screen. */
export interface Look {
  text: string;
  faint: string;
  line: string;
  paper: string;
  band: string;
  hole: string;
  drop: string;
  stall: string;
  floor: string;
  ready: string;
  endpoint: string;
  good: string;
  versions: string[];
}

const NAMES = ['text', 'faint', 'line', 'paper', 'band', 'hole', 'drop', 'stall', 'floor', 'ready', 'endpoint', 'good'];
const VERSIONS = 6;

export function lookOf(element: Element): Look {
  const style = getComputedStyle(element);
  const read = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const named = Object.fromEntries(NAMES.map((name) => [name, read(name)])) as unknown as Omit<Look, 'versions'>;
  return { ...named, versions: Array.from({ length: VERSIONS }, (_, index) => read(`version-${index}`)) };
}

export const versionColor = ({ versions }: Look, version: number): string => versions[version % versions.length]!;
