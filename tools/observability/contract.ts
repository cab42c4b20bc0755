import { read, tableRows } from '../docs/read-markdown.ts';

/** A metric that the services promise, as docs/metrics.md has it. */
export interface Metric {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
}

const TYPES = ['counter', 'gauge', 'histogram'] as const;
/** What Prometheus itself adds to every series, or makes of every scrape. */
const OF_PROMETHEUS = { labels: ['job', 'instance'], metrics: ['up', 'scrape_duration_seconds', 'ALERTS'] };
/** prom-client's own metrics, of the process and of Node.js. */
const OF_NODE = /^(?:nodejs|process)_[a-z0-9_]+$/;
const SERIES_OF_HISTOGRAMS = ['_bucket', '_count', '_sum'];

/** The metrics of the services, from the tables of docs/metrics.md. */
export function contract(): Metric[] {
  return tableRows(read('docs/metrics.md')).flatMap(([name = '', type = '', labels = '']) => {
    const known = TYPES.find((each) => each === type);
    return known === undefined ? [] : [{ name: name.replaceAll('`', ''), type: known, labels: codesOf(labels) }];
  });
}

/**
 * The metric of the contract that a selected series belongs to, a histogram's by `_bucket`, `_count` or `_sum`; undefined when
 * there is none.
 */
export function metricOf(series: string, metrics: readonly Metric[] = contract()): Metric | undefined {
  return metrics.find(({ name, type }) =>
    type === 'histogram' ? SERIES_OF_HISTOGRAMS.some((suffix) => series === `${name}${suffix}`) : series === name,
  );
}

/** Whether Prometheus or prom-client makes this metric for every service. */
export function isGeneral(series: string): boolean {
  return OF_PROMETHEUS.metrics.includes(series) || OF_NODE.test(series);
}

/** The labels that series of a metric have, `le` included. */
export function labelsOf({ type, labels }: Metric): string[] {
  return [...labels, ...OF_PROMETHEUS.labels, ...(type === 'histogram' ? ['le'] : [])];
}

function codesOf(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}
