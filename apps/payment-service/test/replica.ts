import { createTestService } from '@app/testing';
import type { OrderCancelled, OrderConfirmed, OrderCreated } from '@app/events';
import type { UnitOfWork } from '@app/messaging';
import type { INestApplicationContext } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { loadConfig } from '../src/config';
import type { PaymentListResponse } from '../src/http/payment.response';
import { OrderEventsConsumer } from '../src/messaging/order-events.consumer';
import { PaymentServiceModule } from '../src/payment-service.module';

/** A running replica in a hurry that hears nothing from Kafka: tests hand it events. See {@link recordAnnouncements}. */
export async function startReplica(
  databaseUrl: string,
  kafka: string,
  env: Readonly<Record<string, string>> = {},
): Promise<NestFastifyApplication> {
  const config = loadConfig({
    DATABASE_URL: databaseUrl,
    KAFKA_BOOTSTRAP_SERVERS: kafka,
    LOG_LEVEL: 'fatal',
    PAYMENT_GATEWAY_TIMEOUT_MS: '400',
    PAYMENT_GATEWAY_LEASE_MS: '1000',
    PAYMENT_GATEWAY_SWEEP_MS: '50',
    PAYMENT_GATEWAY_BACKOFF_MS: '20',
    PAYMENT_GATEWAY_LONG_INTERVAL_MS: '200',
    PAYMENT_GATEWAY_QUIET_MS: '1000',
    ...env,
  });
  const app = await createTestService({
    name: 'payment-service',
    module: PaymentServiceModule.forRoot(config),
    config,
  });
  return app.init();
}

/** Where events of the order service come in. */
export function orderEventsOf(app: INestApplicationContext): OrderEventsConsumer {
  return app.get(OrderEventsConsumer);
}

/** From now on whatever enters the outbox is also in the table `announcements`, and stays there when it is published. */
export async function recordAnnouncements(app: NestFastifyApplication): Promise<void> {
  const statements = [
    'CREATE TABLE announcements (position bigint, order_id text, type text, payload text)',
    `CREATE FUNCTION record_announcement() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       INSERT INTO announcements VALUES (NEW.position, NEW.aggregateid, NEW.type, NEW.payload);
       RETURN NEW;
     END $$`,
    'CREATE TRIGGER record AFTER INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION record_announcement()',
  ];
  for (const statement of statements) await app.get(DataSource).query(statement);
}

/** The unit of work of a process that dies right after its commit: nothing is begun then. */
export function asOfTheDying(unitOfWork: UnitOfWork): UnitOfWork {
  return Object.create(unitOfWork, { afterCommit: { value: () => undefined } }) as UnitOfWork;
}

/** GET, as a client sees it. */
export async function get<Body = PaymentListResponse>(app: NestFastifyApplication, url: string) {
  const response = await app.inject({ method: 'GET', url });
  return { status: response.statusCode, body: response.json<Body>() };
}

const facts = { user_id: 'user_123', currency: 'USD', total_amount: 42.5 };

/** What the order service says of an order of two mice. */
export const created = (payment_method = 'credit_card'): OrderCreated => ({
  ...facts,
  payment_method,
  items: [{ product_id: 'MOUSE001', product_name: 'Mouse', quantity: 2, price: 21.25 }],
});
export const confirmed: OrderConfirmed = facts;
export const cancelled = (payment_method = 'credit_card'): OrderCancelled => ({
  ...facts,
  payment_method,
  reason: 'cancelled_by_customer',
});
