import { minorUnitsOf } from '@app/events';
import type { OrderWithLines } from '../domain/order';
import { cachedOrderFrom } from './cached-order';

const ORDER_ID = '019a3c1e-5d57-7b6c-9c4e-2f1a9d0b7e11';
const AT = new Date('2026-01-15T09:30:00.085Z');

const CANCELLED: OrderWithLines = {
  order: {
    orderId: ORDER_ID,
    orderNumber: '7F3K-29QX',
    userId: 'user_123',
    paymentMethod: 'credit_card',
    currency: 'USD',
    total: minorUnitsOf(2_500),
    correlationId: 'correlation-1',
    deadlineAt: AT,
    createdAt: AT,
    updatedAt: AT,
    status: 'cancelled',
    reason: 'payment_failed',
  },
  lines: [
    { productId: 'A', productName: 'One', quantity: 2, price: minorUnitsOf(1_000) },
    { productId: 'B', productName: 'Two', quantity: 1, price: minorUnitsOf(500) },
  ],
  cancellation: { declineReason: 'insufficient_funds', customerReason: 'Twice' },
};

/** As it comes out of Redis, with this instead of what was stored. */
function entryWith(order: object = {}, line: object = {}, rest: object = {}): unknown {
  const [first, ...others] = CANCELLED.lines;
  const changed = { order: { ...CANCELLED.order, ...order }, lines: [{ ...first, ...line }, ...others] };
  return JSON.parse(JSON.stringify({ ...changed, cancellation: CANCELLED.cancellation, ...rest })) as unknown;
}

describe('an entry of the cache', () => {
  it('is the order it was stored as', () => {
    expect(cachedOrderFrom(entryWith(), ORDER_ID)).toEqual(CANCELLED);
    const shortage = { product_id: 'A', requested: 2, available: 1, reason: 'insufficient_stock' };
    const cancellation = { shortages: [shortage] };
    expect(cachedOrderFrom(entryWith({}, {}, { cancellation }), ORDER_ID)).toEqual({ ...CANCELLED, cancellation });
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'cancelled'],
    ['a list', [entryWith()]],
    ['of another order', entryWith({ orderId: '019a3c1e-5d57-7b6c-9c4e-2f1a9d0b7e12' })],
    ['of an order that may still change', entryWith({ status: 'confirmed' })],
    ['without a number', entryWith({ orderNumber: undefined })],
    ['with a number that is none', entryWith({ orderNumber: '7F3K29QX' })],
    ['without a reason', entryWith({ reason: undefined })],
    ['with a reason that does not exist', entryWith({ reason: 'whim' })],
    ['without a customer', entryWith({ userId: undefined })],
    ['with a customer who is no text', entryWith({ userId: { $ne: null } })],
    ['with a currency that is none', entryWith({ currency: 'usd' })],
    ['with a total that is not whole', entryWith({ total: 2_500.5 }, { price: 1_000.25 })],
    ['with a total that is a text', entryWith({ total: '2500' })],
    ['whose lines do not add up to its total', entryWith({ total: 1 })],
    ['with a negative price', entryWith({ total: 2_500 }, { price: -1_000 })],
    ['with no pieces', entryWith({ total: 500 }, { quantity: 0 })],
    ['with a line without a product', entryWith({}, { productId: undefined })],
    ['without lines', entryWith({ total: 0 }, {}, { lines: [] })],
    ['with a time that is none', entryWith({ updatedAt: 'yesterday' })],
    ['with a time that is a number', entryWith({ updatedAt: AT.getTime() })],
    ['with a field that no order has', entryWith({ isAdmin: true })],
    ['without its cause, as replicas of before write it', entryWith({}, {}, { cancellation: undefined })],
    ['with a cause that there is not', entryWith({}, {}, { cancellation: { declineReason: 'whim' } })],
    ['with shortages of nothing', entryWith({}, {}, { cancellation: { shortages: [] } })],
    ['with something beside the order', entryWith({}, {}, { version: 2 })],
  ])('is not believed when it is one %s', (_, entry) => {
    expect(cachedOrderFrom(entry, ORDER_ID)).toBeUndefined();
  });
});
