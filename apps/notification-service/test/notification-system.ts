import {
  OrderCancelled,
  OrderConfirmed,
  OrderCreated,
  PaymentAdjusted,
  PaymentFailed,
  PaymentRefunded,
  PaymentSuccessful,
} from '@app/events';
import { Transactions, type UnitOfWork } from '@app/messaging';
import { shutDown } from '@app/platform';
import { anEvent, createTestDatabase, createTestService } from '@app/testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import pg from 'pg';
import { loadConfig } from '../src/config';
import { OrderEventsConsumer } from '../src/messaging/order-events.consumer';
import { PaymentEventsConsumer } from '../src/messaging/payment-events.consumer';
import { NotificationServiceModule } from '../src/notification-service.module';
import { TestMailServer } from './mail-server';

/** The notification service on a database and a mail server of its own, without Kafka: tests hand it events themselves. */
export interface NotificationSystem {
  readonly mailServer: TestMailServer;
  readonly replicas: readonly NestFastifyApplication[];
  /** Of its database. */
  readonly adminUrl: string;
  /** As the first replica answers. */
  inject(
    method: 'GET' | 'PUT' | 'POST',
    url: string,
    payload?: object,
    headers?: Readonly<Record<string, string>>,
  ): Promise<{ status: number; body: never; replayed: boolean }>;
  /** Handles a batch as the transport does, every topic's handler in one transaction; on the first replica by default. */
  handle(events: readonly AnyEvent[], replica?: number): Promise<void>;
  query<Row extends pg.QueryResultRow>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

const facts = { user_id: 'user_123', currency: 'USD' };
const total = { ...facts, total_amount: 1299.99 };
const payment = { ...facts, payment_id: 'pay_1', payment_method: 'credit_card', amount: 1299.99 };
const laptop = { product_id: 'LAPTOP001', product_name: 'Gaming Laptop', quantity: 1, price: 1299.99 };

/** What an order's customer hears of, by the name of the notification. */
export const anEventOf = {
  order_received: (orderId: string, user_id = 'user_123') =>
    anEvent(OrderCreated, orderId, { ...total, user_id, payment_method: 'credit_card', items: [laptop] }),
  order_paid: (orderId: string, user_id = 'user_123') =>
    anEvent(PaymentSuccessful, orderId, { ...payment, user_id, items: [{ product_id: 'LAPTOP001', quantity: 1 }] }),
  payment_failed: (orderId: string, user_id = 'user_123') =>
    anEvent(PaymentFailed, orderId, { ...payment, user_id, reason: 'declined' }),
  order_confirmed: (orderId: string, user_id = 'user_123') => anEvent(OrderConfirmed, orderId, { ...total, user_id }),
  order_cancelled: (orderId: string, user_id = 'user_123') =>
    anEvent(OrderCancelled, orderId, { ...total, user_id, payment_method: 'credit_card', reason: 'out_of_stock' }),
  out_of_stock: (orderId: string, user_id = 'user_123') =>
    anEvent(OrderCancelled, orderId, {
      ...total,
      user_id,
      payment_method: 'credit_card',
      reason: 'out_of_stock',
      shortages: [
        { product_id: 'LAPTOP001', requested: 5, available: 2, reason: 'insufficient_stock' },
        { product_id: 'GHOST001', requested: 1, available: 0, reason: 'unknown_product' },
      ],
    }),
  payment_refunded: (orderId: string, user_id = 'user_123') =>
    anEvent(PaymentRefunded, orderId, { ...payment, user_id, method: 'void' }),
  /** Given back in part: so much now, so much in total. */
  partly_refunded: (orderId: string, user_id = 'user_123', given_back = 4, refunded_amount = 4) =>
    anEvent(PaymentAdjusted, orderId, {
      ...facts,
      user_id,
      payment_id: 'pay_1',
      payment_method: 'credit_card',
      given_back,
      captured_amount: 1299.99,
      refunded_amount,
    }),
} as const;

export type AnyEvent = ReturnType<(typeof anEventOf)[keyof typeof anEventOf]>;

/** Short delays everywhere. */
const HURRY = {
  LOG_LEVEL: 'fatal',
  DELIVERY_SWEEP_INTERVAL_MS: '50',
  DELIVERY_RETRY_BASE_MS: '20',
  DELIVERY_UNKNOWN_RETRY_BASE_MS: '40',
  DELIVERY_MAX_ATTEMPTS: '3',
  DELIVERY_TIMEOUT_MS: '1500',
  SMTP_CONNECTION_TIMEOUT_MS: '500',
};

export async function startNotifications(
  env: Readonly<Record<string, string>> = {},
  replicas = 1,
  /** Where the service finds the mail server, when not at its own address. */
  reachedBy: (url: string) => Promise<string> = (url) => Promise.resolve(url),
): Promise<NotificationSystem> {
  const database = await createTestDatabase('notification-service');
  const mailServer = new TestMailServer();
  await mailServer.start();
  const smtpUrl = await reachedBy(mailServer.url);
  const admin = new pg.Client({ connectionString: database.adminUrl, options: '-c search_path=notification_service' });
  await admin.connect();
  // Another replica's relay is active, it seems to the service: what it would publish stays in the outbox.
  await admin.query(`SELECT pg_advisory_lock(hashtext('outbox relay'), hashtext('notification_service'))`);
  const apps: NestFastifyApplication[] = [];
  for (let number = 0; number < replicas; number += 1) {
    const config = loadConfig({ ...HURRY, DATABASE_URL: database.url, SMTP_URL: smtpUrl, ...env });
    const module = NotificationServiceModule.forRoot(config);
    apps.push(await (await createTestService({ name: 'notification-service', module, config })).init());
  }
  const replica = (number: number): NestFastifyApplication => apps[number]!;
  return {
    mailServer,
    replicas: apps,
    adminUrl: database.adminUrl,
    async inject(method, url, payload, headers = {}) {
      const response = await replica(0).inject({ method, url, headers, ...(payload && { payload }) });
      const replayed = response.headers['idempotent-replayed'] === 'true';
      return { status: response.statusCode, body: response.json<never>(), replayed };
    },
    handle: (events, number = 0) => handle(replica(number), events),
    query: async (sql, parameters = []) => (await admin.query(sql, [...parameters])).rows as never,
    async close() {
      await Promise.all(apps.map((app) => shutDown(app, 5_000)));
      await mailServer.stop();
      await admin.end();
      await database.drop();
    },
  };
}

type Handler = (events: readonly never[], unitOfWork: UnitOfWork) => Promise<void>;

async function handle(app: NestFastifyApplication, events: readonly AnyEvent[]): Promise<void> {
  const orders = app.get(OrderEventsConsumer);
  const payments = app.get(PaymentEventsConsumer);
  // In the order in which the events of an order usually come.
  const handlers: Readonly<Record<string, Handler>> = {
    order_created: orders.created.bind(orders),
    payment_successful: payments.successful.bind(payments),
    payment_failed: payments.failed.bind(payments),
    order_confirmed: orders.confirmed.bind(orders),
    order_cancelled: orders.cancelled.bind(orders),
    payment_refunded: payments.refunded.bind(payments),
    payment_adjusted: payments.adjusted.bind(payments),
  };
  const stranger = events.find(({ type }) => !Object.hasOwn(handlers, type));
  if (stranger !== undefined) throw new Error(`no consumer of the notification service hears of ${stranger.type}`);
  await app.get(Transactions).run(async (unitOfWork) => {
    for (const [type, handler] of Object.entries(handlers)) {
      await handler(events.filter((event) => event.type === type) as never, unitOfWork);
    }
  });
}
