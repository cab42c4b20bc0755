import { minorUnitsOf } from '@app/events';
import { decideAll, decidePayment } from './decide-payment';
import type { MoneyAtGateway } from './gateway-outcome';
import { callFor, isFreshlyDue } from './payment';
import { aPayment, AMOUNT, CONTEXT, LEASE, anInput, NOON, ORDER_ID } from '../../test/payments';
import type { PaymentInput } from './payment-input';

const moved: PaymentInput = { kind: 'money_moved', orderId: ORDER_ID };

function answer(money: Partial<MoneyAtGateway>, lease = LEASE): PaymentInput {
  const stands = { captured: AMOUNT, returned: minorUnitsOf(0), dispute: null, refundReference: null };
  return { kind: 'gateway', orderId: ORDER_ID, lease, outcome: { kind: 'inspected', ...stands, ...money } };
}

describe('a captured payment whose money somebody changes at the gateway', () => {
  it('is looked at, under its reference', () => {
    const { payment, announcements } = decidePayment(aPayment('captured'), moved, CONTEXT);
    expect(callFor(payment)).toMatchObject({ operation: 'inspect', reference: 'hold-1', manner: 'send' });
    expect(isFreshlyDue(payment)).toBe(true);
    expect(announcements).toEqual([]);
  });

  it('is announced only if something has changed', () => {
    const same = decidePayment(aPayment('inspecting'), answer({}), CONTEXT);
    expect(same).toMatchObject({ payment: { stage: 'captured', adjustments: 0 }, announcements: [] });
    const disputed = decidePayment(aPayment('inspecting'), answer({ dispute: 'open' }), CONTEXT);
    expect(disputed.payment).toMatchObject({ stage: 'captured', dispute: 'open', adjustments: 1 });
    expect(disputed.announcements).toMatchObject([{ payload: { given_back: 0, dispute: 'open' } }]);
  });

  it('says by how much more was given back, and nothing when a refund has failed', () => {
    const before = aPayment('inspecting', { refundedAmount: minorUnitsOf(400), adjustments: 1 });
    const more = decidePayment(before, answer({ returned: minorUnitsOf(650) }), CONTEXT);
    expect(more.announcements).toMatchObject([{ payload: { given_back: 2.5, refunded_amount: 6.5 } }]);
    const less = decidePayment(before, answer({ returned: minorUnitsOf(100) }), CONTEXT);
    expect(less.payment).toMatchObject({ refundedAmount: 100, adjustments: 2 });
    expect(less.announcements).toMatchObject([{ payload: { given_back: 0, refunded_amount: 1 } }]);
  });

  it('is read again at once when the gateway told of more while it was read', () => {
    const { payment, announcements } = decideAll(
      aPayment('inspecting'),
      [moved, answer({ returned: minorUnitsOf(400) })],
      CONTEXT,
    );
    expect(payment).toMatchObject({ stage: 'inspecting', heard: false, refundedAmount: 0 });
    expect(payment.operation).toMatchObject({ dueAt: NOON, sentAt: null });
    expect(announcements).toEqual([]);
  });

  it('is not what a worker reads that was frozen past its lease', () => {
    const before = aPayment('inspecting');
    const late = answer({ returned: AMOUNT }, new Date('2026-01-15T11:59:00Z'));
    expect(decidePayment(before, late, CONTEXT).payment).toBe(before);
  });

  it('never has more on record than the order is about', () => {
    const [captured, returned] = [minorUnitsOf(9000), minorUnitsOf(9500)];
    const { payment } = decidePayment(aPayment('inspecting'), answer({ captured, returned }), CONTEXT);
    expect(payment).toMatchObject({ stage: 'reversed', capturedAmount: 4250, refundedAmount: 4250 });
  });
});

describe('a payment of which somebody else has collected a part', () => {
  it('has that part on record, and gives no more back', () => {
    const outcome = { kind: 'captured', amount: minorUnitsOf(3000) } as const;
    const part: PaymentInput = { kind: 'gateway', orderId: ORDER_ID, lease: LEASE, outcome };
    const { payment } = decideAll(aPayment('capturing'), [part, anInput('order_cancelled')], CONTEXT);
    expect(payment).toMatchObject({ stage: 'refunding', capturedAmount: 3000 });
    expect(callFor(payment)).toMatchObject({ operation: 'refund', amount: 3000 });
  });
});

describe('a payment over nothing', () => {
  const free = (kind: 'order_created' | 'order_confirmed' | 'order_cancelled'): PaymentInput => ({
    ...anInput(kind),
    amount: minorUnitsOf(0),
  });

  it.each([
    [['order_created'], 'authorized', ['payment_successful']],
    [['order_created', 'order_confirmed'], 'captured', ['payment_successful']],
    [['order_confirmed', 'order_created'], 'captured', ['payment_successful']],
    [['order_created', 'order_cancelled'], 'cancelled', ['payment_successful']],
    [['order_created', 'order_confirmed', 'order_cancelled'], 'cancelled', ['payment_successful']],
    [['order_cancelled', 'order_created', 'order_confirmed'], 'cancelled', []],
    [['order_confirmed', 'order_cancelled', 'order_created'], 'cancelled', []],
  ] as const)('asks no gateway: %j ends %s', (kinds, stage, told) => {
    const said = [...kinds, ...kinds].map(free);
    const { payment, announcements } = decideAll(undefined, said, CONTEXT);
    expect(payment).toMatchObject({ stage, operation: null, capturedAmount: 0, refundedAmount: 0 });
    expect(announcements.map(({ type }) => type)).toEqual(told);
  });

  it('that an earlier version began at its gateway is finished there', () => {
    const begun = aPayment('authorized', { amount: minorUnitsOf(0) });
    expect(decidePayment(begun, free('order_confirmed'), CONTEXT).payment.stage).toBe('capturing');
  });
});
