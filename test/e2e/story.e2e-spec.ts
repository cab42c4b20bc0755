import { eventually } from '@app/testing';
import { directorySource } from '../../tools/ops/logs/log-sources.ts';
import { storyOf } from '../../tools/ops/logs/story.ts';
import { System } from '../system/system';

let system: System;

beforeAll(async () => {
  system = await System.start();
});

afterAll(() => system.stop());

/** The story in short: `payment: Payment of 1299.99 USD authorised`. Lines are written with a delay. */
async function story(orderId: string): Promise<string[]> {
  const lines = await storyOf(directorySource(system.stack.directories.logs), { id: orderId });
  return lines.map(({ service, message }) => `${service.replace('-service', '')}: ${message}`);
}

function told(orderId: string, expected: readonly string[]): Promise<void> {
  return eventually(async () => {
    // Services log at the same time: which of two lines of different services comes first is chance.
    expect((await story(orderId)).toSorted()).toEqual(expected.toSorted());
  });
}

describe('the logs of the four services', () => {
  it('tell the story of an order that is confirmed', async () => {
    const { order_id: id, order_number: number } = await system.place();
    await system.settled(id);
    await told(id, [
      `order: Order ${number} placed: 1 item, 1299.99 USD`,
      'payment: Payment of 1299.99 USD authorised',
      'inventory: Stock taken: 1 × LAPTOP001',
      `order: Order ${number} confirmed`,
      'payment: Payment of 1299.99 USD captured',
      'notification: E-mail sent: order received',
      'notification: E-mail sent: order paid',
      'notification: E-mail sent: order confirmed',
    ]);
  });

  it('tell in it what caused what, with one correlation id', async () => {
    const { order_id: id } = await system.place();
    await system.settled(id);
    await eventually(async () => {
      const lines = await storyOf(directorySource(system.stack.directories.logs), { id });
      const ids = new Set(lines.map((line) => line['event_id']));
      expect(lines.length).toBeGreaterThanOrEqual(7);
      expect(new Set(lines.map((line) => line['correlation_id'])).size).toBe(1);
      const first = lines.filter((line) => line['causation_id'] === undefined);
      expect(first.map((line) => line['event'])).toEqual(['order_created']);
      for (const line of lines) if (!first.includes(line)) expect(ids).toContain(line['causation_id']);
    });
  });

  it('tell the story of an order whose card is declined', async () => {
    const { order_id: id, order_number: number } = await system.place({ payment_method: 'test_declined' });
    await system.settled(id);
    await told(id, [
      `order: Order ${number} placed: 1 item, 1299.99 USD`,
      'payment: Payment of 1299.99 USD declined',
      `order: Order ${number} cancelled: payment failed`,
      'notification: E-mail sent: order received',
      'notification: E-mail sent: payment failed',
      'notification: E-mail sent: order cancelled',
    ]);
  });

  it('tell the story of an order that is cancelled by its customer after it was confirmed', async () => {
    const { order_id: id, order_number: number } = await system.place();
    await system.settled(id);
    await eventually(async () => expect((await system.payment(id)).status).toBe('captured'));
    await system.orders.post(`/orders/${id}/cancel`, {});
    await eventually(async () => {
      const lines = await story(id);
      expect(lines).toEqual(
        expect.arrayContaining([
          `order: Order ${number} cancelled: cancelled by customer`,
          'inventory: Stock returned: 1 × LAPTOP001',
          'payment: Payment of 1299.99 USD refunded',
          'notification: E-mail sent: payment refunded',
        ]),
      );
    });
  });

  it('tell of an answer of the gateway that was lost, and when it is asked again', async () => {
    const { order_id: id } = await system.place({ payment_method: 'test_error_after_charge' });
    await system.settled(id);
    await eventually(async () => {
      const lines = await storyOf(directorySource(system.stack.directories.logs), { id });
      expect(lines).toContainEqual(
        expect.objectContaining({
          service: 'payment-service',
          message: expect.stringMatching(
            /^Gateway asked to authorize without an answer, the outcome is unknown; attempt 1/,
          ),
          outcome_unknown: true,
          next_attempt_at: expect.stringMatching(/Z$/),
        }),
      );
    });
  });
});
