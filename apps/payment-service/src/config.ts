import { commonConfig, defineConfig, durationMs, oneOf, positiveInt, ratio } from '@app/platform';

export const loadConfig = defineConfig({
  ...commonConfig({ port: 8002, databaseUser: 'payment_service' }),
  paymentGateway: oneOf(['simulator'], {
    description: 'Who moves the money. simulator: nobody, it only keeps books.',
    default: 'simulator',
  }),
  gatewayTimeoutMs: durationMs({ description: 'Milliseconds the payment gateway has to answer.', default: 5_000 }),
  gatewayConcurrency: positiveInt({
    description: 'Calls to the payment gateway at a time.',
    default: 64,
    max: 1_000,
  }),
  gatewayQueue: positiveInt({
    description: 'Calls in memory, waiting or in progress; what is beyond waits in the database.',
    default: 5_000,
    max: 100_000,
  }),
  gatewayLeaseMs: durationMs({
    description: 'Milliseconds a call belongs to the process that took it; at least twice the time-out.',
    default: 30_000,
  }),
  gatewaySweepMs: durationMs({ description: 'Milliseconds between two looks for calls that are due.', default: 1_000 }),
  gatewayAttempts: positiveInt({
    description: 'Attempts with growing distance; afterwards the distance is GATEWAY_LONG_INTERVAL_MS.',
    default: 8,
    max: 30,
  }),
  gatewayBackoffMs: durationMs({ description: 'Milliseconds before the second attempt, at most.', default: 500 }),
  gatewayMaxBackoffMs: durationMs({ description: 'Milliseconds the distance grows to.', default: 10_000 }),
  gatewayLongIntervalMs: durationMs({
    description: 'Milliseconds between attempts when all others were in vain; they never end.',
    default: 30_000,
  }),
  gatewayQuietMs: durationMs({
    description: 'Milliseconds after the last sending from which on a gateway that finds nothing is believed.',
    default: 30_000,
  }),
  simulatorLatencyMs: durationMs({ description: 'Milliseconds the simulated gateway takes longer.', default: 0 }),
  simulatorFailureRate: ratio({
    description: 'Share of calls to the simulated gateway that fail, half of them after doing their work.',
    default: 0,
  }),
});

export type PaymentServiceConfig = ReturnType<typeof loadConfig>;
