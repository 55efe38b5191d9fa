import { expect, test } from 'vitest';
import { s } from '../history/testing/build.ts';
import { type Hearing, hearing } from './hearing.ts';

/** What happens at which second; the gaps that it leaves, in seconds. Late is more than 2 s. */
function gapsOf(...steps: [number, (ear: Hearing, t: number) => void][]): [number, number, string][] {
  let t = 0;
  const gaps: [number, number, string][] = [];
  const ear = hearing({
    now: () => t,
    lateMs: 2_000,
    gap: (from, to, reason) => gaps.push([from / 1e9, to / 1e9, reason]),
  });
  for (const [at, step] of steps) {
    t = s(at);
    step(ear, t);
  }
  return gaps;
}

const opened = (ear: Hearing) => ear.opened();
const event = (ear: Hearing, t: number) => ear.heard(t, 'event');
const bookmark = (ear: Hearing, t: number) => ear.heard(t, 'bookmark');
const ended = (ear: Hearing, t: number) => ear.heard(t, 'end');
const broke = (ear: Hearing) => ear.failed('reset', false);
const refused = (ear: Hearing) => ear.failed('refused', false);
const silent = (ear: Hearing) => ear.failed('silent', true);
const relisted = (ear: Hearing) => ear.relisted('listed anew');
const close = (ear: Hearing) => ear.close();

test.each<[string, [number, (ear: Hearing, t: number) => void][], [number, number, string][]]>([
  [
    'quiet, ended and opened again',
    [
      [0, opened],
      [15, ended],
      [15.1, opened],
      [30, ended],
    ],
    [],
  ],
  [
    'ended, and for long not opened again',
    [
      [15, ended],
      [18, opened],
    ],
    [[15, 18, 'the watch could not be opened again for so long']],
  ],
  [
    'broken and resumed, then nothing for a while: nothing was missed, however long it had been quiet',
    [
      [1, event],
      [9, broke],
      [9.1, opened],
      [9.7, event],
    ],
    [],
  ],
  [
    'broken after a quiet time and resumed: what comes at once may have waited for long',
    [
      [1, event],
      [9, broke],
      [9.1, opened],
      [9.2, event],
      [9.3, event],
    ],
    [[1, 9.2, 'reset']],
  ],
  [
    'the same, but it is a bookmark that comes',
    [
      [1, event],
      [9, broke],
      [9.1, opened],
      [9.2, bookmark],
      [9.3, event],
    ],
    [],
  ],
  [
    'the same, but it had been heard just before',
    [
      [8.5, event],
      [9, broke],
      [9.1, opened],
      [9.2, event],
    ],
    [],
  ],
  [
    'broken once a second, and each time resumed for long enough',
    [
      [1, event],
      [2, broke],
      [2.1, opened],
      [3, broke],
      [3.1, opened],
      [4, broke],
      [4.1, opened],
      [4.2, event],
    ],
    [],
  ],
  [
    'broken again before anything came: nobody knows what the first resumption brought',
    [
      [1, event],
      [9, broke],
      [9.1, opened],
      [9.2, broke],
      [9.3, opened],
    ],
    [[1, 9.3, 'reset']],
  ],
  [
    'refused for long',
    [
      [1, event],
      [9, broke],
      [9.1, refused],
      [12, refused],
      [12.5, opened],
      [12.6, event],
    ],
    [[1, 12.5, 'reset; refused']],
  ],
  [
    'refused for an instant',
    [
      [9, event],
      [9.1, broke],
      [9.2, refused],
      [9.3, opened],
      [9.4, event],
    ],
    [],
  ],
  [
    'silent, whatever comes next',
    [
      [1, bookmark],
      [1.5, silent],
      [1.6, opened],
      [1.7, event],
    ],
    [[1, 1.6, 'silent']],
  ],
  [
    'listed anew, twice',
    [
      [1, event],
      [2, relisted],
      [2.1, opened],
      [3, relisted],
    ],
    [
      [1, 2, 'listed anew'],
      [2.1, 3, 'listed anew'],
    ],
  ],
  [
    'down at the end',
    [
      [1, event],
      [1.5, refused],
      [2, close],
    ],
    [[1, 2, 'refused']],
  ],
  [
    'up at the end',
    [
      [1, event],
      [1.5, broke],
      [1.6, opened],
      [2, close],
    ],
    [],
  ],
])('%s', (_, steps, gaps) => expect(gapsOf(...steps)).toEqual(gaps));
