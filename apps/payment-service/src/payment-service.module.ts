import { messagingIdentityOf } from '@app/events';
import { DeskModule } from '@app/desk';
import { MESSAGING_MIGRATIONS, MessagingModule, messagingOptionsOf } from '@app/messaging';
import { type DatabaseOptions, PostgresModule } from '@app/postgres';
import { Module, type DynamicModule } from '@nestjs/common';
import type { PaymentServiceConfig } from './config';
import { RetryPolicy } from './domain/retry-policy';
import { GatewayModule } from './gateway/gateway.module';
import { PaymentsController } from './http/payments.controller';
import { SimulatorController } from './http/simulator.controller';
import { StripeWebhookController } from './http/stripe-webhook.controller';
import { OrderEventsConsumer } from './messaging/order-events.consumer';
import { CreatePayments1763900000000 } from './persistence/migrations/1763900000000-create-payments';
import { CreateGatewayLedger1763900100000 } from './persistence/migrations/1763900100000-create-gateway-ledger';
import { CreateStripeEvents1763900200000 } from './persistence/migrations/1763900200000-create-stripe-events';
import { LeaveIndexesOfPaymentsAlone1764300000000 } from './persistence/migrations/1764300000000-leave-indexes-of-payments-alone';
import { AddChangesAtTheGateway1764400000000 } from './persistence/migrations/1764400000000-add-changes-at-the-gateway';
import { PaymentEntity } from './persistence/payment.entity';
import { PaymentReader } from './persistence/payment.reader';
import { PaymentRepository } from './persistence/payment.repository';
import { PAYMENT_LIFECYCLE } from './domain/payment-lifecycle';
import { checkPaymentLifecycle } from './domain/payment-state-machine';
import { StripeEventRepository } from './persistence/stripe-event.repository';
import { AdvancePayments } from './use-cases/advance-payments';
import { CallGateway } from './use-cases/call-gateway';
import { CatchUpOnNews, NewsOptions } from './use-cases/catch-up-on-news';
import { GatewayCallLimits } from './use-cases/gateway-call-limits';
import { GetPayment } from './use-cases/get-payment';
import { HandleStripeWebhook } from './use-cases/handle-stripe-webhook';
import { HearOfPayments } from './use-cases/hear-of-payments';
import { ListPayments } from './use-cases/list-payments';
import { RefundByHand } from './use-cases/refund-by-hand';
import { StepPayments } from './use-cases/step-payments';

@Module({})
export class PaymentServiceModule {
  static forRoot(config: PaymentServiceConfig): DynamicModule {
    checkPaymentLifecycle(PAYMENT_LIFECYCLE);
    const usesStripe = config.paymentGateway === 'stripe';
    return {
      module: PaymentServiceModule,
      imports: [
        PostgresModule.forRoot(databaseOptions(config)),
        MessagingModule.forRoot(messagingOptionsOf(messagingIdentityOf('payment-service'), config)),
        DeskModule,
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
        CatchUpOnNews,
        GetPayment,
        HandleStripeWebhook,
        HearOfPayments,
        ListPayments,
        PaymentReader,
        PaymentRepository,
        StepPayments,
        StripeEventRepository,
        ...(usesStripe ? [] : [RefundByHand]),
        { provide: NewsOptions, useFactory: () => new NewsOptions(config.paymentGatewayNewsMs) },
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
    entities: [PaymentEntity],
    migrations: [
      ...MESSAGING_MIGRATIONS,
      CreatePayments1763900000000,
      CreateGatewayLedger1763900100000,
      CreateStripeEvents1763900200000,
      LeaveIndexesOfPaymentsAlone1764300000000,
      AddChangesAtTheGateway1764400000000,
    ],
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
