import type { Figure } from './result.ts';
import { short } from './figures.ts';
import type { Plot } from './plots.ts';
import { rounded } from './report.ts';
import type { BenchResult, Round } from './result.ts';
import type { StageResult } from './stage.ts';

type Cells = readonly (string | number)[];

/** The page of a result: figures beside their targets, where and how they were measured, plots. Markdown. */
export function page(result: BenchResult, plots: readonly Plot[]): string {
  const last = result.rounds.at(-1);
  return [
    '# Benchmark',
    'Made by `npm run bench`; everything measured is in [result.json](result.json). What single changes brought, and what was tried and dropped, is in the [notebook](log.md).',
    table(['figure', 'target', 'measured', 'spread', ''], result.figures.map(figureCells)),
    whatIsMissing(result.figures),
    '## Where',
    where(result),
    '## Plots',
    ...plots.map(({ name, title }) => `![${title}](${name}.svg)`),
    ...loads(last),
    ...steps(result, last),
    ...processes(last),
    ...baselines(last),
    ...replicasAndStored(result),
    ...backlogAndSmtp(result, last),
    '## How',
    HOW,
    ...(result.broken.length > 0 ? ['## What was broken', list(result.broken)] : []),
  ]
    .filter((section) => section !== '')
    .join('\n\n');
}

function figureCells({ name, unit, target, median, least, most, met }: Figure): Cells {
  const wanted = target === undefined ? '' : `${target.is === 'atLeast' ? '≥' : '≤'} ${target.value}`;
  const floor = target?.floor === undefined ? '' : ` (floor ${target.floor})`;
  const spread = least === most ? '' : `${rounded(least)} to ${rounded(most)}`;
  const verdict = met === undefined ? '' : met ? 'met' : '**missed**';
  return [name, wanted + floor, `${rounded(median)} ${unit}`, spread, verdict];
}

function whatIsMissing(figures: readonly Figure[]): string {
  const [met, missed] = [figures.filter((one) => one.met === true), figures.filter((one) => one.met === false)];
  return `${met.length} of ${met.length + missed.length} targets are met. Several rounds: the median, and its spread.`;
}

function where({ at, machine, plan, rounds, broken, resumed = [] }: BenchResult): string {
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`);
  return list([
    `${at}, commit ${machine.commit}`,
    ...resumed.map(
      ({ at, commit, parts, rounds }) =>
        `added${rounds > 0 ? ` with ${rounds} more of the rounds` : ''}: ${parts.join(', ')}; ${at}, commit ${commit}`,
    ),
    `${machine.cpus} × ${machine.model}, ${machine.memoryGiB} GiB, ${machine.system}: services, Kafka, ZooKeeper, PostgreSQL, Redis and the load generator share it`,
    versions.join(', '),
    `rounds: ${rounds.length}, loads of ${plan.seconds} s, seed ${plan.seed}, mails ${plan.mails}; parts: ${plan.parts.join(', ')}`,
    broken.length === 0
      ? 'every order was followed to its end and checked: none lost, doubled or wrong, no invariant broken'
      : `**${broken.length} checks failed**, see below`,
  ]);
}

const LOAD_HEAD: Cells = [
  'load',
  'offered/s',
  'confirmed/s',
  'POST p50 / p95 / p99 ms',
  'POST → confirmed p50 / p95 / p99 ms',
  'CPU s per 1,000',
  'transactions per 1,000',
];

function loadCells(name: string, stage: StageResult): Cells {
  const three = ({ p50, p95, p99 }: StageResult['postMs']): string => `${p50} / ${p95} / ${p99}`;
  const { offeredPerSecond, confirmedPerSecond, cpuSecondsPer1000, transactionsPer1000 } = stage;
  return [
    name,
    offeredPerSecond,
    confirmedPerSecond,
    three(stage.postMs),
    three(stage.confirmedMs),
    cpuSecondsPer1000,
    transactionsPer1000,
  ];
}

/** Of the last round: what is above has the spread. */
function loads(round: Round | undefined): string[] {
  const { load, latency, search } = round ?? {};
  const rows = [
    ...(load === undefined ? [] : [loadCells('unloaded', load.unloaded), loadCells('loaded', load.loaded)]),
    ...(latency === undefined ? [] : [loadCells('unloaded', latency.unloaded)]),
    ...(latency?.atShares ?? []).map(({ share, stage }) => loadCells(`at ${share * 100} %`, stage)),
    ...(search === undefined ? [] : [loadCells('sustained', search.confirmed)]),
  ];
  return rows.length === 0 ? [] : ['## Loads', 'Of the last round.', table(LOAD_HEAD, rows)];
}

function steps({ steps: measured }: BenchResult, round: Round | undefined): string[] {
  if (measured === undefined) return [];
  const { commitMs, sendMs } = round?.baselines?.commitAndSend ?? {};
  const beside = commitMs && sendMs ? ` One commit alone takes ${commitMs.p50} ms, one send ${sendMs.p50} ms.` : '';
  const rows = [...measured.steps, { name: 'POST → confirmed', ms: measured.confirmedMs }];
  return [
    '## Steps',
    `What the time from POST to confirmed is made of: ${measured.orders} orders, 5 a second, medians.${beside}`,
    table(
      ['step', 'p50 ms', 'p95 ms'],
      rows.map(({ name, ms }) => [name, ms.p50, ms.p95]),
    ),
  ];
}

function processes(round: Round | undefined): string[] {
  const stage = round?.search?.confirmed ?? round?.load?.loaded;
  if (stage === undefined) return [];
  const rows = Object.entries(stage.processes).map(([name, { cpuSeconds, residentMiB }]) => [
    name,
    rounded(cpuSeconds / (stage.accepted / 1_000)),
    residentMiB,
    percent(round?.idle?.shares[name]),
  ]);
  const head = ['process', 'CPU s per 1,000 orders', 'resident MiB', 'idle, % of a core'];
  return [`## Processes`, `At ${stage.offeredPerSecond}/s, in the last round.`, table(head, rows)];
}

function percent(share: number | undefined): string {
  return share === undefined ? '' : rounded(share * 100);
}

function baselines(round: Round | undefined): string[] {
  const { rawSql, stockTransport: stock, rawKafka, commitAndSend } = round?.baselines ?? {};
  if (rawSql === undefined) return [];
  return [
    '## Baselines',
    list([
      `raw SQL, the writes of an order in a transaction per step by one program without HTTP and Kafka: ${rounded(rawSql.ordersPerSecond)} orders/s`,
      ...(stock === undefined
        ? []
        : [
            `Nest's own Kafka transport, ${stock.inFlight} orders in flight: ${rounded(stock.ordersPerSecond)} orders/s, ${rounded(stock.cpuSecondsPer1000)} CPU s per 1,000, p50 ${stock.confirmedMs.p50} ms`,
          ]),
      ...(rawKafka === undefined
        ? []
        : [
            `kafkajs alone: ${rounded(rawKafka.recordsPerSecond)} records/s, ${rawKafka.clientCpuSecondsPer1000Records.toFixed(3)} CPU s per 1,000 records in the client`,
          ]),
      ...(commitAndSend === undefined
        ? []
        : [`one commit ${commitAndSend.commitMs.p50} ms, one send to Kafka ${commitAndSend.sendMs.p50} ms (medians)`]),
    ]),
  ];
}

function replicasAndStored({ replicas = [], stored = [] }: BenchResult): string[] {
  const counts = replicas.map(({ replicas: count, search, stage }) => [
    count,
    search.sustainedPerSecond,
    ...loadCells('', stage).slice(1),
  ]);
  const sizes = stored.map(({ orders, databaseMiB, stage }) => [
    short(orders),
    databaseMiB,
    ...loadCells('', stage).slice(1),
  ]);
  return [
    ...(counts.length === 0
      ? []
      : ['## More processes', table(['of each service', 'sustained/s', ...LOAD_HEAD.slice(1)], counts)]),
    ...(sizes.length === 0
      ? []
      : ['## Many orders stored', table(['stored', 'database MiB', ...LOAD_HEAD.slice(1)], sizes)]),
  ];
}

function backlogAndSmtp({ smtp }: BenchResult, round: Round | undefined): string[] {
  const { backlog } = round ?? {};
  return [
    ...(backlog === undefined
      ? []
      : [
          '## After a stop',
          `With ${backlog.stopped.join(', ')} stopped, ${backlog.offeredPerSecond} orders a second came in for ${backlog.seconds} s. ${backlog.orders} orders waited; they were confirmed at ${rounded(backlog.drainedPerSecond)}/s, and nothing was open anywhere ${backlog.recoverySeconds} s after the command to start the services again.`,
        ]),
    ...(smtp === undefined
      ? []
      : [
          '## Mails over SMTP',
          `${smtp.mails} mails had gathered; they left at ${rounded(smtp.mailsPerSecond)}/s for a mail server that accepts everything, with ${smtp.cpuSecondsPer1000Mails} CPU s per 1,000 in the notification service.`,
        ]),
  ];
}

const HOW = list([
  'Each round is a fresh isolated system, warmed up, with the seeded users and products of the load; orders have one line. Arrivals are an open loop: due at fixed times whatever the system does, and latency counts from when a request was due.',
  'Every accepted order is compared with what was ordered, must be confirmed, paid and served, and have its three notifications; then the invariants of the whole system are checked.',
  '**Sustained**: for the whole load nothing is refused, 97 % of what is offered is confirmed while it lasts (the first seconds do not count), and in its second half neither open orders nor notifications to go grow, by the slope of their counts each second ([sustained.ts](../../test/bench/sustained.ts)). Short tries bracket and bisect the rate to 5 %; the long load confirms it.',
  'Mails are written, claimed, rendered, composed and marked sent, three an order; the delivery adapter counts them instead of opening a connection. SMTP is measured on its own.',
  'CPU is what the kernel counts for a process and its children, all of them but the load generator. Resident is VmRSS at the end of the load.',
  'POST → confirmed is measured by a waiting GET for ten orders a second.',
  'Steps: an event is written, given to Kafka (the timestamp of its record) and received (the transaction of its inbox entry); all on one clock, in whole milliseconds.',
  'Backlog: the drained rate counts from the first sign of work, after processes have booted and joined their groups; the time until rest includes that.',
  'Stored orders are written by SQL as finished ones of the last year, 100,000 users, vacuumed; inboxes know the last eight days. More processes share this one machine; with them, each process has six connections to PostgreSQL instead of ten.',
  'Baselines run after the system has stopped, on its PostgreSQL and Kafka.',
]);

/** A table of Markdown; its padding is the formatter's. */
export function table(head: Cells, rows: readonly Cells[]): string {
  if (rows.length === 0) return '';
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}
