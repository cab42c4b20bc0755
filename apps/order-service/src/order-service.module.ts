import { messagingIdentityOf } from '@app/events';
import { DeskModule } from '@app/desk';
import { checkStateMachine } from '@app/lifecycle';
import { MESSAGING_MIGRATIONS, MessagingModule, messagingOptionsOf } from '@app/messaging';
import { PlatformCacheModule } from '@app/platform';
import { PostgresModule } from '@app/postgres';
import { Module, type DynamicModule } from '@nestjs/common';
import type { OrderServiceConfig } from './config';
import { ORDER_LIFECYCLE, orderStateMachine } from './domain/order-lifecycle';
import { OrdersController } from './http/orders.controller';
import { InventoryEventsConsumer } from './messaging/inventory-events.consumer';
import { PaymentEventsConsumer } from './messaging/payment-events.consumer';
import { IdempotencyKeys } from './persistence/idempotency-keys';
import { CreateOrderTables1763800100000 } from './persistence/migrations/1763800100000-create-order-tables';
import { CreateOrderEvents1763800200000 } from './persistence/migrations/1763800200000-create-order-events';
import { CreateIdempotencyKeys1763800300000 } from './persistence/migrations/1763800300000-create-idempotency-keys';
import { LeaveIndexesOfOrdersAlone1764300000000 } from './persistence/migrations/1764300000000-leave-indexes-of-orders-alone';
import { IndexCancelledOrders1766100000000 } from './persistence/migrations/1766100000000-index-cancelled-orders';
import { IndexOpenOrdersById1766200000000 } from './persistence/migrations/1766200000000-index-open-orders-by-id';
import { OrderCache } from './persistence/order-cache';
import { OrderEventEntity } from './persistence/order-event.entity';
import { OrderEntity, OrderItemEntity } from './persistence/order.entity';
import { OrderList } from './persistence/order-list';
import { OrderRepository } from './persistence/order.repository';
import { AdvanceOrders } from './use-cases/advance-orders';
import { CancelOrder } from './use-cases/cancel-order';
import { CancelOverdueOrders } from './use-cases/cancel-overdue-orders';
import { GetAuditTrail } from './use-cases/get-audit-trail';
import { GetOrder } from './use-cases/get-order';
import { HousekeepingOptions } from './use-cases/housekeeping.options';
import { ListOrders } from './use-cases/list-orders';
import { PlaceOrder } from './use-cases/place-order';
import { PlaceOrderOptions } from './use-cases/place-order.options';
import { SettledOrders } from './persistence/settled-orders';

/** The migrations of the service's schema, in order. */
export const MIGRATIONS = [
  ...MESSAGING_MIGRATIONS,
  CreateOrderTables1763800100000,
  CreateOrderEvents1763800200000,
  CreateIdempotencyKeys1763800300000,
  LeaveIndexesOfOrdersAlone1764300000000,
  IndexCancelledOrders1766100000000,
  IndexOpenOrdersById1766200000000,
];

@Module({})
export class OrderServiceModule {
  static forRoot(config: OrderServiceConfig): DynamicModule {
    checkStateMachine(orderStateMachine(ORDER_LIFECYCLE));
    return {
      module: OrderServiceModule,
      imports: [
        PostgresModule.forRoot({
          config,
          schema: 'order_service',
          entities: [OrderEntity, OrderItemEntity, OrderEventEntity],
          migrations: MIGRATIONS,
        }),
        PlatformCacheModule.forRoot(config),
        MessagingModule.forRoot(messagingOptionsOf(messagingIdentityOf('order-service'), config)),
        DeskModule,
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
        OrderRepository,
        OrderList,
        PlaceOrder,
        SettledOrders,
      ],
    };
  }
}
