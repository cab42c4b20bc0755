import type { CancellationReason } from '@app/events';
import type { StateMachine, Transition } from '@app/lifecycle';
import type { CancelledOrder, Order, OrderStatus } from './order';
import { OrderTransitionRefused } from './order.errors';

/** Everything that can happen to an order after it was placed. */
export const ORDER_TRIGGERS = [
  'payment_successful',
  'payment_failed',
  'payment_captured',
  'payment_refunded',
  'payment_reversed',
  'payment_adjusted',
  'stock_taken',
  'stock_returned',
  'inventory_insufficient',
  'cancel_requested',
  'deadline_passed',
] as const;
export type OrderTrigger = (typeof ORDER_TRIGGERS)[number];

/** What the order service tells the others about a step. */
export type Announcement = 'order_confirmed' | 'order_cancelled';

/** What a trigger does in a state. */
export type LifecycleEntry =
  /** The order changes its state. */
  | { readonly kind: 'move'; readonly to: Exclude<OrderStatus, 'cancelled'>; readonly announces?: Announcement }
  | { readonly kind: 'cancel'; readonly reason: CancellationReason; readonly announces: 'order_cancelled' }
  /** Nothing changes, but the fact belongs into the audit trail. */
  | { readonly kind: 'note'; readonly why: string }
  /** Nothing changes and there is nothing to remember. */
  | { readonly kind: 'ignore'; readonly why: string };

export type Lifecycle = Readonly<Record<OrderStatus, Readonly<Partial<Record<OrderTrigger, LifecycleEntry>>>>>;

const move = (to: 'paid' | 'confirmed', announces?: Announcement): LifecycleEntry =>
  announces === undefined ? { kind: 'move', to } : { kind: 'move', to, announces };
const cancel = (reason: CancellationReason): LifecycleEntry => ({
  kind: 'cancel',
  reason,
  announces: 'order_cancelled',
});
const note = (why: string): LifecycleEntry => ({ kind: 'note', why });
const ignore = (why: string): LifecycleEntry => ({ kind: 'ignore', why });

/**
 * The life of an order. A combination that is not listed is impossible as long as every service keeps its word, and is
 * refused. Kafka promises no order between two events of one order, so events may overtake each other: stock is only ever
 * taken for a paid order, hence the event of the stock implies the payment.
 */
export const ORDER_LIFECYCLE: Lifecycle = {
  pending: {
    payment_successful: move('paid'),
    payment_failed: cancel('payment_failed'),
    stock_taken: move('confirmed', 'order_confirmed'),
    inventory_insufficient: cancel('out_of_stock'),
    cancel_requested: cancel('cancelled_by_customer'),
    deadline_passed: cancel('timed_out'),
  },
  paid: {
    payment_successful: ignore('it is known to be paid'),
    payment_failed: cancel('payment_failed'),
    stock_taken: move('confirmed', 'order_confirmed'),
    inventory_insufficient: cancel('out_of_stock'),
    cancel_requested: cancel('cancelled_by_customer'),
    deadline_passed: cancel('timed_out'),
  },
  confirmed: {
    payment_successful: note('the event of the stock overtook it'),
    // The hold could not be collected: no money, no goods.
    payment_failed: cancel('payment_failed'),
    payment_captured: note('the money is collected'),
    stock_taken: ignore('it is known to be taken'),
    // Somebody gave all the money back at the gateway, or the bank did: no money, no goods.
    payment_reversed: cancel('payment_failed'),
    payment_adjusted: note('the rest of the money is still ours'),
    cancel_requested: cancel('cancelled_by_customer'),
    deadline_passed: ignore('it was settled in time'),
  },
  cancelled: {
    payment_successful: note('the payment service gives the money back'),
    payment_failed: note('there is nothing to give back'),
    payment_captured: note('the capture was on its way; the payment service gives the money back'),
    payment_refunded: note('the money is back'),
    payment_reversed: note('the money is back'),
    payment_adjusted: note('the payment service gives the rest back'),
    stock_taken: note('the inventory service gives the stock back'),
    stock_returned: note('the stock is back'),
    inventory_insufficient: note('there was nothing to take'),
    cancel_requested: ignore('it is cancelled already'),
    deadline_passed: ignore('it was settled in time'),
  },
};

/** States in which an order may rest forever. */
export const FINAL_STATES: readonly OrderStatus[] = ['confirmed', 'cancelled'];

/** What a step did. `order` is the order after it. */
export type Step =
  | { readonly kind: 'moved'; readonly order: Order; readonly from: OrderStatus; readonly announces?: Announcement }
  | { readonly kind: 'noted'; readonly order: Order }
  | { readonly kind: 'ignored'; readonly order: Order; readonly why: string };

/** One step of an order's life. Pure. @throws OrderTransitionRefused */
export function stepOrder(order: Order, trigger: OrderTrigger, now: Date): Step {
  const entry = ORDER_LIFECYCLE[order.status][trigger];
  if (entry === undefined) throw new OrderTransitionRefused(order.orderId, order.status, trigger);
  const updatedAt = now > order.updatedAt ? now : order.updatedAt;
  switch (entry.kind) {
    case 'move': {
      const moved: Order = { ...notCancelled(order), status: entry.to, updatedAt };
      return { kind: 'moved', order: moved, from: order.status, ...announcing(entry.announces) };
    }
    case 'cancel': {
      const cancelled: CancelledOrder = { ...order, status: 'cancelled', reason: entry.reason, updatedAt };
      return { kind: 'moved', order: cancelled, from: order.status, announces: entry.announces };
    }
    case 'note':
      return { kind: 'noted', order };
    case 'ignore':
      return { kind: 'ignored', order, why: entry.why };
  }
}

function announcing(announces: Announcement | undefined): { announces?: Announcement } {
  return announces === undefined ? {} : { announces };
}

function notCancelled(order: Order): Exclude<Order, CancelledOrder> {
  if (order.status !== 'cancelled') return order;
  throw new TypeError('no entry of the table leaves the cancelled state');
}

/** The table as a graph, for its check at the start and for its diagram. */
export function orderStateMachine(lifecycle: Lifecycle): StateMachine<OrderStatus> {
  const states = Object.keys(lifecycle) as OrderStatus[];
  const transitions = states.flatMap((from) =>
    Object.entries(lifecycle[from]).flatMap(([trigger, entry]) => transitionOf(from, trigger, entry)),
  );
  return {
    name: 'order',
    states,
    beginnings: { 'POST /orders': 'pending' },
    finalStates: FINAL_STATES,
    terminalStates: ['cancelled'],
    transitions,
  };
}

function transitionOf(from: OrderStatus, trigger: string, entry: LifecycleEntry): Transition<OrderStatus>[] {
  switch (entry.kind) {
    case 'move':
      return [{ from, to: entry.to, trigger, ...announcing(entry.announces) }];
    case 'cancel':
      return [{ from, to: 'cancelled', trigger, announces: entry.announces }];
    case 'note':
    case 'ignore':
      return [];
  }
}
