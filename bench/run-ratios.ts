import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { serviceNames } from '../tools/stack/index.ts';
import { rawSqlBaseline } from './baselines/raw-sql.ts';
import { startBenchSystem } from './bench-system.ts';
import { countedMails } from './mails.ts';
import { compare, type Comparison, type Ratios } from './ratios.ts';
import { runStage, type StageResult } from './stage.ts';

const HELP = `npm run bench:ratios -- [--update]

Fails when the system has become clearly worse than bounds.json says: the services' CPU beside PostgreSQL's, what is confirmed
beside raw SQL on the same database, transactions per 1,000 orders. Ratios, because machines differ. Takes about two minutes.

  --update  stores what is measured as the new bounds
`;

const BOUNDS = join(import.meta.dirname, 'bounds.json');
const TOLERANCE = 0.4;

/** Of what the database alone does: a fixed rate would be nothing for one machine and too much for another. It may be too much. */
const OFFERED_SHARE = 0.75;
const SECONDS = 30;

const { values } = parseArgs({
  options: { update: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
});
if (values.help) process.stdout.write(HELP);
else process.exitCode = await run(values.update);

async function run(update: boolean): Promise<number> {
  const { ratios, broken } = await measure();
  if (broken.length > 0) {
    process.stdout.write(`BROKEN:\n${broken.map((what) => `  ${what}\n`).join('')}`);
    return 1;
  }
  if (update) {
    writeFileSync(BOUNDS, `${JSON.stringify(ratios, undefined, 2)}\n`);
    process.stdout.write(`stored: ${JSON.stringify(ratios)}\n`);
    return 0;
  }
  const compared = compare(ratios, JSON.parse(readFileSync(BOUNDS, 'utf8')) as Ratios, TOLERANCE);
  process.stdout.write(compared.map(line).join(''));
  return compared.some(({ regressed }) => regressed) ? 1 : 0;
}

async function measure(): Promise<{ readonly ratios: Ratios; readonly broken: readonly string[] }> {
  const bench = await startBenchSystem(await countedMails(), { label: 'bench-ratios' });
  try {
    const rawSql = await rawSqlBaseline({
      databaseUrl: bench.system.stack.databaseUrl('admin'),
      warmUpSeconds: 3,
      seconds: 12,
      connections: 16,
    });
    const rate = Math.round(rawSql.ordersPerSecond * OFFERED_SHARE);
    await runStage(bench, { name: 'warm-up', rate, seconds: 15 });
    const stage = await runStage(bench, { name: 'ratios', rate, seconds: SECONDS });
    process.stdout.write(`raw SQL ${rawSql.ordersPerSecond.toFixed(0)} orders/s, offered ${rate}/s\n`);
    return { ratios: ratiosOf(stage, rawSql.ordersPerSecond), broken: [...stage.wrong, ...(await bench.finalCheck())] };
  } finally {
    await bench.stop();
  }
}

function ratiosOf(stage: StageResult, rawSql: number): Ratios {
  const cpu = (name: string): number => stage.processes[name]?.cpuSeconds ?? NaN;
  const services = serviceNames.reduce((sum, name) => sum + cpu(name), 0);
  const three = (value: number): number => Math.round(value * 1_000) / 1_000;
  return {
    servicesCpuToPostgresCpu: three(services / cpu('postgres')),
    confirmedToRawSql: three(stage.confirmedPerSecond / rawSql),
    transactionsPer1000: stage.transactionsPer1000,
  };
}

function line({ name, measured, stored, worse, regressed }: Comparison): string {
  const change = `${worse > 0 ? `${(worse * 100).toFixed(0)} % worse` : `${(-worse * 100).toFixed(0)} % better`}`;
  return `${name.padEnd(26)} ${measured}, stored ${stored}: ${change}${regressed ? ' REGRESSED' : ''}\n`;
}
