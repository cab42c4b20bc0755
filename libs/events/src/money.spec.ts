import fc from 'fast-check';
import {
  fromNumeric,
  hasAtMostTwoDecimals,
  MAX_AMOUNT,
  minorUnitsOf,
  toDecimal,
  toMinorUnits,
  toNumeric,
} from './money';

const cents = fc.integer({ min: 0, max: MAX_AMOUNT });

describe('an amount of money', () => {
  it('is the same after a journey over the wire', () => {
    fc.assert(
      fc.property(cents, (amount) => {
        const wire = JSON.parse(JSON.stringify(toDecimal(minorUnitsOf(amount)))) as number;
        expect(toMinorUnits(wire)).toBe(amount);
      }),
      { numRuns: 5_000 },
    );
  });

  it('is read as its digits say, for any two decimals', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999_999 }), fc.integer({ min: 0, max: 99 }), (whole, fraction) => {
        const text = `${whole}.${String(fraction).padStart(2, '0')}`;
        expect(hasAtMostTwoDecimals(Number(text))).toBe(true);
        expect(toMinorUnits(Number(text))).toBe(whole * 100 + fraction);
      }),
      { numRuns: 5_000 },
    );
  });

  it('is refused with a third decimal', () => {
    fc.assert(
      fc.property(cents, fc.integer({ min: 1, max: 9 }), (amount, third) => {
        const text = `${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, '0')}${third}`;
        expect(hasAtMostTwoDecimals(Number(text))).toBe(false);
        expect(() => toMinorUnits(Number(text))).toThrow(RangeError);
      }),
    );
  });

  it.each([-0.01, NaN, Infinity, -Infinity, 1_000_000_000, 0.1 + 0.2, Number.MAX_VALUE])('is not %p', (amount) => {
    expect(() => toMinorUnits(amount)).toThrow(RangeError);
  });

  it.each([-1, 0.5, NaN, MAX_AMOUNT + 1])('is not %p minor units', (amount) => {
    expect(() => minorUnitsOf(amount)).toThrow(RangeError);
  });

  it.each([
    [0.29, 29, '0.29'],
    [1.1, 110, '1.10'],
    [4.35, 435, '4.35'],
    [999_999_999.99, MAX_AMOUNT, '999999999.99'],
    [0, 0, '0.00'],
  ])('of %p is %i minor units and %s in the database', (decimal, units, text) => {
    const amount = minorUnitsOf(units);
    expect([toMinorUnits(decimal), fromNumeric(text), toNumeric(amount)]).toEqual([units, units, text]);
  });

  it('is the same after a journey through the database', () => {
    fc.assert(
      fc.property(cents, (amount) => {
        expect(fromNumeric(toNumeric(minorUnitsOf(amount)))).toBe(amount);
      }),
      { numRuns: 5_000 },
    );
  });

  it.each(['', '1,5', '1.005', '1e21', '-0.01', 'NaN', '1000000000.00'])('is not %p of the database', (text) => {
    expect(() => fromNumeric(text)).toThrow(RangeError);
  });
});
