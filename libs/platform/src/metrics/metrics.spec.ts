import { eventually } from '@app/testing';
import { Logger } from '@nestjs/common';
import { MOST_CHILDREN } from './children';
import { Metrics } from './metrics';

beforeEach(() => {
  Logger.overrideLogger(false);
});

/** The samples of a scrape by their name with labels, as they are written; those of the process are left out. */
async function scrape(metrics: Metrics): Promise<Record<string, number>> {
  const lines = (await metrics.text()).split('\n').filter((line) => /^(?!#|nodejs_|process_)./.test(line));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
}

describe('a counter', () => {
  it('counts by its labels, and shows 0 for labels that are known beforehand', async () => {
    const metrics = new Metrics();
    const orders = metrics.counter({ name: 'orders_total', help: 'Orders', labels: ['outcome', 'channel'] });
    orders.labels({ outcome: 'confirmed', channel: 'web' });
    orders.inc({ outcome: 'cancelled', channel: 'web' });
    orders.inc({ channel: 'web', outcome: 'cancelled' }, 2);
    expect(await scrape(metrics)).toEqual({
      'orders_total{outcome="confirmed",channel="web"}': 0,
      'orders_total{outcome="cancelled",channel="web"}': 3,
    });
  });

  it('is 0 from the beginning when it has no labels', async () => {
    const metrics = new Metrics();
    const orders = metrics.counter({ name: 'orders_total', help: 'Orders' });
    expect(await scrape(metrics)).toEqual({ orders_total: 0 });
    orders.inc({});
    expect(await scrape(metrics)).toEqual({ orders_total: 1 });
    expect(await scrape(metrics)).toEqual({ orders_total: 1 });
  });

  it('does not grow without bound when something is a label that should not be one', async () => {
    const metrics = new Metrics();
    const orders = metrics.counter({ name: 'orders_total', help: 'Orders', labels: ['order'] });
    for (let n = 0; n < MOST_CHILDREN + 500; n += 1) orders.inc({ order: `order ${n}` });
    const samples = await scrape(metrics);
    expect(Object.keys(samples)).toHaveLength(MOST_CHILDREN + 1);
    expect(samples['orders_total{order="_other"}']).toBe(500);
  });
});

describe('a histogram', () => {
  it('counts values by size', async () => {
    const metrics = new Metrics();
    const sizes = metrics.histogram({ name: 'sizes', help: 'Sizes', labels: ['kind'] }, [1, 10]);
    sizes.observe({ kind: 'a' }, 0.5);
    sizes.observe({ kind: 'a' }, 5);
    expect(await scrape(metrics)).toMatchObject({
      'sizes_bucket{le="1",kind="a"}': 1,
      'sizes_bucket{le="10",kind="a"}': 2,
      'sizes_sum{kind="a"}': 5.5,
      'sizes_count{kind="a"}': 2,
    });
  });
});

describe('a gauge that is read at the scrape', () => {
  it('is left out, and counted, while its reading fails; and is back afterwards', async () => {
    const metrics = new Metrics();
    const waiting = metrics.gauge({ name: 'waiting', help: 'Waiting' });
    let answer: () => Promise<number> = () => Promise.resolve(7);
    metrics.collect({
      name: 'waiting',
      source: 'somewhere',
      gauges: [waiting],
      read: () => answer(),
      show: (n) => waiting.set({}, n),
    });
    const failures = 'metrics_collect_failures_total{collector="waiting"}';
    expect(await scrape(metrics)).toEqual({ waiting: 7, [failures]: 0 });
    answer = () => Promise.reject(new Error('away'));
    expect(await scrape(metrics)).toEqual({ [failures]: 1 });
    answer = () => Promise.resolve(8);
    expect(await scrape(metrics)).toEqual({ waiting: 8, [failures]: 1 });
  });

  it('forgets the labels of an earlier reading', async () => {
    const metrics = new Metrics();
    const lag = metrics.gauge({ name: 'lag', help: 'Lag', labels: ['topic'] });
    let topics = ['a', 'b'];
    metrics.collect({
      name: 'lag',
      source: 'kafka',
      gauges: [lag],
      read: () => topics,
      show: (all) => all.forEach((topic) => lag.set({ topic }, 1)),
    });
    expect(await scrape(metrics)).toMatchObject({ 'lag{topic="a"}': 1, 'lag{topic="b"}': 1 });
    topics = ['b'];
    expect(await scrape(metrics)).not.toHaveProperty('lag{topic="a"}');
  });

  it('holds up neither the scrape nor other sources when its source hangs, and is not asked again meanwhile', async () => {
    const metrics = new Metrics();
    const [hanging, fine] = ['hanging', 'fine'].map((name) => metrics.gauge({ name, help: name }));
    const hang = Promise.withResolvers<number>();
    let asked = 0;
    const collect = (name: string, source: string, gauge: typeof hanging, read: () => Promise<number>): void =>
      metrics.collect({ name, source, gauges: [gauge!], read, show: (n) => gauge!.set({}, n) });
    collect('first', 'database', hanging, () => {
      asked += 1;
      return hang.promise;
    });
    let second = 0;
    collect('second', 'database', hanging, () => Promise.resolve((second += 1)));
    collect('other', 'kafka', fine, () => Promise.resolve(3));

    const begun = performance.now();
    expect(await scrape(metrics)).toEqual({
      fine: 3,
      'metrics_collect_failures_total{collector="first"}': 1,
      'metrics_collect_failures_total{collector="second"}': 1,
      'metrics_collect_failures_total{collector="other"}': 0,
    });
    expect(performance.now() - begun).toBeLessThan(9_000);
    expect(second).toBe(0);
    await scrape(metrics);
    expect(asked).toBe(1);
    hang.resolve(1);
    await eventually(async () => {
      await scrape(metrics);
      expect(asked).toBeGreaterThanOrEqual(2);
    });
  });

  it('is read once for scrapes at the same time', async () => {
    const metrics = new Metrics();
    let reads = 0;
    const read = async (): Promise<void> => void (reads += 1);
    metrics.collect({ name: 'one', source: 'somewhere', gauges: [], read, show: () => undefined });
    await Promise.all([metrics.text(), metrics.text(), metrics.text()]);
    expect(reads).toBe(1);
  });
});

describe('metrics that are switched off', () => {
  it('count, read and show nothing', async () => {
    const metrics = new Metrics(false);
    metrics.counter({ name: 'orders_total', help: 'Orders' }).labels({}).inc();
    metrics.histogram({ name: 'sizes', help: 'Sizes' }, [1]).observe({}, 1);
    const read = (): never => {
      throw new Error('was read');
    };
    const gauge = metrics.gauge({ name: 'waiting', help: 'Waiting' });
    metrics.collect({ name: 'one', source: 'somewhere', gauges: [gauge], read, show: () => undefined });
    expect(await scrape(metrics)).toEqual({});
  });
});
