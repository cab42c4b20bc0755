import { toDecimal } from '@app/events';
import type { OrderedDetails } from './audit-details';
import type { OpenOrder, OrderLine } from './order';
import { saltedHash } from './salted-hash';

/** What was ordered, for the first entry of the order's trail. */
export function orderedDetails(order: OpenOrder, lines: readonly OrderLine[], userSalt: string): OrderedDetails {
  return {
    user_hash: saltedHash(userSalt, 'user', order.userId),
    payment_method: order.paymentMethod,
    currency: order.currency,
    total_amount: toDecimal(order.total),
    items: lines.map(lineDetails),
  };
}

/** A line as the trail has it. */
export function lineDetails({ productId, productName, quantity, price }: OrderLine): OrderedDetails['items'][number] {
  return { product_id: productId, product_name: productName, quantity, price: toDecimal(price) };
}
