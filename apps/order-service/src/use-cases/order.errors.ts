import { DomainError } from '@app/platform';

/** Nobody has placed an order with this id. */
export function orderNotFound(orderId: string): DomainError {
  return new DomainError({ code: 'ORDER.NOT_FOUND', kind: 'not_found', message: `There is no order ${orderId}.` });
}

export function keyMismatch(): DomainError {
  return new DomainError({
    code: 'ORDER.IDEMPOTENCY_KEY_REUSED',
    kind: 'unprocessable',
    message: 'This Idempotency-Key belongs to a request with other parameters; use a new key for a new order.',
  });
}

export function keyInUse(): DomainError {
  return new DomainError({
    code: 'ORDER.IDEMPOTENCY_KEY_IN_USE',
    kind: 'conflict',
    message: 'A request with this Idempotency-Key is being processed; ask again for its answer.',
    retryAfterSeconds: 1,
  });
}

export function overloaded(): DomainError {
  return new DomainError({
    code: 'ORDER.OVERLOADED',
    kind: 'unavailable',
    message: 'Too many orders are waiting to be stored; nothing was stored of this one.',
    retryAfterSeconds: 1,
  });
}
