import { MAX_AMOUNT, minorUnitsOf } from '@app/events';
import { deepFreeze } from '@app/testing';
import { PLACED_AT } from '../../test/orders';
import type { OrderLine } from './order';
import { OrderTotalTooLarge } from './order.errors';
import { placeOrder, type OrderRequest } from './place-order';

const IDENTITY = {
  orderId: '019a3c1e-5d57-7b6c-9c4e-2f1a9d0b7e11',
  orderNumber: '7F3K-29QX',
  correlationId: 'correlation-1',
};

function aRequest(...lines: readonly (readonly [quantity: number, cents: number])[]): OrderRequest {
  const toLine = ([quantity, cents]: readonly [number, number]): OrderLine => ({
    productId: 'LAPTOP001',
    productName: 'Gaming Laptop',
    quantity,
    price: minorUnitsOf(cents),
  });
  return deepFreeze({ userId: 'user_123', paymentMethod: 'credit_card', currency: 'USD', lines: lines.map(toLine) });
}

describe('a new order', () => {
  it('awaits payment until its deadline', () => {
    expect(placeOrder(aRequest([1, 129_999]), IDENTITY, PLACED_AT, 900_000)).toEqual({
      orderId: '019a3c1e-5d57-7b6c-9c4e-2f1a9d0b7e11',
      orderNumber: '7F3K-29QX',
      correlationId: 'correlation-1',
      userId: 'user_123',
      paymentMethod: 'credit_card',
      currency: 'USD',
      total: 129_999,
      status: 'pending',
      deadlineAt: new Date('2026-01-15T09:45:00.000Z'),
      createdAt: PLACED_AT,
      updatedAt: PLACED_AT,
    });
  });

  it('costs the sum of its lines, to the cent', () => {
    expect(placeOrder(aRequest([3, 10], [7, 1_999], [1, 0]), IDENTITY, PLACED_AT, 0).total).toBe(14_023);
  });

  it('may cost as much as an amount can be, and not a cent more', () => {
    const place = (...lines: readonly (readonly [number, number])[]) =>
      placeOrder(aRequest(...lines), IDENTITY, PLACED_AT, 0).total;
    expect(place([1, 99_999_999_998], [1, 1])).toBe(MAX_AMOUNT);
    expect(() => place([1, 99_999_999_999], [1, 1])).toThrow(OrderTotalTooLarge);
  });

  it('is refused, not rounded, when it costs more than anything accepted could', () => {
    const largest = Array.from({ length: 100 }, () => [10_000, 100_000_000] as const);
    expect(() => placeOrder(aRequest(...largest), IDENTITY, PLACED_AT, 0)).toThrow(
      expect.objectContaining({ code: 'ORDER.TOTAL_TOO_LARGE', kind: 'invalid' }) as Error,
    );
  });
});
