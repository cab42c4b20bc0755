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
