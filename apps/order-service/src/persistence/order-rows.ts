import { fromNumeric } from '@app/events';
import { selectList } from '@app/postgres';
import type { OrderWithLines } from '../domain/order';
import { OrderEntity, orderFrom, type OrderItemEntity, type OrderRow } from './order.entity';

/** One order with its lines. Prices as text: a JSON number would be read as a float. */
export type OrderRowWithLines = OrderRow & {
  readonly items: readonly Pick<OrderItemEntity, 'productId' | 'productName' | 'quantity' | 'price'>[];
};

/** Of an {@link OrderRow}. */
export const COLUMNS = selectList(OrderEntity);

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
export function orderWithLinesFrom(row: OrderRowWithLines): OrderWithLines {
  const lines = row.items.map(({ price, ...line }) => ({ ...line, price: fromNumeric(price) }));
  return { order: orderFrom(row), lines };
}
