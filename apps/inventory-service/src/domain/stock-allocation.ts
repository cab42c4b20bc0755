/** How many pieces of a product an order wants or has. */
export interface OrderLine {
  readonly productId: string;
  readonly quantity: number;
}

/**
 * What has become of an order's claim on the stock. `items` are added up: one line per product.
 * - `taken`: all of it left the sellable stock.
 * - `insufficient`: at least one product was short, so nothing was taken.
 * - `returned`: what was taken came back.
 * - `refused`: the order was cancelled before anything could be taken, and nothing ever will be.
 */
export type StockAllocation =
  | {
      readonly status: 'taken' | 'insufficient' | 'returned';
      readonly userId: string;
      readonly items: readonly OrderLine[];
    }
  | { readonly status: 'refused'; readonly userId: string };

export type AllocationStatus = StockAllocation['status'];

export const ALLOCATION_STATUSES = [
  'taken',
  'insufficient',
  'returned',
  'refused',
] as const satisfies readonly AllocationStatus[];

/** What the inventory service hears of an order. */
export type StockEvent =
  | { readonly type: 'payment_successful'; readonly userId: string; readonly items: readonly OrderLine[] }
  | { readonly type: 'order_cancelled'; readonly userId: string };

/** Several lines of one product become one, in the order in which the products first appear. */
export function addUp(lines: readonly OrderLine[]): OrderLine[] {
  const totals = new Map<string, number>();
  for (const { productId, quantity } of lines) totals.set(productId, (totals.get(productId) ?? 0) + quantity);
  return [...totals].map(([productId, quantity]) => ({ productId, quantity }));
}
