import { DomainError, validationPipe } from '@app/platform';
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
