import { addUp, type OrderLine, type StockAllocation, type StockEvent } from './stock-allocation';

/** News of an order says something else of it than earlier news, and an order never changes. Nothing is done to the stock. */
export class NewsContradicted extends Error {
  readonly code = 'INVENTORY.NEWS_CONTRADICTED';
  readonly kind = 'conflict';
  /** What comes later of the order may be the truth. */
  readonly blocksOrder = false;

  constructor(news: StockEvent['type'], wrong: readonly string[]) {
    super(`${news} contradicts what is known of its order: it has another ${wrong.join(', another ')}.`);
  }
}

/** @throws NewsContradicted naming what is different: the customer, or what was bought as far as that is known. */
export function expectSameOrder(allocation: StockAllocation, news: StockEvent): void {
  const found: string[] = [];
  if (news.userId !== allocation.userId) found.push('customer');
  if (news.type === 'payment_successful' && allocation.status !== 'refused') {
    if (!isSameList(addUp(news.items), allocation.items)) found.push('list of items');
  }
  if (found.length > 0) throw new NewsContradicted(news.type, found);
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
