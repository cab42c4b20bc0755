import type { Sample } from './sampler.ts';
import type { JournalEntry } from './journal.ts';
import type { Band } from './world.ts';

const WIDTH = 1_000;
const PANEL = 130;
const GAP = 34;
const LEFT = 60;
const COLOURS = ['#2563eb', '#dc2626', '#059669'];

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

/** Draws how a run went: throughput, latency, consumer lag and outbox over time, with the faults as bands. */
export function plot({ title, entries, samples, bands, end }: Timeline): string {
  const creates = entries.filter(({ kind }) => kind === 'create');
  const panels: { label: string; series: Series[] }[] = [
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
  const height = 60 + panels.length * (PANEL + GAP);
  const x = (at: number): number => LEFT + (Math.min(at, end) / end) * (WIDTH - LEFT - 20);
  const shades = bands.map(({ what, from, to }) => shade(x(from), x(to), height, what)).join('\n');
  const drawn = panels
    .map(({ label, series }, index) => panel(label, series, 40 + index * (PANEL + GAP), x))
    .join('\n');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="11">
<rect width="${WIDTH}" height="${height}" fill="white"/>
<text x="${LEFT}" y="20" font-size="15">${escape(title)}</text>
${shades}
${drawn}
<text x="${WIDTH - 20}" y="${height - 6}" text-anchor="end">${Math.round(end / 1_000)} s</text>
</svg>
`;
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

function shade(from: number, to: number, height: number, what: string): string {
  const width = Math.max(1, to - from).toFixed(1);
  return `<rect x="${from.toFixed(1)}" y="30" width="${width}" height="${height - 50}" fill="#f59e0b" opacity="0.18"><title>${escape(what)}</title></rect>`;
}

function panel(label: string, series: readonly Series[], top: number, x: (at: number) => number): string {
  const highest = Math.max(1, ...series.flatMap(({ points }) => points.map(([, y]) => y)));
  const lines = series.map(({ name, points }, index) => {
    const path = points.map(([at, y]) => `${x(at).toFixed(1)},${(top + PANEL - (y / highest) * PANEL).toFixed(1)}`);
    const colour = COLOURS[index] ?? 'black';
    return `<polyline fill="none" stroke="${colour}" stroke-width="1.3" points="${path.join(' ')}"/>
<text x="${LEFT + 8 + index * 140}" y="${top - 4}" fill="${colour}">${escape(name)}</text>`;
  });
  return `<line x1="${LEFT}" y1="${top + PANEL}" x2="${WIDTH - 20}" y2="${top + PANEL}" stroke="#999"/>
<text x="4" y="${top + 10}">${Math.round(highest)}</text><text x="4" y="${top + PANEL}">0 ${escape(label)}</text>
${lines.join('\n')}`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
