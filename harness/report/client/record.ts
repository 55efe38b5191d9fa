import type { Timeline } from '../timeline/types.ts';
import { seconds } from './chart.ts';
import { element } from './dom.ts';
import type { Lost } from './lost.ts';

/** The record of one lost request: what it was, where, when, and why. @param prefix of the scenario's element ids */
export function record({ kind, mark }: Lost, index: number, all: number, timeline: Timeline, prefix: string): Node[] {
  const pod = timeline.pods[mark.pod];
  const wave = timeline.waves.find(({ number }) => number === mark.wave);
  const facts: [string, string][] = [
    ['request', `${mark.request}, lane ${mark.lane}`],
    [
      'began',
      `${seconds(mark.t)} after the trigger${wave === undefined ? '' : `, in wave ${wave.number} ${wave.label}`}`,
    ],
    [kind === 'drop' ? 'was lost after' : 'was answered after', `${mark.tookMs} ms`],
    ['pod', pod?.name ?? 'not known'],
    ...(pod === undefined ? [] : [['version', timeline.versions[pod.version]!] as [string, string]]),
    ['observation', `${mark.id} in history.jsonl.gz`],
  ];
  const title = `${kind === 'drop' ? 'Dropped' : 'Stalled'} request, ${index + 1} of ${all} lost`;
  const list = element(
    'dl',
    {},
    ...facts.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]),
  );
  if (kind === 'stall') return [element('h4', {}, title), list];
  const cause = timeline.texts[mark.cause]!;
  const also = mark.also.length === 0 ? '' : `, with ${mark.also.join(', ')}`;
  const link = element('a', { href: `#${prefix}-cause-${cause}` }, cause);
  return [
    element('h4', {}, title),
    element(
      'p',
      { class: 'cause-line' },
      timeline.texts[mark.how]!,
      ' — cause: ',
      link,
      ` (${mark.confidence}${also})`,
    ),
    list,
    ...(mark.told === '' ? [] : [element('ul', {}, ...mark.told.split('; ').map((fact) => element('li', {}, fact)))]),
  ];
}
