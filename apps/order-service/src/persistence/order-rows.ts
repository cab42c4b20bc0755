import { fromNumeric } from '@app/events';
import { selectList } from '@app/postgres';
import { detailsIn } from '../domain/audit-details';
import type { CancellationCause, OrderWithLines } from '../domain/order';
import { OrderEntity, orderFrom, type OrderItemEntity, type OrderRow } from './order.entity';

/** One order with its lines. Prices as text: a JSON number would be read as a float. */
export type OrderRowWithLines = OrderRow & {
  readonly items: readonly Pick<OrderItemEntity, 'productId' | 'productName' | 'quantity' | 'price'>[];
  readonly customerReason: string | null;
  /** Of the audit entry that cancelled it. */
  readonly cancelledBy: string | null;
};

/** Of an {@link OrderRow}. */
export const COLUMNS = selectList(
  OrderEntity,
  'orderId',
  'orderNumber',
  'userId',
  'status',
  'cancellationReason',
  'total',
  'currency',
  'paymentMethod',
  'correlationId',
  'deadlineAt',
  'eventCount',
  'lastEventHash',
  'createdAt',
  'updatedAt',
);

/** Orders, named `o`, each with its lines in the order the customer gave them: the database gathers them, in one pass. */
export const WITH_LINES = `
  SELECT ${COLUMNS}, customer_reason AS "customerReason", CASE WHEN status = 'cancelled' THEN (
    SELECT details FROM order_events e
    WHERE e.order_id = o.order_id AND to_status = 'cancelled' AND from_status <> 'cancelled') END AS "cancelledBy", (
    SELECT json_agg(json_build_object('productId', product_id, 'productName', product_name, 'quantity', quantity,
      'price', price::text) ORDER BY line_number)
    FROM order_items i WHERE i.order_id = o.order_id) AS items
  FROM orders o`;

/** Orders, by their ids. */
export const FIND = `${WITH_LINES} WHERE order_id = ANY ($1::uuid[])`;

/** A row with its lines, as the domain sees it. */
export function orderWithLinesFrom(row: OrderRowWithLines): OrderWithLines {
  const lines = row.items.map(({ price, ...line }) => ({ ...line, price: fromNumeric(price) }));
  return { order: orderFrom(row), lines, cancellation: cancellationFrom(row) };
}

const NOTHING: CancellationCause = {};

function cancellationFrom({ cancelledBy, customerReason }: OrderRowWithLines): CancellationCause {
  if (cancelledBy === null) return NOTHING;
  const { decline_reason: declineReason, shortages } = detailsIn(cancelledBy) ?? {};
  return {
    ...(declineReason === undefined ? {} : { declineReason }),
    ...(shortages === undefined ? {} : { shortages }),
    ...(customerReason === null ? {} : { customerReason }),
  };
}
