import type { OrderInput } from './payment-input';
import type { PaymentStage } from './payment-stage';

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

/** An event says something else of its order than an earlier one, and an order never changes. Nothing is done to the payment. */
export class OrderContradicted extends Error {
  readonly code = 'PAYMENT.ORDER_CONTRADICTED';
  readonly kind = 'conflict';
  /** What comes later of the order may be the truth. */
  readonly blocksOrder = false;

  constructor({ orderId, kind }: OrderInput, wrong: readonly string[]) {
    super(`${kind} contradicts what is known of order ${orderId}: it has another ${wrong.join(', another ')}.`);
  }
}

/** Something that cannot have happened to a payment in this stage: the gateway contradicts itself, or we are wrong. */
export class PaymentTransitionRefused extends Error {
  readonly code = 'PAYMENT.TRANSITION_REFUSED';
  readonly kind = 'conflict';

  constructor(
    readonly orderId: string,
    readonly stage: PaymentStage | 'absent',
    readonly trigger: string,
  ) {
    super(`${trigger} cannot happen to the payment of order ${orderId}, which is ${stage}`);
  }
}
