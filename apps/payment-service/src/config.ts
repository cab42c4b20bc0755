import {
  commonConfig,
  defineServiceConfig,
  durationMs,
  oneOf,
  optional,
  positiveInt,
  ratio,
  text,
  url,
  type ConfigurationProblem,
} from '@app/platform';

const spec = {
  ...commonConfig({ port: 8002, databaseUser: 'payment_service' }),
  paymentGateway: oneOf(['simulator', 'stripe'], {
    description: 'Payment provider; the simulator moves no money and only keeps a ledger.',
    default: 'simulator',
  }),
  paymentGatewayTimeoutMs: durationMs({
    description: 'Time-out of a call to the payment gateway, in milliseconds.',
    default: 5_000,
  }),
  paymentGatewayConcurrency: positiveInt({
    description: 'Maximum number of concurrent calls to the payment gateway.',
    default: 64,
    max: 1_000,
  }),
  paymentGatewayFailures: positiveInt({
    description: 'Consecutive failed calls to the payment gateway that open its circuit breaker.',
    default: 10,
    max: 1_000,
  }),
  paymentGatewayProbeMs: durationMs({
    description:
      'Interval between two probes while the circuit breaker of the payment gateway is open, in milliseconds.',
    default: 1_000,
  }),
  paymentGatewayQueue: positiveInt({
    description:
      'Maximum number of gateway calls held in memory, queued or in progress; further ones wait in the database.',
    default: 5_000,
    max: 100_000,
  }),
  paymentGatewayLeaseMs: durationMs({
    description:
      'Lease of a gateway call, in milliseconds; at least twice PAYMENT_GATEWAY_TIMEOUT_MS. After that, another process may take the call over.',
    default: 30_000,
  }),
  paymentGatewaySweepMs: durationMs({
    description: 'Interval between two polls for due gateway calls, in milliseconds.',
    default: 1_000,
  }),
  paymentGatewayAttempts: positiveInt({
    description:
      'Number of attempts with growing delays; further attempts follow every PAYMENT_GATEWAY_LONG_INTERVAL_MS.',
    default: 8,
    max: 30,
  }),
  paymentGatewayBackoffMs: durationMs({
    description: 'Maximum delay before the second attempt, in milliseconds.',
    default: 500,
  }),
  paymentGatewayMaxBackoffMs: durationMs({
    description: 'Upper limit of the growing delay, in milliseconds.',
    default: 10_000,
  }),
  paymentGatewayLongIntervalMs: durationMs({
    description:
      'Delay between further attempts once PAYMENT_GATEWAY_ATTEMPTS is exhausted, in milliseconds; they continue forever.',
    default: 30_000,
  }),
  paymentGatewayQuietMs: durationMs({
    description: 'How long after the last request a “not found” from the gateway is trusted, in milliseconds.',
    default: 30_000,
  }),
  paymentGatewayNewsMs: durationMs({
    description: 'Interval between two polls for gateway events whose webhook was missed, in milliseconds.',
    default: 600_000,
  }),
  paymentSimulatorLatencyMs: durationMs({
    description: 'Extra latency of the simulated gateway, in milliseconds.',
    default: 0,
  }),
  paymentSimulatorFailureRate: ratio({
    description: 'Share of calls to the simulated gateway that fail, 0 to 1; half of them fail after doing their work.',
    default: 0,
  }),
  stripeSecretKey: optional(
    text({
      description: 'Secret key of the Stripe account; required with stripe.',
      example: 'sk_test_123',
      secret: true,
    }),
  ),
  stripeWebhookSecret: optional(
    text({
      description: 'Signing secret of the endpoint /webhooks/stripe; required with stripe.',
      example: 'whsec_123',
      secret: true,
    }),
  ),
  stripeApiUrl: url({ description: 'Base URL of the Stripe API.', default: 'https://api.stripe.com' }),
  stripePaymentMethod: text({
    description:
      'Payment method for orders that name no Stripe payment method (pm_...); the default exists in test mode only.',
    default: 'pm_card_visa',
  }),
};

export const loadConfig = defineServiceConfig(spec, (config): ConfigurationProblem[] => {
  if (config.paymentGateway !== 'stripe') return [];
  const missing = (variable: string, value: string | undefined, example: string): ConfigurationProblem[] =>
    value === undefined
      ? [{ variable, problem: 'is missing', expected: 'a text, because PAYMENT_GATEWAY is stripe', example }]
      : [];
  return [
    ...missing('STRIPE_SECRET_KEY', config.stripeSecretKey, 'sk_test_123'),
    ...missing('STRIPE_WEBHOOK_SECRET', config.stripeWebhookSecret, 'whsec_123'),
  ];
});

export type PaymentServiceConfig = ReturnType<typeof loadConfig>;
