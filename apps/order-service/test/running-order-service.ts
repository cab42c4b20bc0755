import { connectEventConsumers, Transactions } from '@app/messaging';
import { shutDown, startService } from '@app/platform';
import { createTestDatabase, createTestService, infrastructureUrls, type TestDatabase } from '@app/testing';
import type { Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Client, Pool } from 'pg';
import { DataSource } from 'typeorm';
import { loadConfig } from '../src/config';
import { verifyTrail } from '../src/domain/audit-verification';
import type { OrderTrigger } from '../src/domain/order-lifecycle';
import type { OrderEventResponse } from '../src/http/order-event.response';
import type { OrderResponse } from '../src/http/order.response';
import { OrderServiceModule } from '../src/order-service.module';
import { entryFrom, OrderEventEntity } from '../src/persistence/order-event.entity';
import { OrderReader } from '../src/persistence/order.reader';
import { OrderEntity } from '../src/persistence/order.entity';
import { AdvanceOrders } from '../src/use-cases/advance-orders';

/** The request of the documentation. */
export const DOCUMENTED_REQUEST = {
  user_id: 'user_123',
  items: [{ product_id: 'LAPTOP001', product_name: 'Gaming Laptop', quantity: 1, price: 1299.99 }],
};

/** An answer with its body read as JSON. */
export interface Answer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

/** What is answered about one order. */
export type OrderAnswer = Answer<OrderResponse>;

/** How a service of the test runs. */
export interface RunningOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Connects it to the Kafka of the tests. Without, it neither consumes nor publishes: the outbox keeps its rows. */
  readonly kafka?: boolean;
}

/** The order service in this process, on a free port, and the database it works on. */
export class RunningOrderService {
  private constructor(
    readonly app: NestFastifyApplication,
    readonly url: string,
    /** As the superuser, in the service's schema. */
    readonly admin: Pool,
    /** For another replica on the same tables. */
    readonly database: TestDatabase,
    private readonly cleanUp: () => Promise<void>,
  ) {}

  /** Boots it on `database`, or on a new one which is dropped at the end. */
  static async start(options: RunningOptions = {}, database?: TestDatabase): Promise<RunningOrderService> {
    const used = database ?? (await createTestDatabase('order-service'));
    const { url, adminUrl } = used;
    const admin = new Pool({ connectionString: adminUrl, options: '-c search_path=order_service' });
    // pg-pool hands its idle connections over before they are closed: dropping the database may still end one of them.
    admin.on('connect', (client) => client.on('error', () => undefined));
    admin.on('error', () => undefined);
    // Another "replica" holds the relay's lock: this one stands by.
    const relayLock = options.kafka === true ? undefined : await holdRelayLock(adminUrl);
    const service = serviceOptions(url, options);
    const app = await createTestService(service);
    await startService(app, service);
    return new RunningOrderService(app, await app.getUrl(), admin, used, async () => {
      await shutDown(app, 5_000);
      await relayLock?.end();
      await admin.end();
      if (database === undefined) await used.drop();
    });
  }

  async stop(): Promise<void> {
    await this.cleanUp();
  }

  async get<Body = OrderResponse>(path: string, init: RequestInit = {}): Promise<Answer<Body>> {
    return answerOf<Body>(await fetch(`${this.url}${path}`, init));
  }

  async post<Body = OrderResponse>(
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<Body>> {
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const init = { method: 'POST', headers: { ...type, ...headers }, ...content };
    return answerOf<Body>(await fetch(`${this.url}${path}`, init));
  }

  /** Places the documented order. */
  async place(request: object = {}, headers: Record<string, string> = {}): Promise<OrderResponse> {
    const { status, body } = await this.post('/orders', { ...DOCUMENTED_REQUEST, ...request }, headers);
    if (status !== 201) throw new Error(`POST /orders: ${status} ${JSON.stringify(body)}`);
    return body;
  }

  /** Applies inputs of the other services as if their events had been consumed, in one transaction. */
  async advance(orderId: string, ...triggers: readonly OrderTrigger[]): Promise<void> {
    const advance = this.app.get(AdvanceOrders);
    await this.app.get(Transactions).run((unitOfWork) =>
      advance.enqueue(
        unitOfWork,
        triggers.map((trigger) => ({ orderId, trigger, actor: 'test' })),
      ),
    );
  }

  /** What the application made of this class. */
  provider<Provider>(type: Type<Provider>): Provider {
    return this.app.get(type);
  }

  async rows<Row extends object>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return (await this.admin.query<Row>(sql, [...parameters])).rows;
  }

  async count(table: string): Promise<number> {
    return (await this.rows<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`))[0]?.n ?? 0;
  }

  /** The steps of an order, by its audit trail. */
  async steps(orderId: string): Promise<string[]> {
    const { body } = await this.get<{ events: OrderEventResponse[] }>(`/orders/${orderId}/events`);
    return body.events.map(({ event }) => event);
  }

  /** The events the service has published or will, by the outbox; for a service without Kafka. */
  async announcements(orderId: string): Promise<string[]> {
    const rows = await this.rows<{ type: string; sequence: string }>(
      'SELECT type, sequence FROM outbox WHERE aggregateid = $1 ORDER BY position',
      [orderId],
    );
    rows.forEach(({ sequence }, index) => {
      if (Number(sequence) !== index + 1) throw new Error(`event ${index + 1} of ${orderId} has sequence ${sequence}`);
    });
    return rows.map(({ type }) => type);
  }

  /** What is wrong with the audit trails of all orders. */
  async auditProblems(): Promise<string[]> {
    const { manager } = this.app.get(DataSource);
    const [orders, entries] = await Promise.all([
      manager.find(OrderEntity),
      manager.find(OrderEventEntity, { order: { number: 'ASC' } }),
    ]);
    const trails = Map.groupBy(entries.map(entryFrom), ({ orderId }) => orderId);
    const found = await this.app.get(OrderReader).findAll(orders.map(({ orderId }) => orderId));
    return orders.flatMap((row) => {
      const { orderId, eventCount, lastEventHash, userSalt } = row;
      const { order, lines } = found.get(orderId)!;
      const customerReason = { text: row.customerReason, salt: row.customerReasonSalt };
      const stored = { order, lines, userSalt, customerReason };
      const head = { number: eventCount, hash: lastEventHash };
      return verifyTrail(stored, head, trails.get(orderId) ?? []).map((text) => `${orderId}: ${text}`);
    });
  }
}

function serviceOptions(databaseUrl: string, { env, kafka = false }: RunningOptions) {
  const { redisUrl, kafka: brokers } = infrastructureUrls();
  const config = loadConfig({
    HOST: '127.0.0.1',
    PORT: '0',
    LOG_LEVEL: 'fatal',
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    KAFKA_BOOTSTRAP_SERVERS: brokers,
    ...env,
  });
  const module = OrderServiceModule.forRoot(config);
  return { name: 'order-service', module, config, ...(kafka ? { configure: connectEventConsumers } : {}) };
}

/** The session that keeps the relay of the services on this database from becoming active. */
async function holdRelayLock(adminUrl: string): Promise<Client> {
  const client = new Client({ connectionString: adminUrl });
  // A test that failed may drop the database under it.
  client.on('error', () => undefined);
  await client.connect();
  await client.query(`SELECT pg_advisory_lock_shared(hashtext('outbox relay'), hashtext('order_service'))`);
  return client;
}

async function answerOf<Body>(response: Response): Promise<Answer<Body>> {
  return { status: response.status, headers: response.headers, body: (await response.json()) as Body };
}
