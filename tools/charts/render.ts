import * as echarts from 'echarts';

/** Grey that can be read on white and on black: the background of a plot is the reader's. */
export const INK = '#808691';

/** Draws a plot of the given size, in pixels, as SVG: text in {@link INK}, the title in its corner, and nothing that moves. */
export function renderSvg(
  size: { readonly width: number; readonly height: number },
  title: string,
  option: echarts.EChartsOption,
): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, ...size });
  try {
    chart.setOption({
      ...option,
      animation: false,
      backgroundColor: 'transparent',
      textStyle: { fontFamily: 'sans-serif', color: INK },
      title: { text: title, left: 16, top: 8, textStyle: { fontSize: 15, fontWeight: 'normal', color: INK } },
    });
    return `${withoutHover(chart.renderToSVGString())}\n`;
  } finally {
    chart.dispose();
  }
}

/** Styles for the mouse are named by a counter of the process: without them a plot changes only when its figures do. */
function withoutHover(svg: string): string {
  return svg.replace(/<style\b[\s\S]*?<\/style>/g, '').replace(/ (?:class|id)="zr\d+-[^"]*"/g, '');
}
