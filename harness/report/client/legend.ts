import type { Timeline } from '../timeline/types.ts';
import { element } from './dom.ts';
import { PHASES, SIGNS } from './draw-pods.ts';

/** What colours, heights and signs mean. */
export function legend({ versions, pods, drops, stalls, holes }: Timeline): Node[] {
  const phases = new Set(pods.flatMap(({ segments }) => segments.map(({ state }) => state)));
  const signs = new Set(pods.flatMap(({ marks }) => marks.map(({ kind }) => kind)));
  const sign = (text: string, words: string, kind = '') =>
    element('li', {}, element('span', { class: `sign ${kind}`, 'aria-hidden': 'true' }, text), ` ${words}`);
  return [
    element(
      'ul',
      {},
      ...versions.map((name, index) =>
        element(
          'li',
          {},
          element('span', { class: 'swatch', style: `background: var(--version-${index % 6})` }),
          ` ${name}`,
        ),
      ),
    ),
    element(
      'ul',
      {},
      ...(Object.keys(PHASES) as (keyof typeof PHASES)[])
        .filter((state) => phases.has(state))
        .map((state) => element('li', {}, element('span', { class: `phase ${state}` }), ` ${PHASES[state].words}`)),
      ...(Object.keys(SIGNS) as (keyof typeof SIGNS)[])
        .filter((kind) => signs.has(kind))
        .map((kind) => sign(SIGNS[kind].sign, SIGNS[kind].words)),
    ),
    element(
      'ul',
      {},
      sign('━', 'available pods', 'ready'),
      sign('╍', 'floor', 'floor'),
      sign('━', 'ready endpoints', 'endpoint'),
      sign('⋯', 'ceiling', 'faint'),
      sign('✕', `dropped (${drops.length})`, 'drop'),
      sign('○', `stalled (${stalls.length})`, 'stall'),
      ...(holes.length === 0 ? [] : [sign('▒', 'something was blind, or the machine at fault', 'hole')]),
    ),
  ];
}
