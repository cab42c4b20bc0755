import { ORDER_NUMBER } from '@app/events';
import { eventually } from '@app/testing';
import { anEventOf, OtherServices, SHORTAGES } from '../../test/other-services';
import { RunningOrderService } from '../../test/running-order-service';
import { WRONGS } from '../../test/wrong-events';

let others: OtherServices;
let service: RunningOrderService;
beforeAll(async () => {
  others = await OtherServices.connect();
  service = await RunningOrderService.start({ kafka: true });
});
afterAll(async () => {
  await service.stop();
  await others.disconnect();
});

async function confirm(orderId: string): Promise<void> {
  await others.say(anEventOf.paid(orderId), anEventOf.taken(orderId));
  expect((await settled(orderId)).status).toBe('confirmed');
  // The stock alone confirms an order; the payment may be noted later.
  await eventually(async () => expect(await service.steps(orderId)).toHaveLength(3));
}

const settled = async (orderId: string) => (await service.get(`/orders/${orderId}?wait=20s`)).body;

describe('an order everybody agrees to', () => {
  it('is confirmed, its reader told at once, and every event knows its cause', async () => {
    const { order_id } = await service.place({}, { 'x-correlation-id': '019aab12-4c00-7a01-8f00-5d2f6f1c0a08' });
    await eventually(() => expect(others.heardOf(order_id)).toHaveLength(1));
    const reading = settled(order_id);
    const [paid, taken] = [anEventOf.paid(order_id), anEventOf.taken(order_id)];
    await others.say(paid, taken);
    expect((await reading).status).toBe('confirmed');
    await eventually(() => expect(others.heardOf(order_id)).toHaveLength(2));
    const [created, confirmed] = others.heardOf(order_id);
    expect(created).toMatchObject({ type: 'order_created', sequence: 1, source: '/order-service' });
    expect(created?.cause).toMatchObject({ correlationId: '019aab12-4c00-7a01-8f00-5d2f6f1c0a08' });
    expect(created?.cause.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
    expect(created?.payload).toEqual({
      order_number: expect.stringMatching(ORDER_NUMBER),
      user_id: 'user_123',
      payment_method: 'credit_card',
      currency: 'USD',
      total_amount: 1299.99,
      items: [{ product_id: 'LAPTOP001', product_name: 'Gaming Laptop', quantity: 1, price: 1299.99 }],
    });
    expect(confirmed).toMatchObject({ type: 'order_confirmed', sequence: 2 });
    expect(confirmed?.cause).toEqual({ correlationId: '019aab12-4c00-7a01-8f00-5d2f6f1c0a08', causationId: taken.id });
    const { body } = await service.get<{ events: object[] }>(`/orders/${order_id}/events`);
    const { items } = created?.payload as { items: object[] };
    const ordered = { payment_method: 'credit_card', currency: 'USD', total_amount: 1299.99, items };
    expect(body.events).toMatchObject([
      { event: 'order_created', actor: 'customer', details: ordered },
      { event: 'payment_successful', actor: 'payment-service', cause: paid.id, details: { amount: 1299.99 } },
      { event: 'stock_taken', actor: 'inventory-service', cause: taken.id, details: null },
    ]);
  });
});

describe('an order that cannot be fulfilled', () => {
  it.each([
    ['payment_failed', anEventOf.refused, { decline_reason: 'declined' }],
    ['out_of_stock', anEventOf.short, { shortages: SHORTAGES }],
  ] as const)('is cancelled as %s and says why, which tells the others to give back', async (reason, trouble, why) => {
    const { order_id } = await service.place();
    await others.say(trouble(order_id));
    expect(await settled(order_id)).toMatchObject({ status: 'cancelled', cancellation_reason: reason, ...why });
    // Once more, from the cache.
    expect((await service.get(`/orders/${order_id}`)).body).toMatchObject(why);
    const { body } = await service.get<{ events: object[] }>(`/orders/${order_id}/events`);
    expect(body.events.at(-1)).toMatchObject({ details: why });
    await eventually(() =>
      expect(others.heardOf(order_id).at(-1)).toMatchObject({
        type: 'order_cancelled',
        sequence: 2,
        payload: { reason, ...why, user_id: 'user_123', payment_method: 'credit_card', total_amount: 1299.99 },
      }),
    );
  });
});

describe('a confirmed order whose money somebody gives back at the gateway', () => {
  async function aConfirmedOrder(): Promise<string> {
    const { order_id } = await service.place();
    await confirm(order_id);
    return order_id;
  }

  it('stands when it was a part, which is noted, and is cancelled when it was all, which is said', async () => {
    const orderId = await aConfirmedOrder();
    await others.say(anEventOf.adjusted(orderId));
    await eventually(async () => expect(await service.steps(orderId)).toContain('payment_adjusted'));
    expect((await settled(orderId)).status).toBe('confirmed');
    await others.say(anEventOf.reversed(orderId));
    await eventually(async () =>
      expect(await settled(orderId)).toMatchObject({ status: 'cancelled', cancellation_reason: 'payment_failed' }),
    );
    expect((await service.steps(orderId)).at(-1)).toBe('payment_reversed');
    const payload = { reason: 'payment_failed', detail: 'payment_reversed' };
    await eventually(() => expect(others.heardOf(orderId).at(-1)).toMatchObject({ type: 'order_cancelled', payload }));
    expect((await settled(orderId)).decline_reason).toBeUndefined();
  });

  it('is cancelled once when its customer cancels it meanwhile', async () => {
    const orderId = await aConfirmedOrder();
    await service.post(`/orders/${orderId}/cancel`);
    await others.say(anEventOf.adjusted(orderId), anEventOf.reversed(orderId));
    await eventually(async () => expect(await service.steps(orderId)).toHaveLength(6));
    expect(await settled(orderId)).toMatchObject({ cancellation_reason: 'cancelled_by_customer' });
    const told = others.heardOf(orderId).map(({ type }) => type);
    expect(told).toEqual(['order_created', 'order_confirmed', 'order_cancelled']);
  });
});

describe('an event that comes out of order', () => {
  it('confirms the order when it is about the stock and comes before the payment', async () => {
    const { order_id } = await service.place();
    await others.say(anEventOf.taken(order_id));
    expect((await settled(order_id)).status).toBe('confirmed');
    await others.say(anEventOf.paid(order_id));
    await eventually(async () => expect(await service.steps(order_id)).toContain('payment_successful'));
    expect((await settled(order_id)).status).toBe('confirmed');
  });

  it('has its effect once when it comes three times', async () => {
    const { order_id } = await service.place();
    const [paid, taken] = [anEventOf.paid(order_id), anEventOf.taken(order_id)];
    await others.say(paid, paid, taken, paid, taken, taken);
    await settled(order_id);
    const last = anEventOf.paid(order_id);
    await others.say(last);
    await eventually(async () => {
      const { body } = await service.get<{ events: { cause: string }[] }>(`/orders/${order_id}/events`);
      expect(body.events.at(-1)?.cause).toBe(last.id);
    });
    expect(await service.steps(order_id)).toEqual([
      'order_created',
      'payment_successful',
      'stock_taken',
      'payment_successful',
    ]);
    expect(others.heardOf(order_id).map(({ type }) => type)).toEqual(['order_created', 'order_confirmed']);
  });

  it('is noted once and changes nothing when it is about a capture, whatever overtakes it', async () => {
    const { order_id } = await service.place();
    const captured = anEventOf.captured(order_id);
    // A confirmation is what a capture waits for: of the events of others, that of the payment alone may come after it.
    await others.say(anEventOf.taken(order_id));
    await settled(order_id);
    await others.say(captured, captured, anEventOf.paid(order_id), captured);
    await eventually(async () => expect(await service.steps(order_id)).toHaveLength(4));
    expect((await service.steps(order_id)).toSorted()).toEqual(
      ['order_created', 'stock_taken', 'payment_captured', 'payment_successful'].toSorted(),
    );
    expect((await service.get(`/orders/${order_id}`)).body.status).toBe('confirmed');
    expect(others.heardOf(order_id).map(({ type }) => type)).toEqual(['order_created', 'order_confirmed']);
  });

  it('is noted and brings nothing back to life when the customer has cancelled', async () => {
    const { order_id } = await service.place();
    await service.post(`/orders/${order_id}/cancel`);
    const late = [anEventOf.paid, anEventOf.taken, anEventOf.captured, anEventOf.returned, anEventOf.refunded].map(
      (make) => make(order_id),
    );
    await others.say(...late);
    await eventually(async () => expect(await service.steps(order_id)).toHaveLength(7));
    expect(await settled(order_id)).toMatchObject({ cancellation_reason: 'cancelled_by_customer' });
    expect(others.heardOf(order_id).map(({ type }) => type)).toEqual(['order_created', 'order_cancelled']);
  });
});

describe('an event that cannot be true', () => {
  it.each(['refunded', 'captured'] as const)(
    'becomes a dead letter, and other orders do not notice: %s',
    async (kind) => {
      const [broken, good] = [await service.place(), await service.place()];
      const impossible = anEventOf[kind](broken.order_id);
      await others.say(impossible, anEventOf.paid(good.order_id), anEventOf.taken(good.order_id));
      expect((await settled(good.order_id)).status).toBe('confirmed');
      await eventually(async () => {
        const rows = await service.rows('SELECT status, reason, error_class FROM failed_messages WHERE event_id = $1', [
          impossible.id,
        ]);
        expect(rows).toEqual([{ status: 'dead_lettered', reason: 'handler_failed', error_class: expect.any(String) }]);
      });
      expect((await service.get(`/orders/${broken.order_id}`)).body.status).toBe('pending');
    },
  );
});

describe('an event that is not about the order as it was placed', () => {
  it('becomes a dead letter and changes nothing, whatever it is about and whatever of it is wrong', async () => {
    const placed = await Promise.all(
      WRONGS.map(async ([kind, what, wrong]) => {
        const { order_id } = await service.place();
        // What may only happen to a confirmed order would be refused for that reason.
        if (!['paid', 'refused', 'taken', 'short'].includes(kind)) await confirm(order_id);
        return { order_id, what, steps: await service.steps(order_id), right: anEventOf[kind](order_id), wrong };
      }),
    );
    for (const { right, wrong } of placed) await others.say({ ...right, payload: { ...right.payload, ...wrong } });
    for (const { order_id, what, right, steps } of placed) {
      await eventually(async () => {
        const rows = await service.rows('SELECT status, error_message FROM failed_messages WHERE event_id = $1', [
          right.id,
        ]);
        expect(rows).toEqual([
          { status: 'dead_lettered', error_message: expect.stringContaining(`it has another ${what}.`) },
        ]);
      });
      expect(await service.steps(order_id)).toEqual(steps);
    }
  });

  it('does not keep the order waiting for what is true', async () => {
    const { order_id } = await service.place();
    const forged = anEventOf.paid(order_id);
    await others.say({ ...forged, payload: { ...forged.payload, user_id: 'mallory' } });
    await eventually(async () => {
      const rows = await service.rows('SELECT status FROM failed_messages WHERE event_id = $1', [forged.id]);
      expect(rows).toEqual([{ status: 'dead_lettered' }]);
    });
    await confirm(order_id);
  });

  it('is refused as well when it comes from another service', async () => {
    const { order_id } = await service.place();
    const forged = { ...anEventOf.paid(order_id), source: '/order-service' };
    await others.say(forged);
    await eventually(async () => {
      const rows = await service.rows(
        `SELECT status, reason FROM failed_messages WHERE convert_from(key, 'UTF8') = $1`,
        [order_id],
      );
      expect(rows).toEqual([{ status: 'dead_lettered', reason: 'invalid' }]);
    });
    expect(await service.steps(order_id)).toEqual(['order_created']);
  });
});

describe('all of it', () => {
  it('is in the audit trails, and they vouch for their orders', async () => {
    expect(await service.auditProblems()).toEqual([]);
  });
});
