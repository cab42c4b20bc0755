import { jest } from '@jest/globals';
import { DomainError, validationPipe } from '@app/platform';
import { ValidationPipe } from '@nestjs/common';
import fc from 'fast-check';
import { PlaceOrderDto, toOrderRequest } from './place-order.dto';

const LAPTOP = { product_id: 'LAPTOP001', product_name: 'Gaming Laptop', quantity: 1, price: 1299.99 };
const DOCUMENTED = { user_id: 'user_123', items: [LAPTOP] };

const read = (body: unknown): Promise<PlaceOrderDto> =>
  validationPipe().transform(body, { type: 'body', metatype: PlaceOrderDto }) as Promise<PlaceOrderDto>;

async function pointersOf(body: unknown): Promise<string[]> {
  const refusal: unknown = await read(body).catch((error: unknown) => error);
  if (!(refusal instanceof DomainError)) throw new TypeError('the request was not refused');
  return [...new Set((refusal.errors ?? []).map(({ pointer }) => pointer))];
}

const withItem = (item: object) => ({ ...DOCUMENTED, items: [LAPTOP, { ...LAPTOP, ...item }] });

describe('the documented request', () => {
  it('is paid by credit card in US dollars', async () => {
    expect(toOrderRequest(await read(DOCUMENTED))).toEqual({
      userId: 'user_123',
      paymentMethod: 'credit_card',
      currency: 'USD',
      lines: [{ productId: 'LAPTOP001', productName: 'Gaming Laptop', quantity: 1, price: 129_999 }],
    });
  });

  it('means the same when it says so', async () => {
    const explicit = { ...DOCUMENTED, payment_method: 'credit_card', currency: 'USD' };
    expect(toOrderRequest(await read(explicit))).toEqual(toOrderRequest(await read(DOCUMENTED)));
    const empty = { ...DOCUMENTED, payment_method: null, currency: null };
    expect(toOrderRequest(await read(empty))).toEqual(toOrderRequest(await read(DOCUMENTED)));
  });

  it.each([
    ['a free item', withItem({ price: 0 })],
    ['the most of the dearest', withItem({ price: 1_000_000, quantity: 10_000 })],
    ['a hundred lines', { ...DOCUMENTED, items: Array.from({ length: 100 }, () => LAPTOP) }],
    ['a name of a hundred emoji', withItem({ product_name: '😀'.repeat(100) })],
    ['euros', { ...DOCUMENTED, currency: 'EUR' }],
  ])('may ask for %s', async (_case, body) => {
    await expect(read(body)).resolves.toBeInstanceOf(PlaceOrderDto);
  });
});

describe('a request that is refused', () => {
  it.each<[string, unknown, string[]]>([
    ['has nothing in it', {}, ['/user_id', '/items']],
    ['is a list', [DOCUMENTED], ['']],
    ['has no user', { ...DOCUMENTED, user_id: undefined }, ['/user_id']],
    ['has a blank user', { ...DOCUMENTED, user_id: '  ' }, ['/user_id']],
    ['has a number for a user', { ...DOCUMENTED, user_id: 7 }, ['/user_id']],
    ['has a user of 101 characters', { ...DOCUMENTED, user_id: 'u'.repeat(101) }, ['/user_id']],
    ['has a control character in the user', { ...DOCUMENTED, user_id: 'a\u0000b' }, ['/user_id']],
    ['has no items', { ...DOCUMENTED, items: [] }, ['/items']],
    ['has too many items', { ...DOCUMENTED, items: Array.from({ length: 101 }, () => LAPTOP) }, ['/items']],
    ['has an object for items', { ...DOCUMENTED, items: LAPTOP }, ['/items']],
    ['has a text among the items', { ...DOCUMENTED, items: [LAPTOP, 'LAPTOP001'] }, ['/items/1']],
    ['orders nothing', withItem({ quantity: 0 }), ['/items/1/quantity']],
    ['orders half of one', withItem({ quantity: 0.5 }), ['/items/1/quantity']],
    ['orders "1"', withItem({ quantity: '1' }), ['/items/1/quantity']],
    ['orders too many', withItem({ quantity: 10_001 }), ['/items/1/quantity']],
    ['has a negative price', withItem({ price: -0.01 }), ['/items/1/price']],
    ['has tenths of a cent', withItem({ price: 0.001 }), ['/items/1/price']],
    ['has too high a price', withItem({ price: 1_000_000.01 }), ['/items/1/price']],
    ['has a text for a price', withItem({ price: '12.00' }), ['/items/1/price']],
    ['has no product', withItem({ product_id: undefined }), ['/items/1/product_id']],
    ['has an unknown field', { ...DOCUMENTED, total: 1 }, ['/total']],
    ['has an unknown field in an item', withItem({ colour: 'red' }), ['/items/1/colour']],
    ['has a currency without cents', { ...DOCUMENTED, currency: 'JPY' }, ['/currency']],
    ['has a currency in lower case', { ...DOCUMENTED, currency: 'usd' }, ['/currency']],
    ['has an empty means of payment', { ...DOCUMENTED, payment_method: '' }, ['/payment_method']],
    [
      'is wrong in several places',
      { user_id: '', items: [{ ...LAPTOP, quantity: 0, price: 'free' }] },
      ['/user_id', '/items/0/quantity', '/items/0/price'],
    ],
  ])('%s', async (_case, body, pointers) => {
    expect(await pointersOf(body)).toEqual(pointers);
  });
});

describe('the recogniser of valid requests', () => {
  const text = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('user_123', 'Gaming Laptop', 'é😀', 'x'.repeat(100)) },
    fc.constantFrom(
      '',
      ' ',
      'a\u0000b',
      '\u2028x',
      '\ud800',
      '\u200b',
      'x'.repeat(101),
      '😀'.repeat(101),
      7,
      null,
      [],
      {},
    ),
    fc.string(),
  );
  const quantity = fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 1, max: 10_000 }) },
    fc.constantFrom(0, -1, 10_001, 0.5, '1', null, NaN, Infinity, [1], 1e300),
  );
  const price = fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 0, max: 100_000_000 }).map((cents) => cents / 100) },
    fc.constantFrom(-0.01, 0.001, 1_000_000.01, '12.00', null, -0, NaN, Infinity, 1e-7, [1]),
  );
  const stranger = fc.dictionary(fc.constantFrom('colour', 'total', '__proto__', 'constructor', 'toString'), text, {
    maxKeys: 1,
  });
  const often = { freq: 12 };
  const mostly = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { ...often, nil: undefined });
  const item = fc
    .tuple(
      fc.record({
        product_id: mostly(text),
        product_name: mostly(text),
        quantity: mostly(quantity),
        price: mostly(price),
      }),
      fc.option(stranger, { freq: 1, nil: {} }),
    )
    .map(([fields, others]) => ({ ...fields, ...others }));
  const body = fc
    .tuple(
      fc.record({
        user_id: mostly(text),
        items: fc.oneof(
          { weight: 8, arbitrary: fc.array(item, { minLength: 1, maxLength: 3 }) },
          fc.constantFrom(
            [],
            {},
            null,
            'items',
            [[]],
            [null],
            Array.from({ length: 101 }, () => LAPTOP),
          ),
        ),
        payment_method: fc.option(text, { nil: undefined }),
        currency: fc.option(fc.constantFrom('USD', 'EUR', 'JPY', 'usd', null, 7), { nil: undefined }),
      }),
      fc.option(stranger, { freq: 1, nil: {} }),
    )
    .map(([fields, others]) => ({ ...fields, ...others }))
    // As it comes over the wire.
    .map((value) => JSON.parse(JSON.stringify(value)) as object);

  it('recognises nothing that class-validator refuses, and means the same', async () => {
    const thorough = validationPipe({ recognise: false });
    const metadata = { type: 'body', metatype: PlaceOrderDto } as const;
    const outcome = async (pipe: typeof thorough, value: object) => {
      try {
        return toOrderRequest((await pipe.transform(value, metadata)) as PlaceOrderDto);
      } catch (error) {
        return error instanceof DomainError ? error.errors : error;
      }
    };
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(body, async (value) => {
        const [quick, slow] = [await outcome(validationPipe(), value), await outcome(thorough, structuredClone(value))];
        expect(quick).toEqual(slow);
        if (!Array.isArray(slow)) accepted += 1;
      }),
      { numRuns: 2_000 },
    );
    expect(accepted).toBeGreaterThan(50);
  });

  it('recognises the documented request, and leaves refusals to class-validator', async () => {
    const asked = jest.spyOn(ValidationPipe.prototype, 'transform');
    await read(DOCUMENTED);
    expect(asked).not.toHaveBeenCalled();
    await expect(read({ ...DOCUMENTED, currency: 'usd' })).rejects.toThrow('currency');
    expect(asked).toHaveBeenCalledTimes(1);
    asked.mockRestore();
  });
});
