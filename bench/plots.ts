import type { StockTransportResult } from './baselines/stock-transport/index.ts';
import { median, short } from './figures.ts';
import type { BenchResult, Round } from './result.ts';
import type { StageResult } from './stage.ts';
import { bars, lines, type Bar } from './charts.ts';

export interface Plot {
  /** Without its ending. */
  readonly name: string;
  /** What it shows, for those who do not see it. */
  readonly title: string;
  readonly svg: string;
}

/** The plots of everything that was measured. */
export function plotsOf(result: BenchResult): Plot[] {
  return [
    ...latency(result.rounds),
    ...cpuByProcess(result.rounds),
    ...throughput(result.rounds),
    ...replicas(result),
    ...stored(result),
  ];
}

const PERCENTILES = ['p50', 'p95', 'p99'] as const;

function plot(name: string, title: string, draw: (title: string) => string): Plot {
  return { name, title, svg: draw(title) };
}

function latency(rounds: readonly Round[]): Plot[] {
  const stages = rounds.flatMap(({ latency, search }) => [
    ...(latency === undefined ? [] : [{ at: 'unloaded', stage: latency.unloaded }]),
    ...(latency?.atShares ?? []).map(({ share, stage }) => ({ at: String(share), stage })),
    ...(latency === undefined || search === undefined ? [] : [{ at: 'sustained', stage: search.confirmed }]),
  ]);
  if (stages.length === 0) return [];
  // Rounds differ in what they sustained, so each share has a rate of its own in each: a point is the median of both.
  const groups = [...Map.groupBy(stages, ({ at }) => at).values()].map((group) => group.map(({ stage }) => stage));
  const line = (name: string, of: (stage: StageResult) => number) => ({
    name,
    points: groups.map(
      (group) => [median(group.map(({ offeredPerSecond }) => offeredPerSecond)), median(group.map(of))] as const,
    ),
  });
  return [
    plot('latency', 'Latency against rate', (title) =>
      lines({ title, x: 'orders offered per second', y: 'ms (logarithmic)' }, [
        ...PERCENTILES.map((p) => line(`POST → confirmed ${p}`, ({ confirmedMs }) => confirmedMs[p])),
        line('POST p50', ({ postMs }) => postMs.p50),
      ]),
    ),
  ];
}

/** What a stage cost, split by process; several processes of a service are one. */
function bar(name: string, { processes, accepted }: StageResult): Bar {
  const by = Map.groupBy(Object.entries(processes), ([process]) => process.replace(/-\d+$/, ''));
  const parts = [...by].map(([process, those]) => ({
    name: process,
    value: those.reduce((sum, [, { cpuSeconds }]) => sum + cpuSeconds, 0) / (accepted / 1_000),
  }));
  return { name, parts };
}

const CPU = 'CPU seconds per 1,000 orders';

function cpuByProcess(rounds: readonly Round[]): Plot[] {
  const last = rounds.at(-1);
  const stage = last?.search?.confirmed ?? last?.load?.loaded;
  if (stage === undefined) return [];
  const shares = last?.latency?.atShares ?? [];
  const all = [
    ...shares.map(({ share, stage: at }) => bar(`at ${share * 100} %`, at)),
    bar(`${stage.offeredPerSecond}/s`, stage),
    ...stockTransport(last?.baselines?.stockTransport),
  ];
  return [plot('cpu', 'What an order costs', (title) => bars({ title, x: 'load', y: CPU }, all))];
}

/** All it says is the sum. */
function stockTransport(stock: StockTransportResult | undefined): Bar[] {
  if (stock === undefined) return [];
  return [{ name: 'stock transport', parts: [{ name: 'all processes', value: stock.cpuSecondsPer1000 }] }];
}

function throughput(rounds: readonly Round[]): Plot[] {
  const of = (name: string, value: (round: Round) => number | undefined): Bar[] => {
    const values = rounds.map(value).filter((each) => each !== undefined);
    return values.length === 0 ? [] : [{ name, parts: [{ name: 'orders/s', value: median(values) }] }];
  };
  const all = [
    ...of('sustained', ({ search }) => search?.sustainedPerSecond),
    ...of('stock transport', ({ baselines }) => baselines?.stockTransport?.ordersPerSecond),
  ];
  const rawSql = of('raw SQL', ({ baselines }) => baselines?.rawSql.ordersPerSecond)[0]?.parts[0]?.value;
  if (all.length === 0 || rawSql === undefined) return [];
  const limit = { name: 'raw SQL', value: rawSql };
  return [
    plot('throughput', 'Throughput beside the baselines', (title) =>
      bars({ title, x: 'same machine, same run', y: 'orders per second' }, all, limit),
    ),
  ];
}

function replicas({ replicas: measured }: BenchResult): Plot[] {
  if (measured === undefined || measured.length === 0) return [];
  const rates = measured.map(({ replicas: count, search }) => ({
    name: String(count),
    parts: [{ name: 'orders/s', value: search.sustainedPerSecond }],
  }));
  return [
    plot('replicas', 'Sustained rate with more processes', (title) =>
      bars({ title, x: 'processes of each service, on one machine', y: 'orders per second' }, rates),
    ),
  ];
}

function stored({ stored: measured }: BenchResult): Plot[] {
  if (measured === undefined || measured.length === 0) return [];
  const costs = measured.map(({ orders, stage }) => bar(short(orders), stage));
  return [
    plot('stored', 'What an order costs with many stored', (title) =>
      bars({ title, x: 'orders stored before', y: CPU }, costs),
    ),
  ];
}
