import { messagingIdentityOf } from '@app/events';
import { DeskModule } from '@app/desk';
import { MESSAGING_ENTITIES, MESSAGING_MIGRATIONS, MessagingModule, messagingOptionsOf } from '@app/messaging';
import { OrderLogModule } from '@app/order-log';
import { type DatabaseOptions, PostgresModule } from '@app/postgres';
import { Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { PaymentServiceConfig } from './config';
import { RetryPolicy } from './domain/retry-policy';
import { GatewayModule } from './gateway/gateway.module';
import { PaymentsController } from './http/payments.controller';
import { SimulatorController } from './http/simulator.controller';
import { StripeWebhookController } from './http/stripe-webhook.controller';
import { OrderEventsConsumer } from './messaging/order-events.consumer';
import { PAYMENT_ENTITIES } from './persistence/entities';
import { PAYMENT_MIGRATIONS } from './persistence/migrations';
import { PaymentEntity } from './persistence/payment.entity';
import { PaymentReader } from './persistence/payment.reader';
import { PaymentRepository } from './persistence/payment.repository';
import { PAYMENT_LIFECYCLE } from './domain/payment-lifecycle';
import { checkPaymentLifecycle } from './domain/payment-state-machine';
import { StripeEventRepository } from './persistence/stripe-event.repository';
import { AdvancePayments, GatewayCalls, StepPayments } from './use-cases/advance-payments';
import { CallGateway } from './use-cases/call-gateway';
import { FetchGatewayEvents, GatewayEventsOptions } from './use-cases/fetch-gateway-events';
import { GatewayCallLimits } from './use-cases/gateway-call-limits';
import { GetPayment } from './use-cases/get-payment';
import { HandleStripeWebhook } from './use-cases/handle-stripe-webhook';
import { HandlePaymentHint } from './use-cases/handle-payment-hint';
import { ListPayments } from './use-cases/list-payments';
import { PaymentMetrics } from './metrics/payment-metrics';
import { RefundByHand } from './use-cases/refund-by-hand';

@Module({})
export class PaymentServiceModule {
  static forRoot(config: PaymentServiceConfig): DynamicModule {
    checkPaymentLifecycle(PAYMENT_LIFECYCLE);
    const usesStripe = config.paymentGateway === 'stripe';
    return {
      module: PaymentServiceModule,
      imports: [
        PostgresModule.forRoot(databaseOptions(config)),
        TypeOrmModule.forFeature([PaymentEntity]),
        MessagingModule.forRoot(messagingOptionsOf(messagingIdentityOf('payment-service'), config)),
        DeskModule,
        OrderLogModule.forRoot(config),
        GatewayModule.forRoot(config),
      ],
      controllers: [
        PaymentsController,
        OrderEventsConsumer,
        usesStripe ? StripeWebhookController : SimulatorController,
      ],
      providers: [
        AdvancePayments,
        CallGateway,
        { provide: GatewayCalls, useExisting: CallGateway },
        FetchGatewayEvents,
        GetPayment,
        HandleStripeWebhook,
        HandlePaymentHint,
        ListPayments,
        PaymentMetrics,
        PaymentReader,
        PaymentRepository,
        StepPayments,
        StripeEventRepository,
        ...(usesStripe ? [] : [RefundByHand]),
        { provide: GatewayEventsOptions, useFactory: () => new GatewayEventsOptions(config.paymentGatewayNewsMs) },
        { provide: GatewayCallLimits, useFactory: () => callLimits(config) },
        { provide: RetryPolicy, useFactory: () => retryPolicy(config) },
      ],
    };
  }
}

export function databaseOptions(config: PaymentServiceConfig): DatabaseOptions {
  return {
    config,
    schema: 'payment_service',
    entities: [...MESSAGING_ENTITIES, ...PAYMENT_ENTITIES],
    migrations: [...MESSAGING_MIGRATIONS, ...PAYMENT_MIGRATIONS],
  };
}

function callLimits(config: PaymentServiceConfig): GatewayCallLimits {
  return new GatewayCallLimits({
    concurrency: config.paymentGatewayConcurrency,
    capacity: config.paymentGatewayQueue,
    leaseMs: config.paymentGatewayLeaseMs,
    timeoutMs: config.paymentGatewayTimeoutMs,
    sweepIntervalMs: config.paymentGatewaySweepMs,
  });
}

function retryPolicy(config: PaymentServiceConfig): RetryPolicy {
  return new RetryPolicy({
    attempts: config.paymentGatewayAttempts,
    baseMs: config.paymentGatewayBackoffMs,
    capMs: config.paymentGatewayMaxBackoffMs,
    longIntervalMs: config.paymentGatewayLongIntervalMs,
    quietMs: config.paymentGatewayQuietMs,
  });
}
