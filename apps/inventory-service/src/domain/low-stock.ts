/** Below how many pieces a product is low on stock, unless somebody says otherwise when it is added. */
export const DEFAULT_LOW_STOCK_THRESHOLD = 10;

/** A product whose stock fell below its threshold by one change. */
export interface StockFell {
  readonly productId: string;
  readonly remaining: number;
  readonly threshold: number;
}

/**
 * Whether one change took a stock below its threshold. It did when there was enough before it and there is not after it: further
 * changes below the threshold are not announced, and a stock that rises to the threshold can fall again. A threshold of 0 is never crossed.
 */
export function stockFell(
  { productId, delta, balance }: { readonly productId: string; readonly delta: number; readonly balance: number },
  threshold: number,
): StockFell | undefined {
  const crossed = balance < threshold && balance - delta >= threshold;
  return crossed ? { productId, remaining: balance, threshold } : undefined;
}
