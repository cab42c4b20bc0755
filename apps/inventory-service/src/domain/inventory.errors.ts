import type { StockEvent } from './stock-allocation';

export class ProductNotFound extends Error {
  readonly code = 'INVENTORY.PRODUCT_NOT_FOUND';
  readonly kind = 'not_found';

  constructor(productId: string) {
    super(`No product has the id ${productId}.`);
  }
}

export class AllocationNotFound extends Error {
  readonly code = 'INVENTORY.ALLOCATION_NOT_FOUND';
  readonly kind = 'not_found';

  constructor(orderId: string) {
    super(
      `Nothing has been decided about stock for the order ${orderId}: it has not been paid, or there is no such order.`,
    );
  }
}

export class ProductExists extends Error {
  readonly code = 'INVENTORY.PRODUCT_EXISTS';
  readonly kind = 'conflict';

  constructor(productId: string) {
    super(`A product with the id ${productId} already exists; adjust its stock instead.`);
  }
}

export class NotEnoughStock extends Error {
  readonly code = 'INVENTORY.NOT_ENOUGH_STOCK';
  readonly kind = 'conflict';
  readonly errors;

  constructor(available: number, wanted: number) {
    super(`Only ${available} pieces are available, so ${wanted} cannot be removed.`);
    this.errors = [{ pointer: '/quantity_delta', detail: `must not be less than ${-available}` }];
  }
}

export class AdjustmentBeyondLimit extends Error {
  readonly code = 'INVENTORY.STOCK_LIMIT';
  readonly kind = 'unprocessable';
  readonly errors;

  constructor(quantity: number, limit: number) {
    super(`The stock of a product is limited to ${limit} pieces, and this one has ${quantity}.`);
    this.errors = [{ pointer: '/quantity_delta', detail: `must not be more than ${Math.max(0, limit - quantity)}` }];
  }
}

export class DeliveryNotPositive extends Error {
  readonly code = 'INVENTORY.DELIVERY_NOT_POSITIVE';
  readonly kind = 'unprocessable';
  readonly errors = [{ pointer: '/quantity_delta', detail: 'must be positive for a delivery' }];

  constructor() {
    super('A delivery adds to the stock; use the reason correction to remove pieces.');
  }
}

export class IdempotencyKeyReused extends Error {
  readonly code = 'INVENTORY.IDEMPOTENCY_KEY_REUSED';
  readonly kind = 'unprocessable';

  constructor() {
    super('This Idempotency-Key was used for another adjustment of the product.');
  }
}

/** An event says something else of its order than an earlier one, and an order never changes. Nothing is done to the stock. */
export class OrderContradicted extends Error {
  readonly code = 'INVENTORY.NEWS_CONTRADICTED';
  readonly kind = 'conflict';
  /** What comes later of the order may be the truth. */
  readonly blocksOrder = false;

  constructor(event: StockEvent['type'], wrong: readonly string[]) {
    super(`${event} contradicts what is known of its order: it has another ${wrong.join(', another ')}.`);
  }
}
