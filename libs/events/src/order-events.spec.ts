import { contractViolations } from '@app/cloudevents';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { OrderCancelled, OrderConfirmed, OrderCreated } from './order-events';

function payloadOf(type: string): object {
  const file = fileURLToPath(new URL(`../fixtures/${type}.1.json`, import.meta.url));
  return (JSON.parse(readFileSync(file, 'utf8')) as { payload: object }).payload;
}

describe.each([OrderCreated, OrderConfirmed, OrderCancelled])('$type', (event) => {
  const payload = payloadOf(event.type);

  it('is read without an order number, as it was published before there were any', () => {
    expect(payload).not.toHaveProperty('order_number');
    expect(contractViolations(event, payload)).toEqual([]);
  });

  it('may have an order number', () => {
    expect(contractViolations(event, { ...payload, order_number: '7F3K-29QX' })).toEqual([]);
  });

  it.each(['', '7F3K29QX', '7f3k-29qx', '7F3U-29QX', '7F3K-29QX\n', null])('cannot have the number %j', (number) => {
    expect(contractViolations(event, { ...payload, order_number: number }).join()).toContain('/order_number');
  });
});
