import { styleText } from 'node:util';
import { printable } from '../report/printable.ts';

/** What a run is at: a line for everything that has ended, and below them, where somebody watches, what is under way. */
export interface Progress {
  /** Something begins; what was under way is no longer shown. */
  begin(title: string): void;
  /** How it is getting on. */
  now(text: string): void;
  /** It has ended, in these words; without words, no line is left of it. */
  end(words?: string, good?: boolean): void;
  /** Takes what is under way off the screen for a moment, so that something else can be written. */
  hide(): void;
}

export interface ProgressOptions {
  write(text: string): void;
  /** Columns of the terminal; undefined where there is none. */
  columns?(): number;
  now?(): number;
}

/** Without a terminal, what is under way says so this often: a CI log is not to be flooded, nor silent. */
const PLAIN_EVERY_MS = 30_000;
const FRAME_MS = 120;
const FRAMES = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';

/** However many scenarios there are, two lines are redrawn at most: a list longer than the screen could not be. */
export function progress({ write, columns, now = () => performance.now() }: ProgressOptions): Progress {
  let title: string | undefined;
  let text = '';
  let began = 0;
  let said = 0;
  let drawn = 0;
  let frame = 0;
  let timer: NodeJS.Timeout | undefined;

  const elapsed = () => `${((now() - began) / 1000).toFixed(0)} s`;

  function clear(): void {
    if (drawn > 0) write(`${'\x1b[1A\x1b[2K'.repeat(drawn)}\r`);
    drawn = 0;
  }

  function draw(): void {
    if (title === undefined || columns === undefined) return;
    const width = columns() - 1;
    const cut = (line: string) => (line.length > width ? `${line.slice(0, width - 1)}…` : line);
    clear();
    frame = (frame + 1) % FRAMES.length;
    const lines = [cut(`${FRAMES[frame]} ${title} [${elapsed()}]`), ...(text === '' ? [] : [cut(`    ${text}`)])];
    write(`${lines.join('\n')}\n`);
    drawn = lines.length;
  }

  return {
    hide: clear,
    begin(what) {
      clear();
      [title, text, began, said] = [printable(what), '', now(), now()];
      if (columns === undefined) return;
      timer ??= setInterval(draw, FRAME_MS).unref();
      draw();
    },
    now(what) {
      text = printable(what);
      if (columns !== undefined || title === undefined || now() - said < PLAIN_EVERY_MS) return;
      said = now();
      write(`  … ${title}: ${text} [${elapsed()}]\n`);
    },
    end(words, good = true) {
      clear();
      clearInterval(timer);
      timer = undefined;
      if (words !== undefined) {
        const mark = good ? styleText('green', '✔') : styleText('red', '✖');
        write(`${mark} ${printable(words)} [${elapsed()}]\n`);
      }
      title = undefined;
    },
  };
}
