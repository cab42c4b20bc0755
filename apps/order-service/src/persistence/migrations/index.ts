import { CreateOrderTables1763800100000 } from './1763800100000-create-order-tables';
import { CreateOrderEvents1763800200000 } from './1763800200000-create-order-events';
import { CreateIdempotencyKeys1763800300000 } from './1763800300000-create-idempotency-keys';
import { LeaveIndexesOfOrdersAlone1764300000000 } from './1764300000000-leave-indexes-of-orders-alone';
import { IndexCancelledOrders1766100000000 } from './1766100000000-index-cancelled-orders';
import { IndexOpenOrdersById1766200000000 } from './1766200000000-index-open-orders-by-id';
import { NumberOrders1767200000000 } from './1767200000000-number-orders';
import { AddAuditDetails1767300000000 } from './1767300000000-add-audit-details';
import { KeepTracesOfOrders1767500000000 } from './1767500000000-keep-traces-of-orders';
import { OwnIdempotencyKeys1768000000000 } from './1768000000000-own-idempotency-keys';

export const ORDER_MIGRATIONS = [
  CreateOrderTables1763800100000,
  CreateOrderEvents1763800200000,
  CreateIdempotencyKeys1763800300000,
  LeaveIndexesOfOrdersAlone1764300000000,
  IndexCancelledOrders1766100000000,
  IndexOpenOrdersById1766200000000,
  NumberOrders1767200000000,
  AddAuditDetails1767300000000,
  KeepTracesOfOrders1767500000000,
  OwnIdempotencyKeys1768000000000,
];
