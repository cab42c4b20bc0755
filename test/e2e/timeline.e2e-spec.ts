import { eventually } from '@app/testing';
import { RecordedConsole } from '../../tools/ops/cli/recorded-console.ts';
import { orderCommand, type OrderOptions } from '../../tools/ops/order/order-command.ts';
import { System } from '../system/system';

let system: System;

beforeAll(async () => {
  system = await System.start();
});

afterAll(() => system.stop());

async function ops(order: string, options: Omit<OrderOptions, 'timeoutMs'> = {}) {
  const console = new RecordedConsole();
  const { stack } = system;
  const addresses = { services: stack.services as never, kafka: [`127.0.0.1:${stack.ports.kafka}`] };
  const exit = await orderCommand(console, addresses, order, { ...options, timeoutMs: 5_000 });
  return { exit, text: console.text, notes: console.notes, console };
}

describe('./ops order', () => {
  it('shows a confirmed order over all services, by its number too, and says that nothing is left to do', async () => {
    const { order_id: id, order_number: number } = await system.place();
    await system.settled(id);
    await eventually(async () => {
      const { exit, text } = await ops(number);
      expect(exit).toBe(0);
      expect(text).toContain(`Order ${number} (${id}): confirmed`);
      for (const part of [
        'Order placed: 1 item, 1299.99 USD',
        'Payment of 1299.99 USD authorised; the order is paid',
        'Stock taken; the order is confirmed',
        'Payment of 1299.99 USD captured',
        `E-mail sent: Your order ${number} is confirmed`,
        'Payment: captured; 1299.99 USD, captured 1299.99, refunded 0.00',
        'Stock: taken; 1 × LAPTOP001',
      ])
        expect(text).toContain(part);
    });
  });

  it('shows the events as they are in Kafka, the messages with their text, and a diagram', async () => {
    const { order_id: id } = await system.place();
    await system.settled(id);
    const { console } = await ops(id, { json: true, raw: true });
    const { records, entries } = console.json as {
      records: { topic: string; contract: { valid: boolean } }[];
      entries: { what: string; cause: string | null; text: string }[];
    };
    expect(entries.filter(({ what }) => what === 'order_confirmed')).toEqual([
      expect.objectContaining({
        text: expect.stringMatching(/^Order .* confirmed$/),
        cause: entries.find(({ what }) => what === 'stock_taken')?.cause,
      }),
    ]);
    expect(records.map(({ topic }) => topic)).toEqual(
      expect.arrayContaining(['order_created', 'payment_successful', 'inventory_updated', 'order_confirmed']),
    );
    expect(records.every(({ contract }) => contract.valid)).toBe(true);
    expect((await ops(id, { messages: true })).text).toContain('We received your order');
    expect((await ops(id, { mermaid: true })).text).toMatch(/^sequenceDiagram\n/);
  });

  it('says why an order was cancelled: the card, or the products that were short', async () => {
    const declined = await system.place({ payment_method: 'test_insufficient_funds' });
    const product = await system.newProduct(1);
    const short = await system.place({ items: [{ ...product, quantity: 3 }] });
    await Promise.all([system.settled(declined.order_id), system.settled(short.order_id)]);
    await eventually(async () => {
      const { exit, text } = await ops(declined.order_id);
      expect(text).toContain('Declined: insufficient funds');
      expect(exit).toBe(0);
    });
    expect((await ops(short.order_id)).text).toContain(`Short: ${product.product_id}: 1 of 3 available`);
    expect((await ops(short.order_id)).text).toContain('Stock: insufficient');
  });

  it('says of an order on its way what the gateway is asked, and when again', async () => {
    const { order_id: id } = await system.place({ payment_method: 'test_timeout' });
    await eventually(async () => {
      const { exit, text } = await ops(id);
      expect(text).toMatch(
        /^! the gateway is asked to authorize at \S+Z, after \d+ attempts?, of which the outcome is unknown$/m,
      );
      expect(text.split('\n').at(-1)).toMatch(/^! the order is pending since /);
      expect(exit).toBe(1);
    });
  });

  it('says that nobody knows an order', async () => {
    await expect(ops('0197a000-0000-7000-8000-0000000000aa')).rejects.toThrow('there is no order');
    await expect(ops('0000-0000')).rejects.toThrow('there is no order with the number 0000-0000');
  });
});
