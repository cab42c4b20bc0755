/** Nobody has placed an order with this id. */
export class OrderNotFound extends Error {
  readonly code = 'ORDER.NOT_FOUND';
  readonly kind = 'not_found';

  constructor(orderId: string) {
    super(`There is no order ${orderId}.`);
  }
}

/** News of another service is about another customer or other money than the order. Nothing is done to the order. */
export class NewsMismatch extends Error {
  override readonly name = 'NewsMismatch';
  readonly code = 'ORDER.NEWS_MISMATCH';
  readonly kind = 'conflict';
  /** What comes later of the order may be the truth. */
  readonly blocksOrder = false;

  constructor(orderId: string, news: string, wrong: readonly string[]) {
    super(`${news} is not about order ${orderId} as it was placed: it has another ${wrong.join(', another ')}.`);
  }
}

export class IdempotencyKeyReused extends Error {
  readonly code = 'ORDER.IDEMPOTENCY_KEY_REUSED';
  readonly kind = 'unprocessable';

  constructor() {
    super('This Idempotency-Key belongs to a request with other parameters; use a new key for a new order.');
  }
}

export class IdempotencyKeyInUse extends Error {
  readonly code = 'ORDER.IDEMPOTENCY_KEY_IN_USE';
  readonly kind = 'conflict';
  readonly retryAfterSeconds = 1;

  constructor() {
    super('A request with this Idempotency-Key is being processed; ask again for its answer.');
  }
}

/** More requests wait for orders to be settled than this process takes. */
export class TooManyWaiting extends Error {
  readonly code = 'ORDER.TOO_MANY_WAITING';
  readonly kind = 'unavailable';
  readonly retryAfterSeconds = 2;

  constructor() {
    super('Too many requests wait for orders to be settled; ask without ?wait, or again in a moment.');
  }
}

export class OrdersOverloaded extends Error {
  readonly code = 'ORDER.OVERLOADED';
  readonly kind = 'unavailable';
  readonly retryAfterSeconds = 1;

  constructor() {
    super('Too many orders are waiting to be stored; nothing was stored of this one.');
  }
}

/** The database does not answer, or not as fast as orders are asked for. */
export class ReadsOverloaded extends Error {
  readonly code = 'SERVICE.UNAVAILABLE';
  readonly kind = 'unavailable';
  readonly retryAfterSeconds = 2;

  constructor() {
    super('The order cannot be read at the moment. Please try again.');
  }
}

/** The connection to the database was lost before it told whether the order is stored, and it cannot be asked. */
export class OutcomeUnknown extends Error {
  readonly code = 'ORDER.OUTCOME_UNKNOWN';
  readonly kind = 'unavailable';

  constructor(orderId: string, cause: unknown) {
    super(
      `It is not known yet whether the order was stored: GET /orders/${orderId} will tell. ` +
        'Sending the request again is safe only with the same Idempotency-Key.',
      { cause },
    );
  }
}
