import { IdempotencyKeyEntity } from './idempotency-key.entity';
import { OrderEventEntity } from './order-event.entity';
import { OrderEntity, OrderItemEntity } from './order.entity';

/** The tables of the order service's own, beside those of the messaging core. */
export const ORDER_ENTITIES = [OrderEntity, OrderItemEntity, OrderEventEntity, IdempotencyKeyEntity];
