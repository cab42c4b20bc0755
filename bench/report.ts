import type { Figure } from './result.ts';
import type { BenchResult, Round } from './result.ts';
import type { StageResult } from './stage.ts';

/** What is printed at the end. */
export function summaryOf(result: BenchResult): string {
  const last = result.rounds.at(-1);
  return [
    ...(last === undefined ? [] : loadText(last)),
    ...result.figures.map((figure) => `${figureText(figure)}\n`),
    result.broken.length === 0
      ? 'every order was followed to its end and checked: none lost, doubled or wrong, no invariant broken\n'
      : `BROKEN:\n${result.broken.map((what) => `  ${what}\n`).join('')}`,
  ].join('');
}

/** Of the plain load what it always said; a searched one has its figures. */
function loadText({ load, search, baselines }: Round): string[] {
  if (load === undefined) return search === undefined ? [] : [processesText(search.confirmed)];
  const rawSql = baselines?.rawSql.ordersPerSecond;
  return [
    stageText(load.unloaded),
    stageText(load.loaded),
    processesText(load.loaded),
    ...(rawSql === undefined ? [] : [besideRawSql(load.loaded.confirmedPerSecond, rawSql)]),
  ];
}

function stageText(stage: StageResult): string {
  const { postMs, confirmedMs } = stage;
  return (
    `${stage.name}: offered ${stage.offeredPerSecond}/s for ${stage.seconds} s, confirmed ${stage.confirmedPerSecond}/s, ` +
    `refused ${stage.refused}\n` +
    `  when the load ends: ${stage.open} orders open, ${stage.notificationsBehind} notifications to go; ` +
    `at rest ${stage.drainSeconds} s later\n` +
    `  POST             p50 ${postMs.p50} ms, p95 ${postMs.p95}, p99 ${postMs.p99}\n` +
    `  POST → confirmed p50 ${confirmedMs.p50} ms, p95 ${confirmedMs.p95}, p99 ${confirmedMs.p99}\n` +
    `  per 1,000 orders: ${stage.cpuSecondsPer1000} CPU s (load generator: ${stage.generatorCpuSecondsPer1000} more), ` +
    `${stage.transactionsPer1000} transactions\n`
  );
}

function processesText({ processes }: StageResult): string {
  return Object.entries(processes)
    .map(
      ([name, { cpuSeconds, residentMiB }]) =>
        `  ${name.padEnd(22)} ${cpuSeconds.toFixed(1).padStart(6)} CPU s, ${residentMiB} MiB resident\n`,
    )
    .join('');
}

function besideRawSql(confirmed: number, rawSql: number): string {
  return (
    `raw SQL: ${rawSql.toFixed(1)} orders/s; confirmed ÷ raw SQL = ${(confirmed / rawSql).toFixed(2)} (this load need not be ` +
    `the most the system can do)\n`
  );
}

/** One line: the median, its spread, and what it should be. */
function figureText({ name, unit, target, median, least, most, met }: Figure): string {
  const spread = least === most ? '' : ` (${rounded(least)} to ${rounded(most)})`;
  const wanted =
    target === undefined ? '' : `, ${target.is === 'atLeast' ? '≥' : '≤'} ${target.value} ${met ? 'met' : 'MISSED'}`;
  return `${name}: ${rounded(median)} ${unit}${spread}${wanted}`;
}

/** Three digits are more than the spread of such figures bears. */
export function rounded(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', { minimumFractionDigits: 0, maximumFractionDigits: digits });
}
