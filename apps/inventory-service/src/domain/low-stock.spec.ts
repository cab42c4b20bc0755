import fc from 'fast-check';
import { stockFell } from './low-stock';

const productId = 'LAPTOP001';
const change = (before: number, balance: number) => ({ productId, delta: balance - before, balance });

describe('a product that is low on stock below ten pieces', () => {
  it.each([
    [10, 9],
    [50, 0],
    [11, 9],
  ])('has fallen when it goes from %i to %i', (before, balance) => {
    expect(stockFell(change(before, balance), 10)).toEqual({ productId, remaining: balance, threshold: 10 });
  });

  it.each([
    [11, 10],
    [9, 8],
    [9, 12],
    [5, 0],
  ])('has not when it goes from %i to %i', (before, balance) => {
    expect(stockFell(change(before, balance), 10)).toBeUndefined();
  });

  it('can fall again only after it has risen to ten', () => {
    const levels = [12, 9, 3, 9, 8, 10, 9, 2, 40, 1];
    const fallen = levels.slice(1).filter((balance, n) => stockFell(change(levels[n] ?? 0, balance), 10) !== undefined);
    expect(fallen).toEqual([9, 9, 1]);
  });
});

it('a threshold of zero is never crossed', () => {
  expect(stockFell(change(5, 0), 0)).toBeUndefined();
});

it('between two falls a stock has always risen to its threshold', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20), { minLength: 2 }), fc.integer({ min: 1, max: 20 }), (levels, threshold) => {
      let armed = (levels[0] ?? 0) >= threshold;
      levels.slice(1).forEach((balance, n) => {
        const fell = stockFell(change(levels[n] ?? 0, balance), threshold) !== undefined;
        expect(fell).toBe(armed && balance < threshold);
        armed = balance >= threshold;
      });
    }),
  );
});
