import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { violations } from '../system/invariants.ts';
import { rawSqlBaseline, type RawSqlResult } from './baselines/raw-sql.ts';
import { startBenchSystem } from './bench-system.ts';
import { countedMails, smtpMails } from './mails.ts';
import { runStage, type StageResult } from './stage.ts';

const { values: options } = parseArgs({
  options: {
    rate: { type: 'string', default: '300' },
    seconds: { type: 'string', default: '60' },
    mails: { type: 'string', default: 'counted' },
    out: { type: 'string', default: '.local/bench' },
    baseline: { type: 'boolean', default: true },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
  allowNegative: true,
});

if (options.help) {
  process.stdout.write(`npm run bench -- [--rate 300] [--seconds 60] [--mails counted|smtp] [--out DIR]
                 [--no-baseline] [--keep]

Starts an isolated system, warms it up, and offers orders at a fixed rate, first few and then many. Prints and stores
orders/s from POST to confirmed, latencies, CPU and memory, after checking every order. Fails when an order is lost or wrong.
Then stops everything but PostgreSQL and writes orders as one program with plain SQL, one transaction a step: the baseline.

  --mails   counted: rendered and composed, but not handed to a mail server; smtp: sent to one that accepts everything
  --no-baseline
            without the baseline
  --keep    leaves data and logs under .local/stacks
`);
  process.exit(0);
}

const mails = options.mails === 'smtp' ? await smtpMails() : await countedMails();
const { system, products } = await startBenchSystem(mails, { label: 'bench', keepFiles: options.keep });
try {
  const rate = Number(options.rate);
  await runStage(system, products, { name: 'warm-up', rate, seconds: 20 });
  const unloaded = await runStage(system, products, { name: 'unloaded', rate: 5, seconds: 20 });
  const loaded = await runStage(system, products, { name: 'loaded', rate, seconds: Number(options.seconds) });
  const broken = await violations(system);
  const [{ sent } = { sent: '0' }] = await system.sql<{ sent: string }>(
    `SELECT count(*) AS sent FROM notifications WHERE status = 'sent'`,
  );
  await system.stack.supervisor.stop('notification-service');
  const arrived = await mails.count();
  report([unloaded, loaded], { sent: Number(sent), arrived }, broken, options.baseline ? await baseline() : undefined);
  process.exitCode = broken.length > 0 || loaded.refused > 0 || arrived !== Number(sent) ? 1 : 0;
} finally {
  await system.stop();
  mails.close();
}

/** With the machine to itself, as the system had it. */
async function baseline(): Promise<RawSqlResult> {
  const { supervisor } = system.stack;
  for (const name of supervisor.names.filter((component) => component !== 'postgres').toReversed()) {
    await supervisor.stop(name);
  }
  const databaseUrl = system.stack.databaseUrl('admin');
  return rawSqlBaseline({ databaseUrl, warmUpSeconds: 5, seconds: 20, connections: 16 });
}

function report(
  stages: readonly StageResult[],
  counts: { readonly sent: number; readonly arrived: number },
  broken: readonly unknown[],
  rawSql: RawSqlResult | undefined,
): void {
  const machine = { cpus: cpus().length, model: cpus()[0]?.model, node: process.version };
  const at = new Date().toISOString();
  const result = { at, machine, mails: { by: options.mails, ...counts }, stages, rawSql, violations: broken };
  mkdirSync(options.out, { recursive: true });
  writeFileSync(`${options.out}/result.json`, `${JSON.stringify(result, undefined, 2)}\n`);
  for (const stage of stages) {
    process.stdout.write(
      `${stage.name}: offered ${stage.offeredPerSecond}/s for ${stage.seconds} s, confirmed ${stage.confirmedPerSecond}/s, ` +
        `refused ${stage.refused}\n` +
        `  when the load ends: ${stage.open} orders open, ${stage.notificationsBehind} notifications to go; ` +
        `at rest ${stage.drainSeconds} s later\n` +
        `  POST             p50 ${stage.postMs.p50} ms, p95 ${stage.postMs.p95}, p99 ${stage.postMs.p99}\n` +
        `  POST → confirmed p50 ${stage.confirmedMs.p50} ms, p95 ${stage.confirmedMs.p95}, p99 ${stage.confirmedMs.p99}\n` +
        `  per 1,000 orders: ${stage.cpuSecondsPer1000} CPU s (load generator: ${stage.generatorCpuSecondsPer1000} more), ` +
        `${stage.transactionsPer1000} transactions\n`,
    );
  }
  for (const [name, { cpuSeconds, residentMiB }] of Object.entries(stages.at(-1)?.processes ?? {})) {
    process.stdout.write(`  ${name.padEnd(22)} ${String(cpuSeconds).padStart(6)} CPU s, ${residentMiB} MiB resident\n`);
  }
  if (rawSql !== undefined) {
    const ratio = (stages.at(-1)?.confirmedPerSecond ?? 0) / rawSql.ordersPerSecond;
    process.stdout.write(
      `raw SQL: ${rawSql.ordersPerSecond.toFixed(1)} orders/s; confirmed ÷ raw SQL = ${ratio.toFixed(2)} (this load need not be ` +
        `the most the system can do)\n`,
    );
  }
  process.stdout.write(
    `mails (${options.mails}): ${counts.sent} sent, ${counts.arrived} arrived; invariants broken: ${JSON.stringify(broken)}\n`,
  );
}
