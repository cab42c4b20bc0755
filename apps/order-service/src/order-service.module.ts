import { messagingIdentityOf } from '@app/events';
import { DeskModule } from '@app/desk';
import { checkStateMachine } from '@app/lifecycle';
import { MESSAGING_ENTITIES, MESSAGING_MIGRATIONS, MessagingModule, messagingOptionsOf } from '@app/messaging';
import { OrderLogModule } from '@app/order-log';
import { PlatformCacheModule } from '@app/platform';
import { type DatabaseOptions, PostgresModule } from '@app/postgres';
import { Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { OrderServiceConfig } from './config';
import { ORDER_LIFECYCLE, orderStateMachine } from './domain/order-lifecycle';
import { OrdersController } from './http/orders.controller';
import { InventoryEventsConsumer } from './messaging/inventory-events.consumer';
import { PaymentEventsConsumer } from './messaging/payment-events.consumer';
import { ORDER_ENTITIES } from './persistence/entities';
import { IdempotencyKeys } from './persistence/idempotency-keys';
import { ORDER_MIGRATIONS } from './persistence/migrations';
import { OrderCache } from './persistence/order-cache';
import { OrderEntity } from './persistence/order.entity';
import { OrderEventEntity } from './persistence/order-event.entity';
import { OrderReader } from './persistence/order.reader';
import { OrderRepository } from './persistence/order.repository';
import { OrderNumbers, RandomOrderNumbers, Salts } from './persistence/random-values';
import { SettlementWaiters } from './persistence/settlement-waiters';
import { AdvanceOrders } from './use-cases/advance-orders';
import { CancelOrder } from './use-cases/cancel-order';
import { CancelOverdueOrders } from './use-cases/cancel-overdue-orders';
import { GetAuditTrail } from './use-cases/get-audit-trail';
import { GetOrder } from './use-cases/get-order';
import { HousekeepingOptions } from './use-cases/housekeeping.options';
import { ListOrders } from './use-cases/list-orders';
import { OrderMetrics } from './metrics/order-metrics';
import { PlaceOrder } from './use-cases/place-order';
import { PlaceOrderOptions } from './use-cases/place-order.options';

/** The database of the service. */
export function databaseOptions(config: OrderServiceConfig): DatabaseOptions {
  return {
    config,
    schema: 'order_service',
    entities: [...MESSAGING_ENTITIES, ...ORDER_ENTITIES],
    migrations: [...MESSAGING_MIGRATIONS, ...ORDER_MIGRATIONS],
  };
}

@Module({})
export class OrderServiceModule {
  static forRoot(config: OrderServiceConfig): DynamicModule {
    checkStateMachine(orderStateMachine(ORDER_LIFECYCLE));
    return {
      module: OrderServiceModule,
      imports: [
        PostgresModule.forRoot(databaseOptions(config)),
        TypeOrmModule.forFeature([OrderEntity, OrderEventEntity]),
        PlatformCacheModule.forRoot(config),
        MessagingModule.forRoot(messagingOptionsOf(messagingIdentityOf('order-service'), config)),
        DeskModule,
        OrderLogModule.forRoot(config),
      ],
      controllers: [OrdersController, PaymentEventsConsumer, InventoryEventsConsumer],
      providers: [
        {
          provide: PlaceOrderOptions,
          useValue: new PlaceOrderOptions(config.orderDeadlineMs, config.maxWaitingOrders),
        },
        {
          provide: HousekeepingOptions,
          useValue: new HousekeepingOptions(config.orderDeadlineSweepMs, config.idempotencyKeyDays * 86_400_000),
        },
        AdvanceOrders,
        CancelOrder,
        CancelOverdueOrders,
        GetAuditTrail,
        GetOrder,
        ListOrders,
        IdempotencyKeys,
        OrderCache,
        OrderMetrics,
        { provide: OrderNumbers, useClass: RandomOrderNumbers },
        OrderRepository,
        OrderReader,
        PlaceOrder,
        Salts,
        SettlementWaiters,
      ],
    };
  }
}
