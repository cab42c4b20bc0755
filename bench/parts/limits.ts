import { setTimeout as delay } from 'node:timers/promises';
import { eachService, roleOf, serviceNames, type ServiceName } from '../../tools/stack/service-names.ts';
import type { BenchSystem } from '../bench-system.ts';
import { cpuByTitle, cpuSecondsOf } from '../../test/system/processes.ts';
import type { LimitsResult } from '../result.ts';
import { stageOf, type PartContext } from './context.ts';
import { emptying } from './emptying.ts';

const RELAYED = 60_000;
const CAPTURE_WITHIN_MS = 10_000;

/** What the points allow of which there is only one: a product everybody wants, the database, a service's relay. */
export async function measureHotProduct(context: PartContext, rate: number): Promise<LimitsResult['hotProduct']> {
  const [product = ''] = context.bench.products;
  const bench = context.bench.withProducts([product]);
  return stageOf({ ...context, bench }, { name: 'one product', rate, seconds: context.seconds });
}

/** Ends every service but the order service, whose relay then has the machine and a full outbox. */
export async function measureRelay(bench: BenchSystem): Promise<LimitsResult['relay']> {
  const columns = await captureCreated(bench);
  await bench.stopAll(
    serviceNames.filter((name) => name !== 'order-service').flatMap((name) => bench.instancesOf(name)),
  );
  const pid = bench.pids()['order-service'];
  const before = cpuSecondsOf(pid);
  await bench.system.sql(
    `INSERT INTO order_service.outbox (${columns}) SELECT ${columns} FROM order_service.captured, generate_series(1, ${RELAYED})`,
  );
  const { perSecond } = await emptying(() => waiting(bench));
  const used = cpuSecondsOf(pid) - before;
  await bench.system.sql('DROP TABLE order_service.captured');
  return { recordsPerSecond: Math.round(perSecond), cpuSecondsPer1000Records: used / (RELAYED / 1_000) };
}

async function waiting(bench: BenchSystem): Promise<number> {
  const [row] = await bench.system.sql<{ n: string }>('SELECT count(*) AS n FROM order_service.outbox');
  return Number(row?.n);
}

/** Keeps one row as the service writes it: the relay deletes it at once. Gives the columns that are written. */
async function captureCreated(bench: BenchSystem): Promise<string> {
  await bench.system.sql(`
    CREATE TABLE order_service.captured (LIKE order_service.outbox);
    CREATE FUNCTION order_service.capture() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
      'BEGIN INSERT INTO order_service.captured SELECT NEW.*; RETURN NEW; END';
    CREATE TRIGGER capture AFTER INSERT ON order_service.outbox FOR EACH ROW
      WHEN (NEW.type = 'order_created') EXECUTE FUNCTION order_service.capture()`);
  const [product_id = ''] = bench.products;
  await bench.system.place({ items: [{ product_id, product_name: 'Benchmark product', quantity: 1, price: 10 }] });
  const deadline = performance.now() + CAPTURE_WITHIN_MS;
  while ((await bench.system.sql('SELECT 1 FROM order_service.captured')).length === 0) {
    if (performance.now() > deadline) throw new Error('no order_created came by');
    await delay(50);
  }
  await bench.system.sql('DROP FUNCTION order_service.capture() CASCADE');
  const columns = await bench.system.sql<{ name: string }>(
    `SELECT quote_ident(attname) AS name FROM pg_attribute
     WHERE attrelid = 'order_service.outbox'::regclass AND attnum > 0 AND NOT attisdropped AND attname <> 'position'`,
  );
  return columns.map(({ name }) => name).join(', ');
}

/** Of PostgreSQL's CPU since it started, what each service's sessions have used. */
export function databaseShares(bench: BenchSystem): Record<ServiceName, number> {
  const used = cpuByTitle(bench.pids()['postgres'] ?? 0);
  const of = (service: ServiceName): number =>
    used
      .filter(({ title }) => title.includes(`: ${roleOf(service)} `))
      .reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
  const total = serviceNames.reduce((sum, service) => sum + of(service), 0);
  return eachService((service) => of(service) / total);
}

/** Bytes of write-ahead log, from one moment on. */
export async function walPosition(bench: BenchSystem): Promise<number> {
  const [row] = await bench.system.sql<{ bytes: string }>(`SELECT pg_current_wal_lsn() - '0/0'::pg_lsn AS bytes`);
  return Number(row?.bytes);
}
