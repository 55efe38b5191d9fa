import * as echarts from 'echarts';

/** How far one bench was from its goal at each commit that it was run at: 1 is the goal, 2 is twice of it. */
export interface Course {
  name: string;
  points: { commit: string; timesGoal: number }[];
}

const TITLE = 'How many times the goal (the line at 1 is the goal)';
const WIDTH = 860;
const HEIGHT = 340;

/**
 * An SVG picture of all courses.
 *
 * @param measured commits, in the order in which benches were run at them
 */
export function speedChart(courses: Course[], measured: string[]): string {
  const shown = new Set(courses.flatMap(({ points }) => points.map(({ commit }) => commit)));
  const commits = [...new Set(measured)].filter((commit) => shown.has(commit));
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: HEIGHT });
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    color: ['#0b6bcb', '#c2410c', '#15803d', '#7c3aed', '#a16207', '#0e7490'],
    title: { text: TITLE, textStyle: { fontSize: 13 } },
    legend: { bottom: 0 },
    grid: { left: 50, right: 24, top: 44, bottom: 68 },
    xAxis: { type: 'category', data: commits },
    yAxis: { type: 'log', logBase: 10, min: 0.1 },
    series: courses.map(({ name, points }, index) => ({
      name,
      type: 'line',
      connectNulls: true,
      symbolSize: 8,
      data: commits.map((commit) => points.findLast((one) => one.commit === commit)?.timesGoal ?? null),
      ...(index === 0
        ? { markLine: { symbol: 'none', label: { show: false }, data: [{ yAxis: 1 }], lineStyle: { color: '#555' } } }
        : {}),
    })),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  // What a mouse that hovers over it sees is of no use in a picture; a title is, to whoever does not see it.
  // Its own numbers count on from chart to chart in one process.
  return `${svg
    .replace(/\bzr\d+-/g, 'zr-')
    .replace(/<style[\s\S]*?<\/style>\s*/, '')
    .replace(/>/, `><title>${TITLE}</title>`)}\n`;
}
