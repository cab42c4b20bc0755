import { AdjustmentBeyondLimit, DeliveryNotPositive, NotEnoughStock } from './inventory.errors';
import { adjustStock, MAX_STOCK } from './stock-adjustment';

const delivery = (quantityDelta: number) => ({ quantityDelta, reason: 'delivery', note: null }) as const;
const correction = (quantityDelta: number) => ({ quantityDelta, reason: 'correction', note: null }) as const;

describe('a product with ten pieces', () => {
  it('has more after a delivery', () => {
    expect(adjustStock(10, delivery(5))).toBe(15);
  });

  it('can be corrected down to nothing', () => {
    expect(adjustStock(10, correction(-10))).toBe(0);
  });

  it('cannot be corrected below nothing', () => {
    expect(() => adjustStock(10, correction(-11))).toThrow(NotEnoughStock);
  });

  it('loses nothing by a delivery', () => {
    expect(() => adjustStock(10, delivery(-1))).toThrow(DeliveryNotPositive);
  });

  it('is filled up to the limit, and no further', () => {
    expect(adjustStock(10, correction(MAX_STOCK - 10))).toBe(MAX_STOCK);
    expect(() => adjustStock(10, delivery(MAX_STOCK - 9))).toThrow(AdjustmentBeyondLimit);
  });
});

describe('a product that returns have carried beyond the limit', () => {
  it('can still be corrected downwards', () => {
    expect(adjustStock(MAX_STOCK + 5, correction(-1))).toBe(MAX_STOCK + 4);
  });
});
