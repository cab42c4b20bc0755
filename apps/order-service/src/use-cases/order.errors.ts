import { DomainError } from '@app/platform';

/** Nobody has placed an order with this id. */
export function orderNotFound(orderId: string): DomainError {
  return new DomainError({ code: 'ORDER.NOT_FOUND', kind: 'not_found', message: `No order has the id ${orderId}.` });
}

/** News of another service is about another customer or other money than the order. Nothing is done to the order. */
export class NewsMismatch extends DomainError {
  override readonly name = 'NewsMismatch';
  /** What comes later of the order may be the truth. */
  readonly blocksOrder = false;

  constructor(orderId: string, news: string, wrong: readonly string[]) {
    super({
      code: 'ORDER.NEWS_MISMATCH',
      kind: 'conflict',
      message: `${news} is not about order ${orderId} as it was placed: it has another ${wrong.join(', another ')}.`,
    });
  }
}

export function keyMismatch(): DomainError {
  return new DomainError({
    code: 'ORDER.IDEMPOTENCY_KEY_REUSED',
    kind: 'unprocessable',
    message: 'This Idempotency-Key was used for a request with other parameters; use a new key for a new order.',
  });
}

export function keyInUse(): DomainError {
  return new DomainError({
    code: 'ORDER.IDEMPOTENCY_KEY_IN_USE',
    kind: 'conflict',
    message: 'A request with this Idempotency-Key is being processed; try again to get its response.',
    retryAfterSeconds: 1,
  });
}

/** More requests wait for orders to be settled than this process takes. */
export function tooManyWaiting(): DomainError {
  return new DomainError({
    code: 'ORDER.TOO_MANY_WAITING',
    kind: 'unavailable',
    message: 'Too many requests are waiting for an order to be confirmed or cancelled; omit ?wait, or try again later.',
    retryAfterSeconds: 2,
  });
}

export function overloaded(): DomainError {
  return new DomainError({
    code: 'ORDER.OVERLOADED',
    kind: 'unavailable',
    message: 'Too many orders are waiting to be stored; this order was not stored. Please try again.',
    retryAfterSeconds: 1,
  });
}

/** The database does not answer, or not as fast as orders are asked for. */
export function readsOverloaded(): DomainError {
  return new DomainError({
    code: 'SERVICE.UNAVAILABLE',
    kind: 'unavailable',
    message: 'The order cannot be read at the moment. Please try again.',
    retryAfterSeconds: 2,
  });
}

/** The connection to the database was lost before it told whether the order is stored, and it can not be asked. */
export function outcomeUnknown(orderId: string, cause: unknown): DomainError {
  return new DomainError({
    code: 'ORDER.OUTCOME_UNKNOWN',
    kind: 'unavailable',
    message:
      `It is not yet known whether the order was stored; GET /orders/${orderId} will show it. ` +
      'Repeat the request only with the same Idempotency-Key.',
    cause,
  });
}
