import { ORDER_NUMBER } from '@app/events';
import fc from 'fast-check';
import { ORDER_NUMBER_BYTES, orderNumberFrom, parseOrderNumber } from './order-number';

const someBytes = fc.uint8Array({ minLength: ORDER_NUMBER_BYTES, maxLength: ORDER_NUMBER_BYTES });

describe('an order number', () => {
  it.each([
    [[0, 0, 0, 0, 0], '0000-0000'],
    [[0xff, 0xff, 0xff, 0xff, 0xff], 'ZZZZ-ZZZZ'],
    [[0, 0, 0, 0, 1], '0000-0001'],
    [[0x39, 0xc, 0x64, 0x6a, 0x75], '7466-8TKN'],
  ])('of the bytes %j is %s', (bytes, number) => {
    expect(orderNumberFrom(Uint8Array.from(bytes))).toBe(number);
  });

  it('is eight characters in two groups, and a different one for different bytes', () => {
    fc.assert(
      fc.property(someBytes, someBytes, (one, other) => {
        expect(orderNumberFrom(one)).toMatch(ORDER_NUMBER);
        expect(orderNumberFrom(one) === orderNumberFrom(other)).toBe(Buffer.from(one).equals(Buffer.from(other)));
      }),
    );
  });
});

describe('an order number that somebody has typed', () => {
  it.each(['7F3K-29QX', '7f3k-29qx', '7F3K29QX', '7f3K29qX'])('is recognised: %s', (typed) => {
    expect(parseOrderNumber(typed)).toBe('7F3K-29QX');
  });

  it('may have letters in it that look like digits', () => {
    expect(parseOrderNumber('iLo0-oOl1')).toBe('1100-0011');
  });

  it.each([
    '',
    '-',
    '7F3K',
    '7F3K-29Q',
    '7F3K-29QXX',
    '7F3K--29QX',
    '7F3K 29QX',
    '7F3U-29QX',
    '7F3K-29Q\u0000',
    ' 7F3K29QX',
    '٧F3K29QX',
    '019a3c1e-5d57-7b6c-9c4e-2f1a9d0b7e11',
  ])('cannot be %j', (typed) => {
    expect(parseOrderNumber(typed)).toBeUndefined();
  });
});
