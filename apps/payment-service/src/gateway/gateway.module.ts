import {
  BreakerHealthIndicator,
  CircuitBreakers,
  Clock,
  HealthRegistry,
  Ids,
  type BreakerOptions,
} from '@app/platform';
import { Module, type DynamicModule } from '@nestjs/common';
import type { PaymentServiceConfig } from '../config';
import { GatewayLedger } from './gateway-ledger';
import { ledgerPool } from './ledger-pool';
import { GuardedGateway } from './guarded-gateway';
import { PaymentGateway } from './payment-gateway';
import { StripeGateway } from './stripe-gateway';
import { StripeWebhooks } from './stripe-webhooks';
import { SimulatedGateway } from './simulated-gateway';

/** Provides the `PaymentGateway` the config names. */
@Module({})
export class GatewayModule {
  static forRoot(config: PaymentServiceConfig): DynamicModule {
    return {
      module: GatewayModule,
      providers: [
        {
          provide: PaymentGateway,
          useFactory: (ids: Ids, breakers: CircuitBreakers, health: HealthRegistry) => {
            const breaker = breakers.create(breakerOptions(config));
            health.register(new BreakerHealthIndicator(breaker));
            return new GuardedGateway(gatewayOf(config, ids), breaker);
          },
          inject: [Ids, CircuitBreakers, HealthRegistry],
        },
        {
          provide: StripeWebhooks,
          useFactory: (clock: Clock) => new StripeWebhooks(config.stripeWebhookSecret ?? '', clock),
          inject: [Clock],
        },
      ],
      exports: [PaymentGateway, StripeWebhooks],
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
  };
}

function gatewayOf(config: PaymentServiceConfig, ids: Ids): PaymentGateway {
  switch (config.paymentGateway) {
    case 'simulator': {
      const { paymentSimulatorLatencyMs: latencyMs, paymentSimulatorFailureRate: failureRate } = config;
      return new SimulatedGateway(new GatewayLedger(ledgerPool(config)), { latencyMs, failureRate }, ids);
    }
    case 'stripe':
      return new StripeGateway({
        secretKey: config.stripeSecretKey ?? '',
        apiUrl: config.stripeApiUrl,
        timeoutMs: config.paymentGatewayTimeoutMs,
        maxConnections: config.paymentGatewayConcurrency,
        defaultPaymentMethod: config.stripePaymentMethod,
      });
  }
}
