import { minorUnitsOf } from '@app/events';
import { contradictions, type OrderClaims } from './order-claims';
import { anOpenOrder } from '../../test/orders';

const order = anOpenOrder();
const { userId, paymentMethod, currency, total } = order;
const parts = (...amounts: number[]) => amounts.map((amount) => minorUnitsOf(amount));

describe('what another service says of an order', () => {
  it.each<[string, OrderClaims]>([
    ['nothing but the customer', { userId }],
    ['all of it', { userId, paymentMethod, currency, total }],
    ['parts that are all of the money', { userId, parts: parts(total, total, total) }],
    ['parts of it', { userId, parts: parts(0, 1, total - 1) }],
  ])('is true: %s', (_, claims) => expect(contradictions(order, claims)).toEqual([]));

  it.each<[string[], Partial<OrderClaims>]>([
    [['customer'], { userId: `${userId} ` }],
    [['means of payment'], { paymentMethod: 'gift_card' }],
    [['currency'], { currency: 'INR' }],
    [['amount'], { total: minorUnitsOf(total - 1) }],
    [['amount'], { total: minorUnitsOf(0) }],
    [['parts of the amount'], { parts: parts(1, 2, total + 1) }],
    [['parts of the amount'], { parts: parts(3, 2, total) }],
    [['customer', 'currency', 'amount'], { userId: 'mallory', currency: 'INR', total: minorUnitsOf(1) }],
  ])('contradicts the order: %j', (found, wrong) => {
    expect(contradictions(order, { userId, paymentMethod, currency, total, ...wrong })).toEqual(found);
  });
});
