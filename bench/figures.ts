import { serviceNames } from '../tools/stack/service-names.ts';
import type { BenchResult, Figure, Round, StoredResult, Target } from './result.ts';
import type { StageResult } from './stage.ts';

interface Definition {
  readonly name: string;
  readonly unit: string;
  readonly target?: Target;
  /** Of one round; undefined when it was not measured. */
  readonly of: (round: Round) => number | undefined;
}

const atLeast = (value: number, floor?: number): Target => ({
  is: 'atLeast',
  value,
  ...(floor !== undefined && { floor }),
});
const atMost = (value: number): Target => ({ is: 'atMost', value });

const sustained = ({ search }: Round): number | undefined => search?.sustainedPerSecond;
const unloaded = ({ latency, load }: Round): StageResult | undefined => latency?.unloaded ?? load?.unloaded;
const full = ({ search }: Round): StageResult | undefined => search?.confirmed;

function at(share: number): (round: Round) => StageResult | undefined {
  return ({ latency }) => latency?.atShares.find((one) => one.share === share)?.stage;
}

function over(dividend: number | undefined, divisor: number | undefined): number | undefined {
  return dividend === undefined || divisor === undefined || divisor === 0 ? undefined : dividend / divisor;
}

/** What one transaction and one record take at least: an order is on its way through eight such steps. */
function commitAndSend({ baselines }: Round): number | undefined {
  const measured = baselines?.commitAndSend;
  return measured === undefined ? undefined : measured.commitMs.p50 + measured.sendMs.p50;
}

/** The highest among the services; processes of infrastructure do not count. */
function highest(values: Readonly<Record<string, number>> | undefined): number | undefined {
  if (values === undefined) return undefined;
  const those = Object.entries(values).filter(([name]) => serviceNames.some((service) => name.startsWith(service)));
  return those.length === 0 ? undefined : Math.max(...those.map(([, value]) => value));
}

function resident(stage: StageResult | undefined): number | undefined {
  if (stage === undefined) return undefined;
  return highest(Object.fromEntries(Object.entries(stage.processes).map(([name, used]) => [name, used.residentMiB])));
}

const DEFINITIONS: readonly Definition[] = [
  { name: 'sustained', unit: 'orders/s', of: sustained },
  {
    name: 'sustained ÷ raw SQL',
    unit: '×',
    target: atLeast(1.3, 1),
    of: (round) => over(sustained(round), round.baselines?.rawSql.ordersPerSecond),
  },
  {
    name: 'sustained ÷ stock transport',
    unit: '×',
    target: atLeast(4),
    of: (round) => over(sustained(round), round.baselines?.stockTransport?.ordersPerSecond),
  },
  {
    name: 'CPU of all processes at the sustained rate',
    unit: 's per 1,000 orders',
    target: atMost(2.5),
    of: (round) => full(round)?.cpuSecondsPer1000,
  },
  {
    name: 'the same ÷ stock transport',
    unit: '×',
    target: atMost(0.3),
    of: (round) => over(full(round)?.cpuSecondsPer1000, round.baselines?.stockTransport?.cpuSecondsPer1000),
  },
  {
    name: 'POST → confirmed at 5/s, p50',
    unit: 'ms',
    target: atMost(40),
    of: (round) => unloaded(round)?.confirmedMs.p50,
  },
  {
    name: 'the same ÷ (commit + send)',
    unit: '×',
    target: atMost(8),
    of: (round) => over(unloaded(round)?.confirmedMs.p50, commitAndSend(round)),
  },
  {
    name: 'POST → confirmed at 10 %, p50',
    unit: 'ms',
    target: atMost(80),
    of: (round) => at(0.1)(round)?.confirmedMs.p50,
  },
  {
    name: 'POST → confirmed at 50 %, p99',
    unit: 'ms',
    target: atMost(500),
    of: (round) => at(0.5)(round)?.confirmedMs.p99,
  },
  {
    name: 'POST → confirmed at 80 %, p99',
    unit: 'ms',
    target: atMost(1_000),
    of: (round) => at(0.8)(round)?.confirmedMs.p99,
  },
  { name: 'POST at 50 %, p50', unit: 'ms', target: atMost(25), of: (round) => at(0.5)(round)?.postMs.p50 },
  {
    name: 'backlog: drained ÷ sustained',
    unit: '×',
    target: atLeast(1.5),
    of: (round) => over(round.backlog?.drainedPerSecond, sustained(round)),
  },
  { name: 'backlog: at rest after', unit: 's', of: ({ backlog }) => backlog?.recoverySeconds },
  {
    name: 'idle CPU, the service with the most',
    unit: '% of a core',
    target: atMost(1),
    of: ({ idle }) => over(highest(idle?.shares), 0.01),
  },
  {
    name: 'resident memory, the service with the most',
    unit: 'MiB',
    target: atMost(200),
    of: (round) => resident(full(round) ?? round.load?.loaded),
  },
];

/** Every figure that was measured, over all rounds. */
export function figuresOf(result: Pick<BenchResult, 'rounds' | 'stored' | 'smtp' | 'observing'>): Figure[] {
  const ofRounds = DEFINITIONS.flatMap(({ of, ...definition }) => {
    const values = result.rounds.map(of).filter((value) => value !== undefined);
    return values.length === 0 ? [] : [figure(definition, values)];
  });
  return [...ofRounds, ...growthWithOrders(result.stored), ...overSmtp(result), ...costOfObserving(result)];
}

function growthWithOrders(stored: readonly StoredResult[] | undefined): Figure[] {
  const [least, most] = [stored?.at(0), stored?.at(-1)];
  const ratio = over(most?.stage.cpuSecondsPer1000, least?.stage.cpuSecondsPer1000);
  if (least === undefined || most === undefined || ratio === undefined || least === most) return [];
  const name = `CPU of an order with ${short(most.orders)} stored ÷ ${short(least.orders)}`;
  return [figure({ name, unit: '×', target: atMost(1.15) }, [ratio])];
}

function overSmtp({ smtp }: Pick<BenchResult, 'smtp'>): Figure[] {
  return smtp === undefined ? [] : [figure({ name: 'mails over SMTP', unit: 'mails/s' }, [smtp.mailsPerSecond])];
}

/** Targets of 5 and 2 % are those of docs/adr/0041 and 0042. */
function costOfObserving({ observing }: Pick<BenchResult, 'observing'>): Figure[] {
  if (observing === undefined) return [];
  const { logs, metrics } = observing.percentOfServices;
  return [
    figure({ name: 'cost of logs of orders', unit: '% of CPU', target: atMost(5) }, [logs]),
    figure({ name: 'cost of metrics', unit: '% of CPU', target: atMost(2) }, [metrics]),
  ];
}

/** 10 k, 5 M. */
export function short(count: number): string {
  if (count >= 1e6) return `${count / 1e6} M`;
  return count >= 1_000 ? `${count / 1_000} k` : String(count);
}

function figure(definition: Pick<Figure, 'name' | 'unit' | 'target'>, values: readonly number[]): Figure {
  const sorted = values.toSorted((a, b) => a - b);
  const spread = { median: median(sorted), least: sorted[0] ?? 0, most: sorted.at(-1) ?? 0 };
  const { target } = definition;
  return { ...definition, ...spread, ...(target && { met: meets(spread.median, target) }) };
}

function meets(value: number, { is, value: limit }: Target): boolean {
  return is === 'atLeast' ? value >= limit : value <= limit;
}

/** Of two in the middle their mean. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
}
