export class PaymentNotFound extends Error {
  readonly code = 'PAYMENT.NOT_FOUND';
  readonly kind = 'not_found';

  constructor() {
    super('No payment has this id.');
  }
}

/** The gateway does not say whose payment a webhook is about; whoever sent it has to send it again. */
export class WebhookNotNow extends Error {
  readonly code = 'WEBHOOK.NOT_NOW';
  readonly kind = 'unavailable';

  constructor(cause: unknown) {
    super('The payment gateway is currently unavailable. Please try again.', { cause });
  }
}

/** Not of the gateway, or not to be understood. */
export class WebhookRefused extends Error {
  readonly kind = 'invalid';

  constructor(
    readonly code: 'WEBHOOK.BAD_SIGNATURE' | 'WEBHOOK.BAD_EVENT',
    message: string,
  ) {
    super(message);
  }
}

export class NotSoMuchLeft extends Error {
  readonly code = 'SIMULATOR.NOT_SO_MUCH_LEFT';
  readonly kind = 'conflict';

  constructor() {
    super('The amount exceeds what has been captured for the order and not yet refunded.');
  }
}
