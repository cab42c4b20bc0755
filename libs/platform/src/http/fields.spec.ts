import { fromMinorUnits, minorUnitsTransformer, toMinorUnits, toWireAmount } from '../database/minor-units';
import { type DomainError } from '../errors/domain.error';
import { decodeCursor, encodeCursor } from './cursor';
import { isMoney, isPrintable } from './field-decorators';

describe('a printable text', () => {
  it.each(['Gaming Laptop', 'é', '👩‍💻', ' x ', 'ok\u00a0ok', '日本語', '𝒳'.repeat(100)])('may be %p', (text) => {
    expect(isPrintable(text, 1, 100)).toBe(true);
  });

  it.each([
    '',
    ' ',
    '\u200b',
    '\ufeffx',
    'a\u0000',
    'a\nb',
    'a\u0085b',
    '\ud800',
    'a\u2028b',
    'x'.repeat(101),
    7,
    null,
  ])('is not %p', (text) => expect(isPrintable(text, 1, 100)).toBe(false));
});

describe('an amount of money', () => {
  it.each([0.01, 1, 1.1, 1299.99, 99_999.99])('may be %p', (amount) => {
    expect(isMoney(amount, { min: 0.01, max: 99_999.99 })).toBe(true);
  });

  it.each([0, -1, 0.001, 1.005, NaN, Infinity, 1e21, 100_000, '1.00', null])('is not %p', (amount) => {
    expect(isMoney(amount, { min: 0.01, max: 99_999.99 })).toBe(false);
  });

  it.each([
    [0.29, 29, '0.29'],
    [1.1, 110, '1.10'],
    [4.35, 435, '4.35'],
    [-0.05, -5, '-0.05'],
    [9_999_999_999.99, 999_999_999_999, '9999999999.99'],
    [0, 0, '0.00'],
  ])('of %p is %i minor units and %s in the database', (amount, units, text) => {
    expect([toMinorUnits(amount), fromMinorUnits(units), toWireAmount(units)]).toEqual([units, text, amount]);
    expect(minorUnitsTransformer.from(text)).toBe(units);
    expect(minorUnitsTransformer.to(units)).toBe(text);
  });

  it('survives the way through the database for every cent up to a thousand', () => {
    for (let units = 0; units <= 100_000; units += 1) {
      if (toMinorUnits(toWireAmount(units)) !== units) throw new Error(`${units} is lost`);
    }
  });

  it('is refused when it is not exact', () => {
    for (const amount of [1.005, NaN, 1e21, '1,5', '']) expect(() => toMinorUnits(amount)).toThrow(RangeError);
    expect(() => fromMinorUnits(1.5)).toThrow(RangeError);
    expect([minorUnitsTransformer.to(null), minorUnitsTransformer.from(null)]).toEqual([null, null]);
  });
});

describe('a cursor', () => {
  const at = '2026-01-01 10:00:00.123456+00';
  const id = '019a5c0e-1234-7123-8123-123456789abc';

  it('comes back as it was given out, to the microsecond', () => {
    expect(decodeCursor(encodeCursor([at, id, 7]), ['timestamp', 'uuid', 'integer'])).toEqual([at, id, 7]);
    expect(encodeCursor([at, id])).toMatch(/^[\w-]+$/);
  });

  it.each([
    ['', 'an empty text'],
    ['%%%', 'no base64url'],
    ['bm90IGpzb24', 'no JSON'],
    [encodeCursor([at]), 'too few values'],
    [encodeCursor([at, id, 1]), 'too many values'],
    [encodeCursor(['2026-13-01T00:00:00Z', id]), 'a month that does not exist'],
    [encodeCursor([at, "'; DROP TABLE orders"]), 'something else than an id'],
    [Buffer.from('{"length":2}').toString('base64url'), 'an object'],
    ['x'.repeat(600), 'too long a text'],
  ])('%p is refused: %s', (text) => {
    expect(() => decodeCursor(text, ['timestamp', 'uuid'])).toThrow(
      expect.objectContaining({ code: 'REQUEST.INVALID_CURSOR', kind: 'invalid' }) as DomainError,
    );
  });
});
