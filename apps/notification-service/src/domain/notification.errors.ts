import type { Announcement } from './announcement';
import { MAX_RESENDS, type ResendRefusal } from './resend';

export class ContactNotFound extends Error {
  readonly code = 'CONTACT.NOT_FOUND';
  readonly kind = 'not_found';

  constructor() {
    super('No contact is stored for this user.');
  }
}

export class NotificationNotFound extends Error {
  readonly code = 'NOTIFICATION.NOT_FOUND';
  readonly kind = 'not_found';

  constructor() {
    super('No notification has this id.');
  }
}

const REFUSALS = {
  still_pending: {
    code: 'NOTIFICATION.STILL_PENDING',
    kind: 'conflict',
    message: 'This message is already being delivered.',
  },
  superseded: {
    code: 'NOTIFICATION.SUPERSEDED',
    kind: 'conflict',
    message: 'This message was withheld because the order was cancelled first.',
  },
  order_cancelled: {
    code: 'NOTIFICATION.ORDER_CANCELLED',
    kind: 'conflict',
    message: 'The order has been cancelled since; this message would mislead the customer.',
  },
  too_many: {
    code: 'NOTIFICATION.TOO_MANY_RESENDS',
    kind: 'conflict',
    message: `A message can be resent at most ${MAX_RESENDS} times.`,
  },
  no_address: {
    code: 'NOTIFICATION.NO_ADDRESS',
    kind: 'unprocessable',
    message: 'The user has no address on that channel; store a contact first.',
  },
} as const satisfies Readonly<Record<ResendRefusal, object>>;

/** A message is not sent again. */
export class ResendRefused extends Error {
  readonly code;
  readonly kind;

  constructor(refusal: ResendRefusal) {
    super(REFUSALS[refusal].message);
    this.code = REFUSALS[refusal].code;
    this.kind = REFUSALS[refusal].kind;
  }
}

/** An event says something else of its order than an earlier one, so nobody can tell which is true. Nobody is told anything. */
export class OrderContradicted extends Error {
  readonly code = 'NOTIFICATION.ORDER_CONTRADICTED';
  readonly kind = 'conflict';
  /** What comes later of the order may be the truth. */
  readonly blocksOrder = false;

  constructor({ orderId, facts }: Announcement, wrong: readonly string[]) {
    super(`${facts.type} contradicts what is known of order ${orderId}: it has another ${wrong.join(', another ')}.`);
  }
}

export class IdempotencyKeyReused extends Error {
  readonly code = 'NOTIFICATION.IDEMPOTENCY_KEY_REUSED';
  readonly kind = 'unprocessable';

  constructor() {
    super('This Idempotency-Key was used to resend another message of the order.');
  }
}
