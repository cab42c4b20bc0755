import { OrderContradicted } from './inventory.errors';
import { addUp, type OrderLine, type StockAllocation, type StockEvent } from './stock-allocation';

/** @throws OrderContradicted naming what is different: the customer, or what was bought as far as that is known. */
export function expectSameOrder(allocation: StockAllocation, event: StockEvent): void {
  const found: string[] = [];
  if (event.userId !== allocation.userId) found.push('customer');
  if (event.type === 'payment_successful' && allocation.status !== 'refused') {
    if (!isSameList(addUp(event.items), allocation.items)) found.push('list of items');
  }
  if (found.length > 0) throw new OrderContradicted(event.type, found);
}

function isSameList(lines: readonly OrderLine[], others: readonly OrderLine[]): boolean {
  return (
    lines.length === others.length &&
    lines.every(({ productId, quantity }, index) => {
      const other = others[index];
      return productId === other?.productId && quantity === other.quantity;
    })
  );
}
