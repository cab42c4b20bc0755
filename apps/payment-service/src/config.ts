import {
  commonConfig,
  defineConfig,
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
    description: 'Who moves the money. simulator: nobody, it only keeps books.',
    default: 'simulator',
  }),
  paymentGatewayTimeoutMs: durationMs({
    description: 'Milliseconds the payment gateway has to answer.',
    default: 5_000,
  }),
  paymentGatewayConcurrency: positiveInt({
    description: 'Calls to the payment gateway at a time.',
    default: 64,
    max: 1_000,
  }),
  paymentGatewayFailures: positiveInt({
    description: 'Calls to the payment gateway that fail in a row until it is left alone, except for probes.',
    default: 10,
    max: 1_000,
  }),
  paymentGatewayProbeMs: durationMs({
    description: 'Milliseconds between two probes of a payment gateway that does not work.',
    default: 1_000,
  }),
  paymentGatewayQueue: positiveInt({
    description: 'Calls in memory, waiting or in progress; what is beyond waits in the database.',
    default: 5_000,
    max: 100_000,
  }),
  paymentGatewayLeaseMs: durationMs({
    description: 'Milliseconds a call belongs to the process that took it; at least twice the time-out.',
    default: 30_000,
  }),
  paymentGatewaySweepMs: durationMs({
    description: 'Milliseconds between two looks for calls that are due.',
    default: 1_000,
  }),
  paymentGatewayAttempts: positiveInt({
    description: 'Attempts with growing distance; afterwards the distance is PAYMENT_GATEWAY_LONG_INTERVAL_MS.',
    default: 8,
    max: 30,
  }),
  paymentGatewayBackoffMs: durationMs({
    description: 'Milliseconds before the second attempt, at most.',
    default: 500,
  }),
  paymentGatewayMaxBackoffMs: durationMs({ description: 'Milliseconds the distance grows to.', default: 10_000 }),
  paymentGatewayLongIntervalMs: durationMs({
    description: 'Milliseconds between attempts when all others were in vain; they never end.',
    default: 30_000,
  }),
  paymentGatewayQuietMs: durationMs({
    description: 'Milliseconds after the last sending from which on a gateway that finds nothing is believed.',
    default: 30_000,
  }),
  paymentGatewayNewsMs: durationMs({
    description: 'Milliseconds between two looks for news of the payment gateway that did not reach us.',
    default: 600_000,
  }),
  paymentSimulatorLatencyMs: durationMs({
    description: 'Milliseconds the simulated gateway takes longer.',
    default: 0,
  }),
  paymentSimulatorFailureRate: ratio({
    description: 'Share of calls to the simulated gateway that fail, half of them after doing their work.',
    default: 0,
  }),
  stripeSecretKey: optional(
    text({ description: 'Key of the Stripe account; required with stripe.', example: 'sk_test_123', secret: true }),
  ),
  stripeWebhookSecret: optional(
    text({
      description: 'Secret of the endpoint /webhooks/stripe; required with stripe.',
      example: 'whsec_123',
      secret: true,
    }),
  ),
  stripeApiUrl: url({ description: 'Where Stripe is.', default: 'https://api.stripe.com' }),
  stripePaymentMethod: text({
    description:
      'Payment method for orders that do not name one of Stripe (pm_...); the default exists in test mode only.',
    default: 'pm_card_visa',
  }),
};

export const loadConfig = defineConfig(spec, (config): ConfigurationProblem[] => {
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
