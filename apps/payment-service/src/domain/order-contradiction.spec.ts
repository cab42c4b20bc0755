import { minorUnitsOf } from '@app/events';
import { decideAll, decidePayment } from './decide-payment';
import type { OrderTrigger } from './lifecycle-entry';
import { aPayment, CONTEXT, anInput } from '../../test/payments';
import type { OrderInput } from './payment-input';
import { PAYMENT_STAGES } from './payment-stage';

const KINDS: readonly OrderTrigger[] = ['order_created', 'order_confirmed', 'order_cancelled'];

describe('an event that contradicts what is known of an order', () => {
  it.each<[string, Partial<OrderInput>]>([
    ['customer', { userId: 'mallory' }],
    ['currency', { currency: 'INR' }],
    ['amount', { amount: minorUnitsOf(1) }],
    ['amount', { amount: minorUnitsOf(0) }],
    ['means of payment', { paymentMethod: 'gift_card' }],
    ['list of items', { items: [{ productId: 'MOUSE001', quantity: 3 }] }],
    ['list of items', { items: [{ productId: 'PHONE001', quantity: 2 }] }],
    ['list of items', { items: [...(anInput('order_created').items ?? []), { productId: 'PHONE001', quantity: 1 }] }],
    ['customer, another currency', { userId: 'mallory', currency: 'INR' }],
  ])('by another %s is refused for good at every stage, whichever event it is', (what, wrong) => {
    for (const stage of PAYMENT_STAGES) {
      const known = { paymentMethod: 'credit_card', items: anInput('order_created').items ?? [] };
      for (const kind of KINDS) {
        const decide = () => decidePayment(aPayment(stage, known), { ...anInput(kind), ...wrong }, CONTEXT);
        expect(decide).toThrow(
          expect.objectContaining({
            code: 'PAYMENT.ORDER_CONTRADICTED',
            kind: 'conflict',
            message: expect.stringMatching(`^${kind} contradicts .*: it has another ${what}.$`),
          }) as Error,
        );
      }
    }
  });

  it('is refused as well when both come in one batch', () => {
    const forged = { ...anInput('order_confirmed'), amount: minorUnitsOf(499_999) };
    expect(() => decideAll(undefined, [anInput('order_created'), forged], CONTEXT)).toThrow('another amount');
    expect(() => decideAll(undefined, [forged, anInput('order_created')], CONTEXT)).toThrow('another amount');
  });

  it('is not what only leaves something out', () => {
    const expected = aPayment('expected');
    expect(decidePayment(expected, anInput('order_created'), CONTEXT).payment.stage).toBe('authorizing_confirmed');
    expect(decidePayment(expected, anInput('order_cancelled'), CONTEXT).payment.stage).toBe('cancelled');
  });
});
