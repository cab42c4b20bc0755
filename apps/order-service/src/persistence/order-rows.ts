import { fromNumeric } from '@app/events';
import type { OrderLine, OrderWithLines } from '../domain/order';
import { orderFrom, type OrderEntity } from './order.entity';

/** Of {@link COLUMNS}; PostgreSQL gives a numeric as text. */
export type LockedRow = Omit<OrderEntity, 'items' | 'total'> & { readonly total: string };

/** One order with its lines. Prices as text: a JSON number would be read as a float. */
export interface FoundRow extends LockedRow {
  readonly items: readonly (Pick<OrderLine, 'productId' | 'productName' | 'quantity'> & { readonly price: string })[];
}

/** What is read of an order. */
export const COLUMNS = `
  order_id AS "orderId", order_number AS "orderNumber", user_id AS "userId", status, cancellation_reason AS "cancellationReason",
  total_amount AS total, currency, payment_method AS "paymentMethod", correlation_id AS "correlationId",
  deadline_at AS "deadlineAt", event_count AS "eventCount", last_event_hash AS "lastEventHash",
  created_at AS "createdAt", updated_at AS "updatedAt"`;

/** Orders, named `o`, each with its lines in the order the customer gave them: the database gathers them, in one pass. */
export const WITH_LINES = `
  SELECT ${COLUMNS}, (
    SELECT json_agg(json_build_object('productId', product_id, 'productName', product_name, 'quantity', quantity,
      'price', price::text) ORDER BY line_number)
    FROM order_items i WHERE i.order_id = o.order_id) AS items
  FROM orders o`;

/** Orders, by their ids. */
export const FIND = `${WITH_LINES} WHERE order_id = ANY ($1::uuid[])`;

/** A row with its lines, as the domain sees it. */
export function orderWithLinesFrom(row: FoundRow): OrderWithLines {
  const lines = row.items.map(({ price, ...line }) => ({ ...line, price: fromNumeric(price) }));
  return { order: orderFrom({ ...row, total: fromNumeric(row.total) }), lines };
}
