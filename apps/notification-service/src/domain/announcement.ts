import {
  causeOf,
  toMinorUnits,
  type CancellationDetail,
  type CancellationReason,
  type Cause,
  type EventDefinition,
  type MinorUnits,
  type NotificationType,
  type OrderCancelled,
  type OrderConfirmed,
  type OrderCreated,
  type PaymentAdjusted,
  type PaymentFailed,
  type PaymentFailureReason,
  type PaymentRefunded,
  type PaymentSuccessful,
  type ReceivedEvent,
  type RefundMethod,
} from '@app/events';

/** A line of an order as the customer is told of it. */
export interface OrderedItem {
  readonly name: string;
  readonly quantity: number;
  readonly price: MinorUnits;
}

interface Amount {
  readonly currency: string;
  readonly amount: MinorUnits;
}

/** Everything a message says: its wording is made from this and nothing else. */
export type Facts =
  | ({ readonly type: 'order_received'; readonly items: readonly OrderedItem[] } & Amount)
  | ({ readonly type: 'order_paid' } & Amount)
  | ({ readonly type: 'payment_failed'; readonly reason: PaymentFailureReason } & Amount)
  | ({ readonly type: 'order_confirmed' } & Amount)
  | ({
      readonly type: 'order_cancelled';
      readonly reason: CancellationReason;
      readonly detail?: CancellationDetail;
    } & Amount)
  | ({
      readonly type: 'payment_refunded';
      readonly method: RefundMethod;
      /** Refunded in total, when it was only a part: an order may have several such refunds, each with its own. */
      readonly total?: MinorUnits;
    } & Amount);

/** Something a customer should hear of. */
export interface Announcement {
  readonly orderId: string;
  readonly userId: string;
  readonly facts: Facts;
  readonly cause: Cause;
}

export function orderReceived(event: ReceivedEvent<typeof OrderCreated>): Announcement {
  const { currency, total_amount, items } = event.payload;
  return announcement(event, {
    type: 'order_received',
    currency,
    amount: toMinorUnits(total_amount),
    items: items.map(({ product_name, quantity, price }) => ({
      name: product_name,
      quantity,
      price: toMinorUnits(price),
    })),
  });
}

export function orderPaid(event: ReceivedEvent<typeof PaymentSuccessful>): Announcement {
  const { currency, amount } = event.payload;
  return announcement(event, { type: 'order_paid', currency, amount: toMinorUnits(amount) });
}

export function paymentFailed(event: ReceivedEvent<typeof PaymentFailed>): Announcement {
  const { currency, amount, reason } = event.payload;
  return announcement(event, { type: 'payment_failed', currency, amount: toMinorUnits(amount), reason });
}

export function orderConfirmed(event: ReceivedEvent<typeof OrderConfirmed>): Announcement {
  const { currency, total_amount } = event.payload;
  return announcement(event, { type: 'order_confirmed', currency, amount: toMinorUnits(total_amount) });
}

export function orderCancelled(event: ReceivedEvent<typeof OrderCancelled>): Announcement {
  const { currency, total_amount, reason, detail } = event.payload;
  const amount = toMinorUnits(total_amount);
  return announcement(event, { type: 'order_cancelled', currency, amount, reason, ...(detail && { detail }) });
}

export function paymentRefunded(event: ReceivedEvent<typeof PaymentRefunded>): Announcement {
  const { currency, amount, method } = event.payload;
  return announcement(event, { type: 'payment_refunded', currency, amount: toMinorUnits(amount), method });
}

/** A part of the money went back and the order stands. */
export function partlyRefunded(event: ReceivedEvent<typeof PaymentAdjusted>): Announcement {
  const { currency, given_back, refunded_amount } = event.payload;
  return announcement(event, {
    type: 'payment_refunded',
    method: 'refund',
    currency,
    amount: toMinorUnits(given_back),
    total: toMinorUnits(refunded_amount),
  });
}

/** The facts as they are stored; the type has a column of its own. */
export function writeFacts(facts: Facts): string {
  const { type: _type, ...rest } = facts;
  return JSON.stringify(rest);
}

/** The inverse of {@link writeFacts}. */
export function readFacts(type: NotificationType, text: string): Facts {
  return { type, ...(JSON.parse(text) as object) } as Facts;
}

function announcement(event: ReceivedEvent<EventDefinition>, facts: Facts): Announcement {
  return {
    orderId: event.orderId,
    userId: (event.payload as { readonly user_id: string }).user_id,
    facts,
    cause: causeOf(event),
  };
}
