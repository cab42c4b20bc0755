import { minorUnitsOf } from '@app/events';
import type { Announcement, Facts } from './announcement';
import { aboutOf, expectSameOrder } from './order-about';

const money = { currency: 'USD', amount: minorUnitsOf(129_999) };
const known = { userId: 'user_123', orderNumber: undefined, currency: 'USD', total: money.amount };
const part = (amount: number, total: number): Facts => {
  return {
    ...money,
    type: 'payment_refunded',
    method: 'refund',
    amount: minorUnitsOf(amount),
    total: minorUnitsOf(total),
  };
};
const said = (facts: Facts, userId = 'user_123'): Announcement => {
  return { orderId: 'o-1', userId, facts, cause: { correlationId: 'c-1' } };
};
const WHOLE: readonly Facts[] = [
  { ...money, type: 'order_received', items: [] },
  { ...money, type: 'order_paid' },
  { ...money, type: 'payment_failed', reason: 'declined' },
  { ...money, type: 'order_confirmed' },
  { ...money, type: 'order_cancelled', reason: 'timed_out' },
  { ...money, type: 'payment_refunded', method: 'void' },
];

describe('an announcement about an order', () => {
  it.each(WHOLE)('agrees with what is known of it: $type', (facts) => {
    expect(() => expectSameOrder(known, said(facts))).not.toThrow();
    expect(aboutOf(said(facts))).toEqual(known);
  });

  it.each(WHOLE)('is refused for good when it says something else: $type', (facts) => {
    const wrongs: [Announcement, string][] = [
      [said(facts, 'mallory'), 'customer'],
      [said({ ...facts, currency: 'INR' }), 'currency'],
      [said({ ...facts, amount: minorUnitsOf(1) }), 'amount'],
      [said({ ...facts, currency: 'INR' }, 'mallory'), 'customer, another currency'],
    ];
    for (const [announcement, what] of wrongs) {
      const refusal = { code: 'NOTIFICATION.ORDER_CONTRADICTED', kind: 'conflict' };
      const message = `${facts.type} contradicts what is known of order o-1: it has another ${what}.`;
      expect(() => expectSameOrder(known, announcement)).toThrow(
        expect.objectContaining({ ...refusal, message }) as Error,
      );
    }
  });

  it('may leave the number of the order out, but not give it another one', () => {
    const numbered = { ...known, orderNumber: '7F3K-29QX' };
    const facts: Facts = { ...money, type: 'order_confirmed' };
    expect(() => expectSameOrder(numbered, said(facts))).not.toThrow();
    expect(() => expectSameOrder(numbered, said({ ...facts, orderNumber: '7F3K-29QX' }))).not.toThrow();
    expect(() => expectSameOrder(numbered, said({ ...facts, orderNumber: '7F3K-29QY' }))).toThrow('another number');
    expect(aboutOf(said({ ...facts, orderNumber: '7F3K-29QX' }))).toEqual(numbered);
  });

  it('may be about a part of the money, but not about more than all of it', () => {
    for (const facts of [part(1, 1), part(1, 129_999), part(129_999, 129_999)]) expectSameOrder(known, said(facts));
    for (const facts of [part(1, 130_000), part(2, 1), part(130_000, 130_000)]) {
      expect(() => expectSameOrder(known, said(facts))).toThrow('another amount');
    }
    expect(aboutOf(said(part(1, 2))).total).toBeUndefined();
  });

  it('is not compared with what nobody has said yet', () => {
    const nothing = { userId: undefined, orderNumber: undefined, currency: undefined, total: undefined };
    for (const facts of [...WHOLE, part(1, 2)]) expectSameOrder(nothing, said(facts, 'anybody'));
  });
});
