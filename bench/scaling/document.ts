import { eachService, serviceNames, type ServiceName } from '../../tools/stack/service-names.ts';
import { table } from '../page.ts';
import type { BenchResult } from '../result.ts';
import { planFor, type Costs, type Plan } from './model.ts';

const FACTORS = [1, 10, 100, 1_000];

const BEGIN = '<!-- calculated from benchmarks/result.json by npm run docs -->';
const END = '<!-- end of what is calculated -->';

/** @throws TypeError when a part that it needs was not measured */
export function costsFrom({ rounds, stored = [] }: BenchResult): Costs {
  const { search, limits } = rounds.at(-1) ?? {};
  const [small, large] = [stored.at(0), stored.at(-1)];
  if (search === undefined || limits === undefined || small === undefined || large === undefined || small === large) {
    throw new TypeError('the calculation needs the parts search, limits and stored (two sizes) of the benchmark');
  }
  const { processes, accepted } = search.confirmed;
  const perOrder = (name: string): number => (processes[name]?.cpuSeconds ?? NaN) / accepted;
  return {
    sustained: search.sustainedPerSecond,
    services: eachService(perOrder),
    database: perOrder('postgres'),
    databaseShares: limits.databaseShares,
    broker: perOrder('kafka'),
    walBytes: limits.walBytesPerOrder,
    storedBytes: ((large.databaseMiB - small.databaseMiB) * 2 ** 20) / (large.orders - small.orders),
    relay: limits.relay.recordsPerSecond,
  };
}

/** The page with its calculated part made anew. */
export function withCalculation(page: string, result: BenchResult): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin === -1 || end < begin) throw new TypeError(`the page has no place for it, between ${BEGIN} and ${END}`);
  return `${page.slice(0, begin + BEGIN.length)}\n\n${calculation(result)}\n\n${page.slice(end)}`;
}

function calculation(result: BenchResult): string {
  const costs = costsFrom(result);
  const { limits } = result.rounds.at(-1) ?? {};
  const plans = FACTORS.map((factor) => planFor(costs, factor));
  const hot = limits?.hotProduct;
  return [
    measured(costs),
    `Of one product, offered ${hot?.offeredPerSecond}/s: ${hot?.confirmedPerSecond}/s confirmed, p50 ${hot?.confirmedMs.p50} ms, p99 ${hot?.confirmedMs.p99} ms${hot?.notSustained.length === 0 ? '' : ` (not sustained: ${hot?.notSustained.join(', ')})`}.`,
    table(['', ...FACTORS.map((factor) => `${factor.toLocaleString('en')} ×`)], rows(plans)),
  ].join('\n\n');
}

function measured(costs: Costs): string {
  const ms = (seconds: number): string => `${(seconds * 1_000).toFixed(2)} ms`;
  return table(
    ['measured', ''],
    [
      ['sustained on the one machine', `${costs.sustained} orders/s`],
      ...serviceNames.map((name) => [`CPU of an order in the ${name.replace('-', ' ')}`, ms(costs.services[name])]),
      ['in PostgreSQL', ms(costs.database)],
      [
        'of that for the schema of order, payment, inventory, notification',
        serviceNames.map((name) => `${Math.round(costs.databaseShares[name] * 100)} %`).join(', '),
      ],
      ['in Kafka', ms(costs.broker)],
      ['write-ahead log of an order', `${(costs.walBytes / 1_024).toFixed(1)} KiB`],
      ['stored for an order', `${(costs.storedBytes / 1_024).toFixed(1)} KiB`],
      ['one relay with nothing else to do', `${costs.relay.toLocaleString('en')} records/s`],
    ],
  );
}

function rows(plans: readonly Plan[]): string[][] {
  const four = (values: Readonly<Record<ServiceName, number>>, digits = 0): string =>
    serviceNames.map((name) => values[name].toFixed(digits)).join(' / ');
  const names = (services: readonly ServiceName[]): string =>
    services.length === 0 ? 'none' : services.map((name) => name.replace('-service', '')).join(', ');
  const row = (title: string, cell: (plan: Plan) => string): string[] => [title, ...plans.map(cell)];
  return [
    row('orders/s', (plan) => Math.round(plan.ordersPerSecond).toLocaleString('en')),
    row('processes of order / payment / inventory / notification', (plan) => four(plan.processes)),
    row('partitions of a topic', (plan) => String(plan.partitions)),
    row('brokers', (plan) => String(plan.brokers)),
    row('cores of PostgreSQL, by schema', (plan) => four(plan.databaseCores, 1)),
    row('database servers', (plan) => String(plan.databases)),
    row('schemas with servers of their own', (plan) => names(plan.alone)),
    row('schemas to be split by order', (plan) => names(plan.split)),
    row('relays, by service', (plan) => four(plan.relays)),
    row('write-ahead log, MiB/s', (plan) => plan.walMiBPerSecond.toFixed(1)),
    row('growth of the databases, GiB a day', (plan) => Math.round(plan.storedGiBPerDay).toLocaleString('en')),
  ];
}
