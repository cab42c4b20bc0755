import { commonConfig, defineServiceConfig, durationMs, positiveInt } from '@app/platform';

export const loadConfig = defineServiceConfig({
  ...commonConfig({ port: 8001, databaseUser: 'order_service' }),
  orderDeadlineMs: durationMs({
    description: 'Age in milliseconds after which an order that is neither confirmed nor cancelled is cancelled.',
    default: 900_000,
  }),
  orderDeadlineSweepMs: durationMs({
    description: 'Interval between two polls for orders past their deadline, in milliseconds.',
    default: 1_000,
  }),
  idempotencyKeyDays: positiveInt({
    description: 'Number of days an Idempotency-Key is remembered.',
    default: 1,
    max: 30,
  }),
  maxWaitingOrders: positiveInt({
    description: 'Maximum number of orders waiting to be stored; beyond it POST /orders answers 503.',
    default: 2_000,
    max: 100_000,
  }),
});

export type OrderServiceConfig = ReturnType<typeof loadConfig>;
