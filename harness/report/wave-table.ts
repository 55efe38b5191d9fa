import type { ScenarioVerdict, WaveVerdict } from './verdict.ts';

/** The waves of every transition as lines of text, under their kinds where there are several. */
export function waveTables({ transitions }: Pick<ScenarioVerdict, 'transitions'>): string[] {
  return transitions.flatMap(({ kind, waves }) => [
    ...(transitions.length > 1 ? [`  ${kind}`] : []),
    ...waveTable(waves),
  ]);
}

function waveTable(waves: WaveVerdict[]): string[] {
  if (waves.length === 0) return ['  no wave was seen'];
  return table([
    ['wave (old,new)', 'seconds', 'ready ≥', 'floor', 'requests', 'dropped', 'stalled', 'p99 ms'],
    ...waves.map((wave) => [
      `(${wave.old},${wave.new})${wave.selector === undefined ? '' : ` ${wave.selector}`}`,
      wave.seconds.toFixed(1),
      String(wave.minReady),
      String(wave.floor),
      String(wave.requests),
      String(wave.dropped),
      String(wave.stalled),
      wave.p99Ms === null ? '–' : wave.p99Ms.toFixed(1),
    ]),
  ]);
}

/** Columns as wide as their widest cell; the first is text, the others figures. */
export function table(rows: string[][]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map(
    (row) => `  ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ')}`,
  );
}
