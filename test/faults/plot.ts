import type * as echarts from 'echarts';
import { INK, renderSvg } from '../../tools/charts/render.ts';
import type { Sample } from './sampler.ts';
import type { JournalEntry } from './journal.ts';
import type { Band } from './world.ts';

/** Of middling lightness, so that they stand out on white and on black. */
const COLOURS = ['#3b82f6', '#ef4444', '#10b981', '#8b5cf6', '#d9822b', '#0ea5b7'];

export interface Timeline {
  readonly title: string;
  readonly entries: readonly JournalEntry[];
  readonly samples: readonly Sample[];
  readonly bands: readonly Band[];
  /** Milliseconds since the load began. */
  readonly end: number;
}

interface Series {
  readonly name: string;
  readonly points: readonly (readonly [number, number])[];
}

interface Panel {
  readonly label: string;
  readonly series: readonly Series[];
}

/** Draws how a run went: throughput, latency, consumer lag and outbox over time, with the faults as bands. */
export function plot({ title, entries, samples, bands, end }: Timeline): string {
  const creates = entries.filter(({ kind }) => kind === 'create');
  const panels: Panel[] = [
    {
      label: 'answers/s',
      series: [
        {
          name: 'accepted',
          points: perSecond(
            creates.filter(({ status }) => status === 201),
            end,
            (of) => of.length,
          ),
        },
        {
          name: 'not accepted',
          points: perSecond(
            creates.filter(({ status }) => status !== 201),
            end,
            (of) => of.length,
          ),
        },
      ],
    },
    {
      label: 'POST ms',
      series: [
        { name: 'median', points: perSecond(creates, end, (of) => quantile(of, 0.5)) },
        { name: '99th percentile', points: perSecond(creates, end, (of) => quantile(of, 0.99)) },
      ],
    },
    { label: 'lag', series: [{ name: 'records not consumed', points: pointsOf(samples, ({ lag }) => lag) }] },
    { label: 'outbox', series: [{ name: 'events not published', points: pointsOf(samples, ({ outbox }) => outbox) }] },
  ];
  return draw(title, panels, bands, end);
}

function perSecond(
  entries: readonly JournalEntry[],
  end: number,
  value: (of: readonly JournalEntry[]) => number,
): [number, number][] {
  const seconds = Map.groupBy(entries, ({ at, ms }) => Math.floor((at + ms) / 1_000));
  return Array.from({ length: Math.ceil(end / 1_000) }, (_, second) => [
    second * 1_000,
    value(seconds.get(second) ?? []),
  ]);
}

function quantile(entries: readonly JournalEntry[], share: number): number {
  const sorted = entries.map(({ ms }) => ms).sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function pointsOf(samples: readonly Sample[], value: (sample: Sample) => number | undefined): [number, number][] {
  return samples.flatMap((sample) => {
    const y = value(sample);
    return y === undefined ? [] : [[sample.at, y] as [number, number]];
  });
}

function draw(title: string, panels: readonly Panel[], bands: readonly Band[], end: number): string {
  const seconds = (at: number): number => Math.min(at, end) / 1_000;
  const markArea = {
    silent: true,
    itemStyle: { color: '#f59e0b', opacity: 0.18 },
    data: bands.map(({ from, to }) => [{ xAxis: seconds(from) }, { xAxis: seconds(to) }] as [object, object]),
  };
  const height = 70 + panels.length * 170;
  const svg = renderSvg({ width: 1_000, height }, title, {
    color: COLOURS,
    legend: { top: 30, textStyle: { color: INK } },
    grid: panels.map((_, index) => ({ left: 70, right: 20, top: 70 + index * 170, height: 115 })),
    xAxis: panels.map((_, gridIndex) => ({ gridIndex, type: 'value', min: 0, max: seconds(end), ...axis('') })),
    yAxis: panels.map(({ label }, gridIndex) => ({ gridIndex, type: 'value', ...axis(label) })),
    series: panels.flatMap(({ series }, index) =>
      series.map(({ name, points }, place) => ({
        ...{ type: 'line', name, xAxisIndex: index, yAxisIndex: index, showSymbol: false, lineStyle: { width: 1.3 } },
        data: points.map(([at, y]) => [seconds(at), y]),
        ...(place === 0 ? { markArea } : {}),
      })),
    ),
  } as echarts.EChartsOption);
  return withBandNames(svg, bands);
}

/** Gives each band its name as a tooltip: of all shapes echarts marks only areas with their index and as silent. */
function withBandNames(svg: string, bands: readonly Band[]): string {
  return svg.replace(
    /(<polygon [^>]*ecmeta_data_index="(\d+)"[^>]*ecmeta_silent="true"[^>]*>)<\/polygon>/g,
    (_, shape: string, index: string) =>
      `${shape}<title>${escaped(bands[Number(index)]?.what ?? '')}</title></polygon>`,
  );
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

function axis(name: string) {
  const common = { axisLabel: { color: INK }, axisLine: { lineStyle: { color: INK } }, splitLine: { show: false } };
  return name === '' ? common : { name, nameLocation: 'middle', nameGap: 46, ...common };
}
