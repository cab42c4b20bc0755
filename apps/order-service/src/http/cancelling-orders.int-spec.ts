import { RunningOrderService } from '../../test/running-order-service';
import type { OrderEventResponse } from './order-event.response';

interface Problem {
  readonly code: string;
  readonly errors?: readonly { readonly pointer: string }[];
}

let service: RunningOrderService;
beforeAll(async () => void (service = await RunningOrderService.start()));
afterAll(() => service.stop());

const REASON = 'Ordered twice: sorry, Zoë';

async function cancelledWith(body?: unknown) {
  const { order_id } = await service.place();
  return { order_id, answer: await service.post(`/orders/${order_id}/cancel`, body) };
}

async function lastEvent(orderId: string): Promise<OrderEventResponse | undefined> {
  const { body } = await service.get<{ events: OrderEventResponse[] }>(`/orders/${orderId}/events`);
  return body.events.at(-1);
}

describe('an order that its customer cancels with a reason', () => {
  it('shows it, in every answer and in its trail, and publishes nothing of it', async () => {
    const { order_id, answer } = await cancelledWith({ reason: REASON });
    expect(answer).toMatchObject({ status: 200, body: { status: 'cancelled', customer_reason: REASON } });
    expect((await service.get(`/orders/${order_id}`)).body.customer_reason).toBe(REASON);
    expect(await lastEvent(order_id)).toMatchObject({
      event: 'cancel_requested',
      actor: 'customer',
      reason: 'cancelled_by_customer',
      details: { customer_reason: REASON },
    });
    const rows = await service.rows(
      `SELECT payload::text FROM outbox WHERE aggregateid = $1 AND type = 'order_cancelled'`,
      [order_id],
    );
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toMatch(/twice|Zo|customer_reason/);
    const trail = await service.rows('SELECT details FROM order_events WHERE order_id = $1 AND number = 2', [order_id]);
    expect(JSON.stringify(trail)).not.toContain('twice');
  });

  it('keeps the reason that was given first', async () => {
    const { order_id, answer } = await cancelledWith({ reason: REASON });
    const again = await service.post(`/orders/${order_id}/cancel`, { reason: 'Never ordered' });
    expect(again.body).toEqual(answer.body);
    expect(await service.steps(order_id)).toEqual(['order_created', 'cancel_requested']);
    const without = await cancelledWith();
    await service.post(`/orders/${without.order_id}/cancel`, { reason: 'Too late' });
    expect((await service.get(`/orders/${without.order_id}`)).body).not.toHaveProperty('customer_reason');
  });

  it('may say nothing', async () => {
    for (const body of [undefined, {}, { reason: null }]) {
      const { order_id, answer } = await cancelledWith(body);
      expect(answer).toMatchObject({ status: 200, body: { status: 'cancelled' } });
      expect(answer.body).not.toHaveProperty('customer_reason');
      expect((await lastEvent(order_id))?.details).toBeNull();
    }
    const { order_id } = await service.place();
    const form = { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: '' };
    expect((await service.get(`/orders/${order_id}/cancel`, form)).status).toBe(200);
  });

  it.each<[string, unknown, string]>([
    ['is empty', { reason: '' }, '/reason'],
    ['is white space', { reason: '   ' }, '/reason'],
    ['is too long', { reason: 'x'.repeat(201) }, '/reason'],
    ['has a line break', { reason: 'one\ntwo' }, '/reason'],
    ['turns the text around it', { reason: 'evil\u202Etxt' }, '/reason'],
    ['is no text', { reason: 7 }, '/reason'],
    ['has company', { reason: REASON, refund: true }, '/refund'],
    ['is not in an object', [REASON], ''],
  ])('is refused when it %s, and the order goes on', async (_what, body, pointer) => {
    const { order_id, answer } = await cancelledWith(body);
    const { code, errors } = answer.body as unknown as Problem;
    expect([answer.status, code, errors?.[0]?.pointer]).toEqual([400, 'REQUEST.INVALID', pointer]);
    expect((await service.get(`/orders/${order_id}`)).body.status).toBe('pending');
  });

  it('has two hundred characters for it', async () => {
    const reason = '📦'.repeat(200);
    expect((await cancelledWith({ reason })).answer.body.customer_reason).toBe(reason);
  });

  it('has a trail that vouches for the reason until somebody changes it', async () => {
    const { order_id } = await cancelledWith({ reason: REASON });
    expect(await service.auditProblems()).toEqual([]);
    await service.rows(`UPDATE orders SET customer_reason = 'Never ordered' WHERE order_id = $1`, [order_id]);
    expect(await service.auditProblems()).toEqual([`${order_id}: the reason that the customer gave has changed`]);
    await service.rows(`UPDATE orders SET customer_reason = $2 WHERE order_id = $1`, [order_id, REASON]);
  });
});

/** As the version before would have stored the order: without details, and with the hash of that. */
async function asBefore(orderId: string): Promise<void> {
  const content = `format('["%s","%s",1,"order_created",null,"pending",null,"customer",null,"%s","%s"]', previous_hash, order_id,
    correlation_id, to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))`;
  await service.rows(
    `UPDATE order_events SET details = NULL, hash = encode(sha256(convert_to(${content}, 'UTF8')), 'hex') WHERE order_id = $1`,
    [orderId],
  );
  await service.rows(
    `UPDATE orders o SET user_salt = NULL, last_event_hash = hash FROM order_events e
     WHERE o.order_id = $1 AND e.order_id = o.order_id`,
    [orderId],
  );
}

describe('an order of the version before', () => {
  it('is cancelled with a reason like any other, and its trail is valid', async () => {
    const { order_id } = await service.place();
    await asBefore(order_id);
    expect(await service.auditProblems()).toEqual([]);
    await service.post(`/orders/${order_id}/cancel`, { reason: REASON });
    expect((await lastEvent(order_id))?.details).toEqual({ customer_reason: REASON });
    expect(await service.auditProblems()).toEqual([]);
  });
});

describe('an order whose trail somebody has damaged', () => {
  it('is still read, with what is left, and so is the trail', async () => {
    const { order_id } = await cancelledWith({ reason: REASON });
    await service.rows(`UPDATE order_events SET details = '{"broken' WHERE order_id = $1`, [order_id]);
    const { body } = await service.get<{ orders: object[] }>('/orders?status=cancelled&limit=100');
    expect(body.orders).toContainEqual(expect.objectContaining({ order_id }));
    expect((await lastEvent(order_id))?.details).toBeNull();
    expect((await service.auditProblems()).join()).toContain('entry 1 is not what its hash says');
  });
});
