import type { OrderStatus } from './order';

/** Nobody has placed an order with this id. */
export class OrderNotFound extends Error {
  readonly code = 'ORDER.NOT_FOUND';
  readonly kind = 'not_found';

  constructor(orderId: string) {
    super(`No order has the id ${orderId}.`);
  }
}

/** A customer orders for somebody else. */
export class ForeignUser extends Error {
  readonly code = 'ORDER.FOREIGN_USER';
  readonly kind = 'forbidden';

  constructor() {
    super('user_id is not the user of the credentials; leave it out to order for yourself.');
  }
}

/** An event of another service is about another customer or other money than the order. Nothing is done to the order. */
export class OrderContradicted extends Error {
  override readonly name = 'OrderContradicted';
  readonly code = 'ORDER.NEWS_MISMATCH';
  readonly kind = 'conflict';
  /** What comes later of the order may be the truth. */
  readonly blocksOrder = false;

  constructor(orderId: string, trigger: string, wrong: readonly string[]) {
    super(`${trigger} is not about order ${orderId} as it was placed: it has another ${wrong.join(', another ')}.`);
  }
}

export class IdempotencyKeyReused extends Error {
  readonly code = 'ORDER.IDEMPOTENCY_KEY_REUSED';
  readonly kind = 'unprocessable';

  constructor() {
    super('This Idempotency-Key was used for a request with other parameters; use a new key for a new order.');
  }
}

export class IdempotencyKeyInUse extends Error {
  readonly code = 'ORDER.IDEMPOTENCY_KEY_IN_USE';
  readonly kind = 'conflict';
  readonly retryAfterSeconds = 1;

  constructor() {
    super('A request with this Idempotency-Key is being processed; try again to get its response.');
  }
}

/** More requests wait for orders to be settled than this process takes. */
export class TooManyWaiting extends Error {
  readonly code = 'ORDER.TOO_MANY_WAITING';
  readonly kind = 'unavailable';
  readonly retryAfterSeconds = 2;

  constructor() {
    super('Too many requests are waiting for an order to be confirmed or cancelled; omit ?wait, or try again later.');
  }
}

export class OrdersOverloaded extends Error {
  readonly code = 'ORDER.OVERLOADED';
  readonly kind = 'unavailable';
  readonly retryAfterSeconds = 1;

  constructor() {
    super('Too many orders are waiting to be stored; this order was not stored. Please try again.');
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
      `It is not yet known whether the order was stored; GET /orders/${orderId} will show it. ` +
        'Repeat the request only with the same Idempotency-Key.',
      { cause },
    );
  }
}

/** The lines add up to more than an order may cost. */
export class OrderTotalTooLarge extends Error {
  readonly code = 'ORDER.TOTAL_TOO_LARGE';
  readonly kind = 'invalid';
  readonly errors = [{ pointer: '/items', detail: 'the items add up to more than 999,999,999.99' }];

  constructor() {
    super('The order adds up to more than 999,999,999.99.');
  }
}

/** A trigger that cannot have happened to an order in this state: somebody broke a rule. */
export class OrderTransitionRefused extends Error {
  readonly code = 'ORDER.TRANSITION_REFUSED';
  readonly kind = 'conflict';

  constructor(
    readonly orderId: string,
    readonly status: OrderStatus,
    readonly trigger: string,
  ) {
    super(`${trigger} cannot happen to order ${orderId}, which is ${status}`);
  }
}
