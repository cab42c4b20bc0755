import { eventually } from '@app/testing';
import { RunningOrderService } from '../../test/running-order-service';

let service: RunningOrderService;
let replica: RunningOrderService;
beforeAll(async () => {
  const env = { ORDER_DEADLINE_MS: '400', ORDER_DEADLINE_SWEEP_MS: '50' };
  service = await RunningOrderService.start({ env });
  replica = await RunningOrderService.start({ env }, service.database);
});
afterAll(async () => {
  await replica.stop();
  await service.stop();
});

describe('an order that is not settled by its deadline', () => {
  it('is cancelled by the clock, once, however many replicas look', async () => {
    const placed = await Promise.all(Array.from({ length: 250 }, () => service.place({ user_id: 'late' })));
    const { order_id } = placed[0]!;
    await eventually(async () => {
      const [open] = await service.rows<{ n: number }>(
        `SELECT count(*)::int AS n FROM orders WHERE status <> 'cancelled'`,
      );
      expect(open?.n).toBe(0);
    });
    const { body } = await service.get(`/orders/${order_id}?wait=10s`);
    expect(body).toMatchObject({ status: 'cancelled', cancellation_reason: 'timed_out' });
    const trail = await service.get<{ events: object[] }>(`/orders/${order_id}/events`);
    expect(trail.body.events).toMatchObject([{}, { event: 'deadline_passed', actor: 'clock', cause: null }]);
    const [announced] = await service.rows<{ n: number; orders: number }>(
      `SELECT count(*)::int AS n, count(DISTINCT aggregateid)::int AS orders FROM outbox WHERE type = 'order_cancelled'`,
    );
    expect(announced).toEqual({ n: 250, orders: 250 });
    expect(await service.auditProblems()).toEqual([]);
  });
});

describe('an order that was settled in time', () => {
  it('is left alone', async () => {
    const [confirmed, late] = [await service.place(), await service.place()];
    await service.advance(confirmed.order_id, 'payment_successful', 'stock_taken');
    await service.get(`/orders/${late.order_id}?wait=10s`);
    expect((await service.get(`/orders/${confirmed.order_id}`)).body.status).toBe('confirmed');
    expect(await service.steps(confirmed.order_id)).not.toContain('deadline_passed');
  });
});

describe('an idempotency key', () => {
  it('is forgotten after its time and not before', async () => {
    const keep = { 'idempotency-key': 'young' };
    await service.place({}, keep);
    await service.rows(
      `INSERT INTO idempotency_keys SELECT 'old ' || n, '', gen_random_uuid(), 201, '{}', now() - interval '25 hours'
       FROM generate_series(1, 2500) AS n`,
    );
    const fresh = await RunningOrderService.start({ env: { ORDER_DEADLINE_SWEEP_MS: '50' } }, service.database);
    const forgotten = eventually(async () => {
      expect(await service.rows('SELECT key FROM idempotency_keys')).toEqual([{ key: 'young' }]);
    });
    await forgotten.finally(() => fresh.stop());
  });
});
