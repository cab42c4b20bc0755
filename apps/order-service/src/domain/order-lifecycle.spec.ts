import { deepFreeze } from '@app/testing';
import { checkStateMachine } from '@app/lifecycle';
import { anOpenOrder, anOrderThatIs, LATER } from '../../test/orders';
import { ORDER_STATUSES, type OrderStatus } from './order';
import {
  ORDER_LIFECYCLE,
  ORDER_TRIGGERS,
  orderStateMachine,
  stepOrder,
  type Lifecycle,
  type OrderTrigger,
} from './order-lifecycle';
import { OrderTransitionRefused } from './order.errors';

type Expected =
  'paid' | 'confirmed + order_confirmed' | `cancelled (${string}) + order_cancelled` | 'noted' | 'ignored' | 'refused';

/** Written by hand, not read from the table: this is what the table has to say. */
const EXPECTED: Record<OrderStatus, Record<OrderTrigger, Expected>> = {
  pending: {
    payment_successful: 'paid',
    payment_failed: 'cancelled (payment_failed) + order_cancelled',
    payment_captured: 'refused',
    payment_refunded: 'refused',
    payment_reversed: 'refused',
    payment_adjusted: 'refused',
    stock_taken: 'confirmed + order_confirmed',
    stock_returned: 'refused',
    inventory_insufficient: 'cancelled (out_of_stock) + order_cancelled',
    cancel_requested: 'cancelled (cancelled_by_customer) + order_cancelled',
    deadline_passed: 'cancelled (timed_out) + order_cancelled',
  },
  paid: {
    payment_successful: 'ignored',
    payment_failed: 'cancelled (payment_failed) + order_cancelled',
    payment_captured: 'refused',
    payment_refunded: 'refused',
    payment_reversed: 'refused',
    payment_adjusted: 'refused',
    stock_taken: 'confirmed + order_confirmed',
    stock_returned: 'refused',
    inventory_insufficient: 'cancelled (out_of_stock) + order_cancelled',
    cancel_requested: 'cancelled (cancelled_by_customer) + order_cancelled',
    deadline_passed: 'cancelled (timed_out) + order_cancelled',
  },
  confirmed: {
    payment_successful: 'noted',
    payment_failed: 'cancelled (payment_failed) + order_cancelled',
    payment_captured: 'noted',
    payment_refunded: 'refused',
    payment_reversed: 'cancelled (payment_failed) + order_cancelled',
    payment_adjusted: 'noted',
    stock_taken: 'ignored',
    stock_returned: 'refused',
    inventory_insufficient: 'refused',
    cancel_requested: 'cancelled (cancelled_by_customer) + order_cancelled',
    deadline_passed: 'ignored',
  },
  cancelled: {
    payment_successful: 'noted',
    payment_failed: 'noted',
    payment_captured: 'noted',
    payment_refunded: 'noted',
    payment_reversed: 'noted',
    payment_adjusted: 'noted',
    stock_taken: 'noted',
    stock_returned: 'noted',
    inventory_insufficient: 'noted',
    cancel_requested: 'ignored',
    deadline_passed: 'ignored',
  },
};

const MATRIX = ORDER_STATUSES.flatMap((status) =>
  ORDER_TRIGGERS.map((trigger) => [status, trigger, EXPECTED[status][trigger]] as const),
);

function whatHappens(status: OrderStatus, trigger: OrderTrigger): string {
  const order = deepFreeze(anOrderThatIs(status));
  try {
    const step = stepOrder(order, trigger, LATER);
    if (step.kind !== 'moved') {
      expect(step.order).toBe(order);
      return step.kind;
    }
    const { order: moved, announces } = step;
    expect(step.from).toBe(status);
    expect(moved).toEqual({ ...order, ...stateOf(moved), updatedAt: LATER });
    const reason = moved.status === 'cancelled' ? ` (${moved.reason})` : '';
    return `${moved.status}${reason}${announces === undefined ? '' : ` + ${announces}`}`;
  } catch (error) {
    if (error instanceof OrderTransitionRefused) return 'refused';
    throw error;
  }
}

function stateOf(order: { status: OrderStatus; reason?: string }): object {
  return order.status === 'cancelled' ? { status: order.status, reason: order.reason } : { status: order.status };
}

describe('the life of an order', () => {
  it.each(MATRIX)('a %s order meets %s: %s', (status, trigger, expected) => {
    expect(whatHappens(status, trigger)).toBe(expected);
  });

  it('keeps the reason for which it was cancelled first', () => {
    const { order } = stepOrder(anOpenOrder(), 'deadline_passed', LATER);
    expect(stepOrder(order, 'payment_failed', LATER).order).toMatchObject({ status: 'cancelled', reason: 'timed_out' });
  });

  it('is refused what breaks the rules with an error that says so', () => {
    const order = anOrderThatIs('confirmed');
    expect(() => stepOrder(order, 'stock_returned', LATER)).toThrow(
      `stock_returned cannot happen to order ${order.orderId}, which is confirmed`,
    );
  });

  it('does not run backwards when the clock of a replica does', () => {
    const paid = stepOrder(anOpenOrder(), 'payment_successful', LATER).order;
    const early = new Date(LATER.getTime() - 60_000);
    expect(stepOrder(paid, 'stock_taken', early).order.updatedAt).toEqual(LATER);
  });

  it('is a table without mistakes', () => {
    expect(() => checkStateMachine(orderStateMachine(ORDER_LIFECYCLE))).not.toThrow();
  });
});

describe('a broken table', () => {
  const check = (broken: object) => () => checkStateMachine(orderStateMachine(broken as Lifecycle));
  const move = (to: string) => ({ kind: 'move', to });
  const { pending, paid, cancelled } = ORDER_LIFECYCLE;

  it('may not lead to a state it does not know', () => {
    const broken = { ...ORDER_LIFECYCLE, paid: { ...paid, payment_failed: move('refused') } };
    expect(check(broken)).toThrow('the order lifecycle is wrong: refused is not a state');
  });

  it('may not lack a state', () => {
    expect(check({ pending, paid, cancelled })).toThrow('the order lifecycle is wrong: confirmed is not a state');
  });

  it('may not have a state without a way out', () => {
    const broken = { ...ORDER_LIFECYCLE, paid: { payment_successful: { kind: 'ignore', why: 'known' } } };
    expect(check(broken)).toThrow('the order lifecycle is wrong: paid is a dead end');
  });

  it('may not let a cancelled order live again', () => {
    const broken = { ...ORDER_LIFECYCLE, cancelled: { ...cancelled, payment_successful: move('paid') } };
    expect(check(broken)).toThrow('the order lifecycle is wrong: cancelled can be left');
  });
});
