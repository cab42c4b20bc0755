import type * as echarts from 'echarts';
import { INK, renderSvg } from '../tools/charts/render.ts';

/** One value of a bar: its part by part, drawn one on the other. */
export interface Bar {
  readonly name: string;
  readonly parts: readonly { readonly name: string; readonly value: number }[];
}

export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [number, number])[];
}

export interface Labels {
  readonly title: string;
  readonly x: string;
  readonly y: string;
}

/** A value that all bars are held against, as a horizontal line. */
export interface Limit {
  readonly name: string;
  readonly value: number;
}

const SIZE = { width: 760, height: 400 };
const LIMIT = '#ef4444';
const GRID = '#80869155';
/** Of middling lightness, so that they stand out on both as well. */
const COLOURS = ['#3b82f6', '#ef4444', '#10b981', '#d9822b', '#8b5cf6', '#0ea5b7', '#d6409f', '#65a30d', '#7c8594'];

/** Stacked bars side by side as SVG, with the sum above each; a legend when there is more than one part. */
export function bars(labels: Labels, data: readonly Bar[], limit?: Limit): string {
  const names = [...new Set(data.flatMap(({ parts }) => parts.map(({ name }) => name)))];
  const series = names.map((name) => ({
    type: 'bar' as const,
    name,
    stack: 'sum',
    barMaxWidth: 70,
    data: data.map(({ parts }) => parts.find((part) => part.name === name)?.value ?? 0),
  }));
  const sums = data.map(({ parts }) => parts.reduce((total, { value }) => total + value, 0));
  // A bar of no height on top of the others: it carries their sum, and the limit.
  const top = {
    type: 'bar' as const,
    name: 'sum',
    stack: 'sum',
    data: data.map(() => 0),
    label: {
      show: true,
      position: 'top' as const,
      color: INK,
      formatter: ({ dataIndex }: { dataIndex: number }) => short(sums[dataIndex]),
    },
    ...(limit === undefined ? {} : { markLine: lineAt(limit) }),
  };
  return draw(labels, names.length > 1 ? names : [], {
    xAxis: {
      ...axis(labels.x),
      type: 'category',
      data: data.map(({ name }) => name),
      nameGap: 32,
      axisLabel: { color: INK, interval: 0 },
    },
    yAxis: {
      ...axis(labels.y),
      type: 'value',
      nameGap: 52,
      ...(limit === undefined ? {} : { max: ({ max }: { max: number }) => roundAbove(Math.max(max, limit.value)) }),
    },
    series: [...series, top],
  });
}

/** Lines with their points as SVG, over a logarithmic scale: latencies of several magnitudes are to be compared. */
export function lines(labels: Labels, data: readonly Line[]): string {
  const values = data.flatMap(({ points }) => points.map(([, y]) => y));
  return draw(
    labels,
    data.map(({ name }) => name),
    {
      xAxis: { ...axis(labels.x), type: 'value', nameGap: 32 },
      yAxis: { ...axis(labels.y), type: 'log', nameGap: 52, min: lowerPower(Math.min(...values)) },
      series: data.map(({ name, points }) => ({
        type: 'line',
        name,
        symbol: 'circle',
        symbolSize: 6,
        data: points.map(([...at]) => at),
      })),
    },
  );
}

function draw({ title }: Labels, legend: readonly string[], option: echarts.EChartsOption): string {
  return renderSvg(SIZE, title, {
    ...option,
    color: COLOURS,
    grid: { left: 76, right: legend.length > 0 ? 210 : 130, top: 56, bottom: 60 },
    legend: { data: [...legend], orient: 'vertical', right: 12, top: 52, icon: 'roundRect', textStyle: { color: INK } },
  });
}

function axis(name: string) {
  return {
    name,
    nameLocation: 'middle' as const,
    axisLabel: { color: INK },
    axisLine: { lineStyle: { color: INK } },
    splitLine: { lineStyle: { color: GRID } },
  };
}

function lineAt({ name, value }: Limit) {
  return {
    silent: true,
    symbol: 'none',
    lineStyle: { color: LIMIT, type: 'dashed' as const },
    label: { formatter: `${name}\n${short(value)}`, color: INK, position: 'end' as const },
    data: [{ yAxis: value }],
  };
}

/** The next half of a power of ten. */
function roundAbove(value: number): number {
  const step = 10 ** Math.floor(Math.log10(Math.max(value, 0.1))) / 2;
  return Math.ceil(value / step) * step;
}

function lowerPower(value: number): number {
  return 10 ** Math.floor(Math.log10(Math.max(value, 0.1)));
}

function short(value: unknown): string {
  return Number(value).toLocaleString('en-US', { maximumSignificantDigits: 3 });
}
