import type { EChartsOption } from 'echarts';
import { INK, renderSvg } from '../charts/render.ts';
import { asked, COLUMNS, type Dashboard, type Panel, type Query, type Unit } from './dashboard.ts';

/** What to ask a Prometheus, and for when. */
export interface Look {
  /** Base URL of Prometheus. */
  readonly prometheus: string;
  /** Seconds since the epoch. */
  readonly from: number;
  readonly to: number;
  /** Range of rates, such as `15s`. */
  readonly rateInterval: string;
}

interface Line {
  readonly name: string;
  /** Milliseconds since the epoch; no value where Prometheus has none. */
  readonly points: readonly (readonly [number, number | undefined])[];
}

const WIDTH = 1_920;
const PANEL_HEIGHT = 260;
const HEADING_HEIGHT = 40;
const POINTS = 120;
const COLOURS = ['#3b82f6', '#ef4444', '#10b981', '#8b5cf6', '#d9822b', '#0ea5b7', '#a16207', '#be185d', '#64748b'];
const FORMATS: Readonly<Record<Unit, (value: number) => string>> = {
  short: number,
  none: number,
  s: (value) => (Math.abs(value) < 1 ? `${number(value * 1_000)} ms` : `${number(value)} s`),
  reqps: (value) => `${number(value)}/s`,
  mps: (value) => `${number(value)}/s`,
  ops: (value) => `${number(value)}/s`,
  percentunit: (value) => `${number(value * 100)} %`,
  bytes: (value) => `${number(value / 2 ** 20)} MiB`,
};

/**
 * A dashboard as one SVG, of the answers that a Prometheus gives to its queries: for whoever has no Grafana. Panels are where
 * Grafana shows them; a number and a table are drawn as lines.
 *
 * @returns the picture, and the titles of panels for which there was no answer
 */
export async function drawDashboard(dashboard: Dashboard, look: Look): Promise<{ svg: string; empty: string[] }> {
  const parts: string[] = [];
  const empty: string[] = [];
  let y = 0;
  for (const row of dashboard.rows) {
    parts.push(`<text x="16" y="${y + 26}" font-family="sans-serif" font-size="18" fill="${INK}">${row.title}</text>`);
    y += HEADING_HEIGHT;
    let x = 0;
    for (const panel of row.panels) {
      const width = (WIDTH * panel.width) / COLUMNS;
      if (x + width > WIDTH) {
        x = 0;
        y += PANEL_HEIGHT;
      }
      const lines = (await Promise.all(panel.queries.map((query) => ask(query, look)))).flat();
      if (lines.length === 0) empty.push(panel.title);
      const svg = renderSvg({ width, height: PANEL_HEIGHT }, panel.title, optionOf(panel, lines, look));
      parts.push(svg.replace('<svg ', `<svg x="${x}" y="${y}" `));
      x += width;
    }
    y += PANEL_HEIGHT;
  }
  const head = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${y}" viewBox="0 0 ${WIDTH} ${y}">`;
  return { svg: `${head}${parts.join('')}</svg>\n`, empty };
}

/** The lines of a query, named as its legend says. @throws Error with what Prometheus says against it */
async function ask(query: Query, { prometheus, from, to, rateInterval }: Look): Promise<Line[]> {
  const parameters = new URLSearchParams({
    query: asked(query, rateInterval),
    start: String(from),
    end: String(to),
    step: String(stepOf({ from, to })),
  });
  const response = await fetch(`${prometheus}/api/v1/query_range?${parameters.toString()}`, {
    signal: AbortSignal.timeout(10_000),
  });
  const { data, error } = (await response.json()) as {
    error?: string;
    data?: { result: { metric: Record<string, string>; values: [number, string][] }[] };
  };
  if (data === undefined) throw new Error(`${query.expr}: ${error ?? response.statusText}`);
  return data.result.map(({ metric, values }) => ({
    name: query.legend.replace(/\{\{(\w+)\}\}/g, (_, label: string) => metric[label] ?? ''),
    points: withGaps(values, stepOf({ from, to })),
  }));
}

function optionOf({ kind, unit, thresholds }: Panel, lines: readonly Line[], { from, to }: Look): EChartsOption {
  const format = FORMATS[unit];
  // Its title says it all, and it is narrow.
  const isNumber = kind === 'number' && lines.length < 2;
  const limit = thresholds?.bad;
  return {
    color: COLOURS,
    grid: { left: 80, right: isNumber ? 20 : 210, top: 40, bottom: 30 },
    legend: {
      show: !isNumber,
      type: 'scroll',
      orient: 'vertical',
      right: 8,
      top: 36,
      width: 190,
      textStyle: { color: INK, fontSize: 10 },
      itemWidth: 12,
    },
    xAxis: {
      type: 'time',
      min: from * 1_000,
      max: to * 1_000,
      axisLabel: { color: INK, hideOverlap: true },
      splitLine: { show: false },
    },
    yAxis: {
      type: 'value',
      min: 0,
      axisLabel: { color: INK, formatter: format },
      splitLine: { lineStyle: { color: `${INK}33` } },
    },
    series: lines.map(({ name, points }, index) => ({
      name,
      type: 'line' as const,
      data: points.map(([time, value]) => [time, value ?? '-']),
      showSymbol: false,
      lineStyle: { width: 1.5 },
      ...(kind === 'areas' && { stack: 'all', areaStyle: { opacity: 0.3 } }),
      ...(index === 0 &&
        limit !== undefined && {
          markLine: {
            silent: true,
            symbol: 'none',
            data: [{ yAxis: limit }],
            lineStyle: { color: '#ef4444', type: 'dashed' as const },
            label: { show: false },
          },
        }),
    })),
  };
}

function number(value: number): string {
  return value.toLocaleString('en', { maximumSignificantDigits: 3 });
}

function stepOf({ from, to }: Pick<Look, 'from' | 'to'>): number {
  return (to - from) / POINTS;
}

/** Values with as many digits as can be seen, and none where a value is missing or is not a number. */
function withGaps(values: readonly (readonly [number, string])[], step: number): Line['points'] {
  return values.flatMap(([seconds, text], index) => {
    const value = Number(text);
    const point = [
      Math.round(seconds * 1_000),
      Number.isFinite(value) ? Number(value.toPrecision(4)) : undefined,
    ] as const;
    const before = values[index - 1]?.[0];
    if (before === undefined || seconds - before < step * 1.5) return [point];
    return [[Math.round((before + step) * 1_000), undefined] as const, point];
  });
}
