import {
  BreakerHealthIndicator,
  Chance,
  CircuitBreaker,
  CircuitBreakers,
  Clock,
  Ids,
  type BreakerOptions,
} from '@app/platform';
import { Module, type DynamicModule } from '@nestjs/common';
import type { PaymentServiceConfig } from '../config';
import { GatewayLedger } from './gateway-ledger';
import { ledgerPool } from './ledger-pool';
import { GuardedGateway } from './guarded-gateway';
import { PaymentGateway, saysUnwell } from './payment-gateway';
import { StripeGateway } from './stripe-gateway';
import { StripeWebhooks } from './stripe-webhooks';
import { SimulatedGateway } from './simulated-gateway';

/** Provides the `PaymentGateway` the config names. */
@Module({})
export class GatewayModule {
  static forRoot(config: PaymentServiceConfig): DynamicModule {
    const simulated = config.paymentGateway === 'simulator' ? [SimulatedGateway] : [];
    return {
      module: GatewayModule,
      providers: [
        ...simulated.map((provide) => ({
          provide,
          useFactory: (ids: Ids, chance: Chance) => simulatorOf(config, ids, chance),
          inject: [Ids, Chance],
        })),
        {
          provide: CircuitBreaker,
          useFactory: (breakers: CircuitBreakers) => breakers.create(breakerOptions(config)),
          inject: [CircuitBreakers],
        },
        {
          provide: PaymentGateway,
          useFactory: (breaker: CircuitBreaker, simulator?: SimulatedGateway) =>
            new GuardedGateway(simulator ?? stripeOf(config), breaker),
          inject: [CircuitBreaker, ...simulated],
        },
        {
          provide: BreakerHealthIndicator,
          useFactory: (breaker: CircuitBreaker) => new BreakerHealthIndicator(breaker),
          inject: [CircuitBreaker],
        },
        {
          provide: StripeWebhooks,
          useFactory: (clock: Clock) => new StripeWebhooks(config.stripeWebhookSecret ?? '', clock),
          inject: [Clock],
        },
      ],
      exports: [PaymentGateway, StripeWebhooks, ...simulated],
    };
  }
}

function breakerOptions(config: PaymentServiceConfig): BreakerOptions {
  return {
    name: 'payment_gateway',
    timeoutMs: config.paymentGatewayTimeoutMs,
    maxConcurrent: config.paymentGatewayConcurrency,
    failuresInARow: config.paymentGatewayFailures,
    resetMs: config.paymentGatewayProbeMs,
    isFailure: saysUnwell,
  };
}

function simulatorOf(config: PaymentServiceConfig, ids: Ids, chance: Chance): SimulatedGateway {
  const { paymentSimulatorLatencyMs: latencyMs, paymentSimulatorFailureRate: failureRate } = config;
  return new SimulatedGateway(new GatewayLedger(ledgerPool(config)), { latencyMs, failureRate }, ids, chance);
}

function stripeOf(config: PaymentServiceConfig): StripeGateway {
  return new StripeGateway({
    secretKey: config.stripeSecretKey ?? '',
    apiUrl: config.stripeApiUrl,
    timeoutMs: config.paymentGatewayTimeoutMs,
    maxConnections: config.paymentGatewayConcurrency,
    defaultPaymentMethod: config.stripePaymentMethod,
  });
}
