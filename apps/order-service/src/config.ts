import { commonConfig, defineConfig, durationMs, positiveInt } from '@app/platform';

export const loadConfig = defineConfig({
  ...commonConfig({ port: 8001, databaseUser: 'order_service' }),
  orderDeadlineMs: durationMs({
    description: 'Milliseconds after which an order that is not settled is cancelled.',
    default: 900_000,
  }),
  orderDeadlineSweepMs: durationMs({
    description: 'Milliseconds between two looks for orders past their deadline.',
    default: 1_000,
  }),
  idempotencyKeyDays: positiveInt({ description: 'Days an Idempotency-Key is remembered.', default: 1, max: 30 }),
  maxWaitingOrders: positiveInt({
    description: 'Orders waiting to be stored, beyond which POST /orders answers 503.',
    default: 2_000,
    max: 100_000,
  }),
});

export type OrderServiceConfig = ReturnType<typeof loadConfig>;
