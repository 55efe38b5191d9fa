import type { Verdict } from '../history/types.ts';
import type { Ending, Fault } from './fault.ts';
import type { Service, Struck } from './run-under-fault.ts';

/** How a run ended that was struck. */
export function endingOf({ exitCode, report, folder }: Pick<Struck, 'exitCode' | 'report' | 'folder'>): Ending {
  if (exitCode === undefined) return 'killed';
  if (exitCode === 130) return 'stopped';
  const verdict = report?.scenarios[0]?.verdict;
  if (verdict !== undefined) return verdict === 'inconclusive' ? 'inconclusive' : 'verdict';
  return folder === undefined ? 'refused' : 'no verdict';
}

/** What is wrong with how it ended; nothing where it told the truth. `judged`: the verdict of what is in its folder, afterwards. */
export function wrongWith(fault: Fault, service: Service, one: Struck, judged: Verdict | undefined): string[] {
  const ending = endingOf(one);
  const verdict = one.report?.scenarios[0]?.verdict;
  const never = service === 'sound' ? 'fail' : 'pass';
  // What is proven stays proven, whatever breaks: a fail of the bad service is as good as any.
  const allowed: Ending[] = service === 'bad' && fault.endings.includes('inconclusive') ? ['verdict'] : [];
  const proven = ending === 'verdict' && verdict !== never;
  return [
    ...(one.missed && ending !== 'refused' ? ['it had ended before it was struck'] : []),
    ...(verdict === never ? [`a ${never} of the ${service} service`] : []),
    ...([...fault.endings, ...allowed].includes(ending)
      ? []
      : [`its ending is: ${ending} (exit code ${one.exitCode})`]),
    ...(one.exitCode === 0 && !proven ? ['exit code 0 without a verdict'] : []),
    ...(judged === never ? [`judged again, a ${never} of the ${service} service`] : []),
    ...(judged === 'pass' && (ending === 'killed' || ending === 'stopped')
      ? ['judged again, a part of a run is a pass']
      : []),
    ...(ending !== 'verdict' && fault.says !== undefined && ending !== 'killed' && !fault.says.test(one.told)
      ? ['it does not say what happened']
      : []),
    ...(/^\s+at .+:\d+:\d+\)?$/m.test(one.told) ? ['it shows a stack trace'] : []),
  ];
}
