import { eventually } from '@app/testing';
import type { OrderAnswer } from '../system/answers';
import { System } from '../system/system';
import { codeBlocks, read, sectionOf, tableRows } from '../../tools/docs/read-markdown';
import { ReadmeShell } from './readme-shell';

const TRY_IT = sectionOf(read('README.md'), '## Try it');
const HEADINGS = TRY_IT.split('\n').filter((line) => line.startsWith('### '));
/** Of the order that is placed first. */
const TOTAL = 1299.99;

let system: System;
let shell: ReadmeShell;

beforeAll(async () => {
  system = await System.start({
    label: 'readme',
    env: { ORDER_DEADLINE_MS: '12000', PAYMENT_GATEWAY_TIMEOUT_MS: '2000' },
  });
  shell = new ReadmeShell(system.stack);
});

afterAll(() => system.stop());

/** The bash blocks under a heading. */
function blocksOf(heading: string): string[] {
  return codeBlocks(sectionOf(TRY_IT, heading), 'bash');
}

/** What the only block under a heading answers. */
async function answersOf(heading: string): Promise<unknown[]> {
  const [block, ...others] = blocksOf(heading);
  if (block === undefined || others.length > 0) throw new Error(`"${heading}" has not one block`);
  return shell.run(block);
}

describe('“Try it” in the README, from top to bottom', () => {
  it('places an order', async () => {
    const [order] = await answersOf('### Place an order');
    expect(order).toMatchObject({ user_id: 'user_123', status: 'pending', total_amount: TOTAL });
  });

  it('waits until it is confirmed, and shows its audit trail', async () => {
    const [order, trail] = await answersOf('### Watch it being confirmed');
    expect(order).toMatchObject({ status: 'confirmed', total_amount: TOTAL });
    expect((trail as { events: { event: string }[] }).events.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['order_created', 'stock_taken']),
    );
  });

  it('finds the traces it left at the other services', async () => {
    await eventually(async () => {
      const [payments, inventory, notifications] = await answersOf('### See what it did elsewhere');
      expect(payments).toMatchObject({ payments: [{ status: 'captured', captured_amount: TOTAL }] });
      expect(inventory).toMatchObject({
        inventory: expect.arrayContaining([expect.objectContaining({ product_id: 'LAPTOP001', quantity: 49 })]),
      });
      expect(kindsSent(notifications)).toEqual(['order_confirmed', 'order_paid', 'order_received']);
    });
  });

  it('cancels it; money and stock come back', async () => {
    const [order] = await answersOf('### Cancel it');
    expect(order).toMatchObject({ status: 'cancelled', cancellation_reason: 'cancelled_by_customer' });
    await eventually(async () => {
      const [, payments, product] = await answersOf('### Cancel it');
      expect(payments).toMatchObject({ payments: [{ status: 'refunded', refunded_amount: TOTAL }] });
      expect(product).toMatchObject({ quantity: 50 });
    });
  });

  it('has an order cancelled whose card is declined', async () => {
    const [placed, settled] = await answersOf('### Pay with a card that is declined');
    expect(placed).toMatchObject({ status: 'pending' });
    expect(settled).toMatchObject({ status: 'cancelled', cancellation_reason: 'payment_failed' });
  });

  it('cannot buy more than there is', async () => {
    const [, settled, product] = await answersOf('### Ask for more than there is');
    expect(settled).toMatchObject({ status: 'cancelled', cancellation_reason: 'out_of_stock' });
    expect(product).toMatchObject({ product_id: 'LAPTOP001', quantity: 50 });
  });

  it('has one order of two requests with one key', async () => {
    const [first, second] = await answersOf('### Send the same request twice');
    expect((first as OrderAnswer).order_id).toBe((second as OrderAnswer).order_id);
  });

  it.each(tableRows(sectionOf(TRY_IT, '### Pay with a card that is declined')))(
    'says of %s that the gateway %s: %s',
    async (method = '', _gateway, end = '') => {
      const payment_method = /`(test_\w+)`/.exec(method)?.[1] ?? 'credit_card';
      const [status, reason = null] = [...end.matchAll(/`(\w+)`/g)].map(([, word]) => word);
      const { order_id } = await system.place({ payment_method });
      await eventually(
        async () => {
          expect(await system.settled(order_id)).toMatchObject({ status, cancellation_reason: reason });
        },
        { timeoutMs: 60_000 },
      );
    },
  );

  it('shows the tables by the documented queries', async () => {
    const [block = ''] = codeBlocks(sectionOf(TRY_IT, '### Look inside'), 'sql');
    const queries = block.split(';').filter((query) => query.trim() !== '');
    expect(queries).toHaveLength(4);
    for (const query of queries) expect((await system.sql(query)).length).toBeGreaterThan(0);
  });

  it('has no block that is not tried here', () => {
    const tried = HEADINGS.filter((heading) => blocksOf(heading).length > 0);
    expect(tried).toEqual([
      '### Place an order',
      '### Watch it being confirmed',
      '### See what it did elsewhere',
      '### Cancel it',
      '### Pay with a card that is declined',
      '### Ask for more than there is',
      '### Send the same request twice',
    ]);
    expect(codeBlocks(TRY_IT, 'bash')).toHaveLength(tried.length);
  });
});

function kindsSent(answer: unknown): string[] {
  const { notifications } = answer as { notifications: { notification_type: string; status: string }[] };
  return notifications
    .filter(({ status }) => status === 'sent')
    .map((notification) => notification.notification_type)
    .toSorted();
}
