import {
  toDecimal,
  type DisputeState,
  type PaymentFailureReason,
  type RefundInitiator,
  type RefundMethod,
} from '@app/events';
import type { OpenOrder, OrderLine, Shortage } from './order';
import { saltedHash } from './salted-hash';

/** What was ordered. */
export interface OrderedDetails {
  /** The user, hashed with the salt of the order (`saltedHash`): the trail outlives what is known of a person. */
  readonly user_hash: string;
  readonly payment_method: string;
  readonly currency: string;
  readonly total_amount: number;
  readonly items: readonly {
    readonly product_id: string;
    readonly product_name: string;
    readonly quantity: number;
    readonly price: number;
  }[];
}

/** What became of money. */
export interface PaymentDetails {
  readonly payment_id: string;
  readonly amount?: number;
  readonly decline_reason?: PaymentFailureReason;
  readonly captured_amount?: number;
  readonly given_back?: number;
  readonly refunded_amount?: number;
  readonly refund_method?: RefundMethod;
  readonly initiator?: RefundInitiator;
  readonly dispute?: DisputeState;
}

/** Why there was no stock. */
export interface StockDetails {
  readonly shortages: readonly Shortage[];
}

/** That the customer gave a reason. What they wrote is kept with the order, for it may name a person. */
export interface CancelDetails {
  readonly customer_reason_hash: string;
}

/** What one of an order's steps knows beyond what every step does; amounts are decimals, as on the wire. */
export type StepDetails = PaymentDetails | StockDetails | CancelDetails;

/** Everything that may be in an entry. */
export type AuditDetails = Partial<OrderedDetails & PaymentDetails & StockDetails & CancelDetails>;

/** What was ordered, for the first entry of the order's trail. */
export function orderedDetails(order: OpenOrder, lines: readonly OrderLine[], userSalt: string): OrderedDetails {
  return {
    user_hash: saltedHash(userSalt, 'user', order.userId),
    payment_method: order.paymentMethod,
    currency: order.currency,
    total_amount: toDecimal(order.total),
    items: lines.map(lineDetails),
  };
}

/** A line as the trail has it. */
export function lineDetails({ productId, productName, quantity, price }: OrderLine): OrderedDetails['items'][number] {
  return { product_id: productId, product_name: productName, quantity, price: toDecimal(price) };
}

/** What an entry knows, as it is stored and hashed: JSON, in the order in which the fields were written. */
export function toDetails(details: OrderedDetails | StepDetails | undefined): string | null {
  return details === undefined ? null : JSON.stringify(details);
}

/** What an entry knows; `{}` when it has no details, as entries of before there were any; undefined when somebody has damaged them. */
export function detailsIn(details: string | null): AuditDetails | undefined {
  if (details === null) return {};
  try {
    const parsed: unknown = JSON.parse(details);
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}
