import type { OrderCancelled, OrderConfirmed, OrderCreated } from '@app/events';
import { createService } from '@app/platform';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { loadConfig } from '../src/config';
import type { PaymentListResponse } from '../src/http/payment.response';
import { PaymentServiceModule } from '../src/payment-service.module';

/** A running replica without Kafka, in a hurry: tests hand it events, and read in the outbox what it announced. */
export async function startReplica(databaseUrl: string): Promise<NestFastifyApplication> {
  const config = loadConfig({
    DATABASE_URL: databaseUrl,
    KAFKA_BOOTSTRAP_SERVERS: '127.0.0.1:1',
    LOG_LEVEL: 'fatal',
    PAYMENT_GATEWAY_TIMEOUT_MS: '400',
    PAYMENT_GATEWAY_LEASE_MS: '1000',
    PAYMENT_GATEWAY_SWEEP_MS: '50',
    PAYMENT_GATEWAY_BACKOFF_MS: '20',
    PAYMENT_GATEWAY_LONG_INTERVAL_MS: '200',
    PAYMENT_GATEWAY_QUIET_MS: '1000',
  });
  const app = await createService({ name: 'payment-service', module: PaymentServiceModule.forRoot(config), config });
  return app.init();
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
