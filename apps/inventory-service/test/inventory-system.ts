import { OrderCancelled, PaymentSuccessful } from '@app/events';
import { Transactions } from '@app/messaging';
import { shutDown } from '@app/platform';
import { anEvent, createTestDatabase, createTestService, infrastructureUrls, type TestDatabase } from '@app/testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import pg from 'pg';
import { loadConfig } from '../src/config';
import { InventoryServiceModule } from '../src/inventory-service.module';
import { OrderEventsConsumer } from '../src/messaging/order-events.consumer';
import { PaymentEventsConsumer } from '../src/messaging/payment-events.consumer';

/** The inventory service on a PostgreSQL database of its own, without Kafka: tests hand it batches of events themselves. */
export interface InventorySystem {
  readonly app: NestFastifyApplication;
  /** For another replica on the same tables. */
  readonly database: TestDatabase;
  /** Of its database. */
  readonly adminUrl: string;
  /** Handles a batch as the transport does: every topic's handler in one transaction. */
  handle(batch: Batch): Promise<void>;
  /** As the superuser. */
  query<Row extends pg.QueryResultRow>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
  /** Low on stock below `threshold`; never, by default. */
  addProduct(productId: string, quantity: number, threshold?: number): Promise<void>;
  /** Ends every session of the service, and tells how many deadlocks its database has seen. */
  closeAndCountDeadlocks(): Promise<number>;
  close(): Promise<void>;
}

export interface Batch {
  readonly payments?: readonly ReturnType<typeof aPayment>[];
  readonly cancellations?: readonly ReturnType<typeof aCancellation>[];
}

export type Line = readonly [productId: string, quantity: number];

/** The event that an order is paid and wants these pieces. */
export function aPayment(orderId: string, ...lines: Line[]) {
  return anEvent(PaymentSuccessful, orderId, {
    payment_id: `payment-of-${orderId}`,
    user_id: 'user_123',
    payment_method: 'credit_card',
    currency: 'USD',
    amount: 99.5,
    items: lines.map(([product_id, quantity]) => ({ product_id, quantity })),
  });
}

export function aCancellation(orderId: string) {
  const amounts = { currency: 'USD', total_amount: 99.5 };
  const payload = { user_id: 'user_123', reason: 'timed_out', payment_method: 'credit_card', ...amounts } as const;
  return anEvent(OrderCancelled, orderId, payload);
}

/** Boots it on the database of another replica, or on a new one which is dropped at the end. */
export async function startInventory(
  env: Readonly<Record<string, string>> = {},
  shared?: TestDatabase,
): Promise<InventorySystem> {
  const database = shared ?? (await createTestDatabase('inventory-service'));
  const config = loadConfig({
    DATABASE_URL: database.url,
    DATABASE_POOL_SIZE: '12',
    REDIS_URL: infrastructureUrls().redisUrl,
    LOG_LEVEL: 'fatal',
    ...env,
  });
  const app = await createTestService({
    name: 'inventory-service',
    module: InventoryServiceModule.forRoot(config),
    config,
  });
  const admin = new pg.Client({ connectionString: database.adminUrl, options: '-c search_path=inventory_service' });
  await admin.connect();
  // Another replica's relay is active, it seems to the service: what it would publish stays in the outbox.
  await admin.query(`SELECT pg_advisory_lock_shared(hashtext('outbox relay'), hashtext(current_schema()))`);
  await app.init();
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= shutDown(app, 5_000));
  return {
    app,
    database,
    adminUrl: database.adminUrl,
    handle: (batch) => handle(app, batch),
    query: async (sql, parameters = []) => (await admin.query(sql, [...parameters])).rows as never,
    addProduct: (productId, quantity, threshold = 0) => addProduct(app, productId, quantity, threshold),
    async closeAndCountDeadlocks() {
      await stop();
      const sql = 'SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()';
      const { rows } = await admin.query<{ deadlocks: number }>(sql);
      return rows[0]?.deadlocks ?? NaN;
    },
    async close() {
      await stop();
      await admin.end();
      if (shared === undefined) await database.drop();
    },
  };
}

async function handle(app: NestFastifyApplication, { payments = [], cancellations = [] }: Batch): Promise<void> {
  await app.get(Transactions).run(async (unitOfWork) => {
    if (payments.length > 0) await app.get(PaymentEventsConsumer).successful(payments, unitOfWork);
    if (cancellations.length > 0) await app.get(OrderEventsConsumer).cancelled(cancellations, unitOfWork);
  });
}

async function addProduct(
  app: NestFastifyApplication,
  productId: string,
  quantity: number,
  threshold: number,
): Promise<void> {
  const own = { product_id: productId, product_name: productId };
  const payload = { ...own, quantity, price: 9.95, low_stock_threshold: threshold };
  const { statusCode, body } = await app.inject({ method: 'POST', url: '/inventory', payload });
  if (statusCode !== 201) throw new Error(body);
}
