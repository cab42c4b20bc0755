import { ignore, move, type PaymentLifecycle } from './lifecycle-entry';

const known = ignore('it is known already');
const noMoney = ignore('there is none');
const nothingCaptured = { money_moved: noMoney, refund_changed: noMoney };

/**
 * The life of a payment over nothing (0.00), which no gateway is asked about: it is approved when the order is placed, collected
 * when the order is confirmed, and nothing goes back when the order is cancelled.
 */
export const FREE_PAYMENT_LIFECYCLE: Partial<PaymentLifecycle> = {
  expected: {
    order_created: move('captured', 'payment_successful'),
    order_confirmed: known,
    order_cancelled: move('cancelled'),
  },
  authorized: {
    ...nothingCaptured,
    order_created: known,
    order_confirmed: move('captured'),
    order_cancelled: move('cancelled'),
  },
  captured: {
    ...nothingCaptured,
    order_created: known,
    order_confirmed: known,
    order_cancelled: move('cancelled'),
  },
};
