import type { Cause, MinorUnits } from '@app/events';
import type { GatewayOutcome } from './gateway-outcome';
import type { PaidItem } from './payment';
import type { GatewayTrigger, OrderTrigger } from './lifecycle-entry';

/** What an event of the order service says to a payment. */
export interface OrderInput {
  readonly kind: OrderTrigger;
  readonly orderId: string;
  readonly userId: string;
  readonly currency: string;
  readonly amount: MinorUnits;
  /** `order_confirmed` does not carry it. */
  readonly paymentMethod?: string;
  /** Only `order_created` carries them. */
  readonly items?: readonly PaidItem[];
  readonly cause: Cause;
}

/** How a call to the gateway ended. */
export interface GatewayInput {
  readonly kind: 'gateway';
  readonly orderId: string;
  /** The lease under which the call was made. */
  readonly lease: Date;
  readonly outcome: GatewayOutcome;
}

/** What the gateway told of its own accord: nothing but a reason to ask it. */
export interface GatewayHint {
  readonly kind: GatewayTrigger;
  readonly orderId: string;
}

export type PaymentInput = OrderInput | GatewayInput | GatewayHint;
