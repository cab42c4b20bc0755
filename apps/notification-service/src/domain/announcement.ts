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
import { named, shortagesOf, type Shortage } from './shortage';

/** A line of an order as the customer is told of it. */
export interface OrderedItem {
  /** Not known of what was announced before it was kept. */
  readonly productId?: string;
  readonly name: string;
  readonly quantity: number;
  readonly price: MinorUnits;
}

/** What every message names. */
interface OrderFacts {
  /** `7F3K-29QX`; not known of orders that are older than their numbers. */
  readonly orderNumber?: string;
  readonly currency: string;
  readonly amount: MinorUnits;
}

/** Everything a message says: its wording is made from this and nothing else. */
export type Facts =
  | ({ readonly type: 'order_received'; readonly items: readonly OrderedItem[] } & OrderFacts)
  | ({ readonly type: 'order_paid' } & OrderFacts)
  | ({ readonly type: 'payment_failed'; readonly reason: PaymentFailureReason } & OrderFacts)
  | ({ readonly type: 'order_confirmed' } & OrderFacts)
  | ({
      readonly type: 'order_cancelled';
      readonly reason: CancellationReason;
      readonly detail?: CancellationDetail;
      /** Why the payment failed, when that was the reason and is known. */
      readonly declineReason?: PaymentFailureReason;
      /** What was short, when that was the reason and is known. */
      readonly shortages?: readonly Shortage[];
    } & OrderFacts)
  | ({
      readonly type: 'payment_refunded';
      readonly method: RefundMethod;
      /** Refunded in total, when it was only a part: an order may have several such refunds, each with its own. */
      readonly total?: MinorUnits;
    } & OrderFacts);

/** Something a customer should hear of. */
export interface Announcement {
  readonly orderId: string;
  readonly userId: string;
  readonly facts: Facts;
  readonly cause: Cause;
}

export function orderReceived(event: ReceivedEvent<typeof OrderCreated>): Announcement {
  const { order_number, currency, total_amount, items } = event.payload;
  return announcement(event, {
    type: 'order_received',
    ...numbered(order_number),
    currency,
    amount: toMinorUnits(total_amount),
    items: items.map(({ product_id, product_name, quantity, price }) => ({
      productId: product_id,
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
  const { order_number, currency, total_amount } = event.payload;
  const amount = toMinorUnits(total_amount);
  return announcement(event, { type: 'order_confirmed', ...numbered(order_number), currency, amount });
}

export function orderCancelled(event: ReceivedEvent<typeof OrderCancelled>): Announcement {
  const { order_number, currency, total_amount, reason, detail, decline_reason, shortages } = event.payload;
  const money = { currency, amount: toMinorUnits(total_amount) };
  const why = {
    reason,
    ...(detail && { detail }),
    ...(decline_reason && { declineReason: decline_reason }),
    ...(shortages && { shortages: shortagesOf(shortages) }),
  };
  return announcement(event, { type: 'order_cancelled', ...numbered(order_number), ...money, ...why });
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

/** The facts with the number of their order, which events of payments do not tell. */
export function withOrderNumber(facts: Facts, orderNumber: string | undefined): Facts {
  return { ...facts, ...numbered(orderNumber) };
}

/** Whether they tell of products by their ids, whose names the order has. */
export function hasShortages(facts: Facts): boolean {
  return facts.type === 'order_cancelled' && facts.shortages !== undefined;
}

/** The facts of a cancellation with the names of what was short, as the customer was told to have ordered it. */
export function withNames(facts: Facts, received: Facts | undefined): Facts {
  if (facts.type !== 'order_cancelled' || facts.shortages === undefined) return facts;
  return received?.type === 'order_received' ? { ...facts, shortages: named(facts.shortages, received.items) } : facts;
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

function numbered(orderNumber: string | undefined): { readonly orderNumber?: string } {
  return orderNumber === undefined ? {} : { orderNumber };
}

function announcement(event: ReceivedEvent<EventDefinition>, facts: Facts): Announcement {
  return {
    orderId: event.orderId,
    userId: (event.payload as { readonly user_id: string }).user_id,
    facts,
    cause: causeOf(event),
  };
}
