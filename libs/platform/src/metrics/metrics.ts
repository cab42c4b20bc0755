import { Logger } from '@nestjs/common';
import {
  collectDefaultMetrics,
  Registry,
  Counter as PromCounter,
  Gauge as PromGauge,
  Histogram as PromHistogram,
} from 'prom-client';
import { withinTime } from '../async/within-time';
import { Outage } from '../logging/outage';
import { Children, type Labels } from './children';

/** What a metric is called and what it tells. */
export interface MetricText<Label extends string> {
  /** By the conventions of Prometheus: base unit, `_total` for a counter. */
  readonly name: string;
  /** One sentence without a full stop, for whoever reads `/metrics`. */
  readonly help: string;
  /** Each with a small, closed set of values: a state, a topic, a route. Never an id. */
  readonly labels?: readonly Label[];
}

/** A number that only grows while the process lives. */
export interface Counter<Label extends string> {
  inc(labels: Labels<Label>, by?: number): void;
  /** The same for labels that are known beforehand: exposed as 0 from now on, and counting is a single addition. */
  labels(labels: Labels<Label>): { inc(by?: number): void };
}

/** Counts of values by size, in the unit of its name. */
export interface Histogram<Label extends string> {
  observe(labels: Labels<Label>, value: number): void;
}

/** A number that is read when somebody asks for it: see {@link Metrics.collect}. */
export interface Gauge<Label extends string> {
  set(labels: Labels<Label>, value: number): void;
}

/** Figures that are read when `/metrics` is asked for. */
export interface Collector<Figures> {
  /** Shown where the reading fails. */
  readonly name: string;
  /**
   * What is asked: `postgresql`, `kafka`. Collectors of one source are read one after the other and share its time, so that a scrape
   * takes one connection and a source that hangs costs its time once.
   */
  readonly source: string;
  /** What `show` sets. Without a reading they are left out. */
  readonly gauges: readonly Gauge<never>[];
  /** Looks once. What does not come in time, or rejects, is left out of this scrape. */
  read(signal: AbortSignal): Promise<Figures> | Figures;
  show(figures: Figures): void;
}

interface Entry {
  readonly collector: Collector<unknown>;
  readonly outage: Outage;
  isReading: boolean;
}

/** All collectors of a source together, in milliseconds. Well below the 10 s that Prometheus waits for a scrape. */
const SOURCE_TIMEOUT_MS = 2_000;
/** With less time left nothing is begun. */
const SHORTEST_READING_MS = 20;

/**
 * What `/metrics` shows of the process: counters and histograms that are moved where things happen, and gauges that are read at the
 * scrape. One instance a process; inject it and make each metric once, in a constructor. Switched off it costs nothing.
 */
export class Metrics {
  private static processMetrics: Registry | undefined;
  private readonly registry = new Registry();
  private readonly entries: Entry[] = [];
  private readonly failures: Counter<'collector'>;
  private scrape: Promise<string> | undefined;

  constructor(readonly isOn = true) {
    this.failures = this.counter({
      name: 'metrics_collect_failures_total',
      help: 'Readings that failed or took too long; their figures were left out of the scrape',
      labels: ['collector'],
    });
    if (!isOn || Metrics.processMetrics !== undefined) return;
    Metrics.processMetrics = new Registry();
    collectDefaultMetrics({ register: Metrics.processMetrics });
  }

  /** The media type of {@link text}. */
  get contentType(): string {
    return this.registry.contentType;
  }

  /** @throws Error when there is a metric of that name. */
  counter<const Label extends string = never>({ name, help, labels = [] }: MetricText<Label>): Counter<Label> {
    if (!this.isOn) return SILENT;
    const children = new Children(labels, (of) => new Cell(of));
    new PromCounter({
      name,
      help,
      labelNames: [...labels],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const cell of children.all()) this.inc(cell.labels, cell.value);
      },
    });
    if (labels.length === 0) children.of({} as Labels<Label>);
    return {
      inc: (of, by) => children.of(of).inc(by),
      labels: (of) => children.of(of),
    };
  }

  /** @param buckets upper bounds, rising. @throws Error when there is a metric of that name. */
  histogram<const Label extends string = never>(
    { name, help, labels = [] }: MetricText<Label>,
    buckets: readonly number[],
  ): Histogram<Label> {
    if (!this.isOn) return SILENT;
    const metric = new PromHistogram({
      name,
      help,
      labelNames: [...labels],
      buckets: [...buckets],
      registers: [this.registry],
    });
    const children = new Children(labels, (of) => metric.labels(of));
    return { observe: (of, value) => children.of(of).observe(value) };
  }

  /** Has no value until it is set. @throws Error when there is a metric of that name. */
  gauge<const Label extends string = never>({ name, help, labels = [] }: MetricText<Label>): Gauge<Label> & Clearable {
    if (!this.isOn) return SILENT;
    const metric = new PromGauge({ name, help, labelNames: [...labels], registers: [this.registry] });
    const clear = (): void => {
      metric.reset();
      // Without labels a reset one is 0, which is a statement.
      if (labels.length === 0) metric.remove();
    };
    clear();
    return { set: (of, value) => metric.set(of, value), clear };
  }

  /** Reads these figures at every scrape from now on. */
  collect<Figures>(collector: Collector<Figures>): void {
    if (!this.isOn) return;
    const { name } = collector;
    const texts = { failing: `Metrics of ${name} are left out`, working: `Metrics of ${name} are back` };
    this.failures.labels({ collector: name });
    this.entries.push({ collector, outage: new Outage(new Logger('Metrics'), texts), isReading: false });
  }

  /**
   * Everything in the text format of Prometheus. Takes two seconds at most, whatever hangs, and never rejects for want of a figure;
   * callers at the same time share one reading.
   */
  text(): Promise<string> {
    this.scrape ??= this.read().finally(() => {
      this.scrape = undefined;
    });
    return this.scrape;
  }

  private async read(): Promise<string> {
    const bySource = Map.groupBy(this.entries, ({ collector }) => collector.source);
    await Promise.all([...bySource.values()].map((entries) => this.readInTurn(entries)));
    const parts = [await this.registry.metrics(), (await Metrics.processMetrics?.metrics()) ?? ''];
    return parts.join('\n');
  }

  private async readInTurn(entries: readonly Entry[]): Promise<void> {
    const deadline = performance.now() + SOURCE_TIMEOUT_MS;
    for (const entry of entries) await this.readOne(entry, deadline - performance.now());
  }

  private async readOne(entry: Entry, timeoutMs: number): Promise<void> {
    const { collector, outage } = entry;
    try {
      const figures = await inTime(entry, timeoutMs);
      clear(collector);
      collector.show(figures);
      outage.ended();
    } catch (error) {
      clear(collector);
      this.failures.inc({ collector: collector.name });
      outage.failed(error);
    }
  }
}

interface Clearable {
  clear(): void;
}

/** One value of a counter. */
class Cell<Label extends string> {
  value = 0;

  constructor(readonly labels: Labels<Label>) {}

  readonly inc = (by = 1): void => {
    this.value += by;
  };
}

/** What all metrics are that are switched off. */
const SILENT: Counter<string> & Histogram<string> & Gauge<string> & Clearable = {
  inc: () => undefined,
  labels: () => ({ inc: () => undefined }),
  observe: () => undefined,
  set: () => undefined,
  clear: () => undefined,
};

/** @throws Error also when an earlier reading has not come to its end: a source that hangs is not asked again and again. */
async function inTime(entry: Entry, timeoutMs: number): Promise<unknown> {
  if (timeoutMs < SHORTEST_READING_MS) throw new Error('no time was left for it');
  if (entry.isReading) throw new Error('an earlier reading has not ended');
  return withinTime(
    async (signal) => {
      entry.isReading = true;
      try {
        return await entry.collector.read(signal);
      } finally {
        entry.isReading = false;
      }
    },
    { timeoutMs, graceMs: 0, timeUp: () => new Error('no answer in time') },
  );
}

function clear({ gauges }: Collector<unknown>): void {
  for (const gauge of gauges as readonly (Gauge<never> & Clearable)[]) gauge.clear();
}
