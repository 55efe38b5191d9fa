import type { ClusterFacts, Verdict } from '../history/types.ts';
import type { ProofVerdict, RunReport } from './verdict.ts';

/** What Markdown and HTML say in the same words. */

/** A verdict's mark: it is never told by colour alone. */
export const SIGNS: Record<Verdict, string> = { pass: '✔', fail: '✘', inconclusive: '?' };

/** Of a claim, by whether it holds. */
export const CLAIM_MARKS = new Map([
  [true, '✔ holds'],
  [false, '✘ does not hold'],
  [null, '? not known'],
]);

/** What a fix came to that was tried. */
export const FIX_OUTCOMES: Record<ProofVerdict['outcome'], string> = {
  'ends-it': 'it ends the drops',
  'in-part': 'it helps in part',
  not: 'it does not help',
  open: 'it could not be judged',
};

export const clusterWords = ({ version, provider, nodes, proxyMode, nodeImage }: ClusterFacts): string =>
  `Kubernetes ${version} on ${provider}, ${nodes} node${nodes === 1 ? '' : 's'}, ${proxyMode} proxy, node image ${nodeImage}.`;

/** "27 of 32 scenarios came out as expected; 2 were not run." */
export function expectedWords({ scenarios, notRun = [] }: Pick<RunReport, 'scenarios' | 'notRun'>): string {
  const expected = scenarios.filter(({ asExpected }) => asExpected).length;
  const rest = notRun.length === 0 ? '' : `; ${notRun.length} were not run`;
  return `${expected} of ${scenarios.length} scenarios came out as expected${rest}.`;
}

/** A hazard as a line, with where to read on. */
export const hazardLine = ({ words }: { words: string }, where: string): string =>
  `${words}; what is in hand then is cut (${where})`;
