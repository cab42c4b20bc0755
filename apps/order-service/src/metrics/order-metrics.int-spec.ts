import { Transactions } from '@app/messaging';
import { Metrics } from '@app/platform';
import { Scrape } from '@app/testing';
import { RunningOrderService } from '../../test/running-order-service';
import { AdvanceOrders } from '../use-cases/advance-orders';

let service: RunningOrderService;
beforeAll(async () => {
  // No sweep: what is overdue stays so.
  service = await RunningOrderService.start({ env: { ORDER_DEADLINE_SWEEP_MS: '3600000' } });
});
afterAll(() => service.stop());

async function scrape(): Promise<Scrape> {
  return new Scrape(await service.app.get(Metrics).text());
}

const transitions = (found: Scrape, from: string, to: string): number | undefined =>
  found.value('order_transitions_total', { from, to });

describe('orders', () => {
  it('are counted with each change of their state, and timed once they are settled', async () => {
    const [first, second] = [await service.place(), await service.place()];
    await service.advance(first.order_id, 'payment_successful', 'stock_taken');
    await service.advance(second.order_id, 'payment_failed');
    // What is only noted, or ignored, is no change.
    await service.advance(second.order_id, 'payment_failed', 'cancel_requested');
    const found = await scrape();
    expect(transitions(found, 'none', 'pending')).toBe(2);
    expect(transitions(found, 'pending', 'paid')).toBe(1);
    expect(transitions(found, 'paid', 'confirmed')).toBe(1);
    expect(transitions(found, 'pending', 'cancelled')).toBe(1);
    expect(found.value('order_end_to_end_seconds_count', { outcome: 'confirmed' })).toBe(1);
    expect(found.value('order_end_to_end_seconds_count', { outcome: 'cancelled' })).toBe(1);
    expect(found.value('order_end_to_end_seconds_sum', { outcome: 'confirmed' })).toBeLessThan(60);
    await service.advance(first.order_id, 'cancel_requested');
    const later = await scrape();
    expect(transitions(later, 'confirmed', 'cancelled')).toBe(1);
    // Its customer had the answer before.
    expect(later.value('order_end_to_end_seconds_count', { outcome: 'cancelled' })).toBe(1);
  });

  it('are not counted when the transaction is rolled back, and once when it is tried again', async () => {
    const { order_id: orderId } = await service.place();
    const before = transitions(await scrape(), 'pending', 'paid');
    const enqueue = (failure?: Error): Promise<void> =>
      service.app.get(Transactions).run(async (unitOfWork) => {
        await service.app
          .get(AdvanceOrders)
          .enqueue(unitOfWork, [{ orderId, trigger: 'payment_successful', actor: 'payment-service' }]);
        unitOfWork.beforeCommit(() => (failure === undefined ? Promise.resolve() : Promise.reject(failure)));
      });
    await expect(enqueue(new Error('rolled back'))).rejects.toThrow('rolled back');
    expect(transitions(await scrape(), 'pending', 'paid')).toBe(before);

    let tries = 0;
    await service.app.get(Transactions).run(async (unitOfWork) => {
      tries += 1;
      const advance = service.app.get(AdvanceOrders);
      await advance.enqueue(unitOfWork, [{ orderId, trigger: 'payment_successful', actor: 'payment-service' }]);
      // A deadlock, as PostgreSQL reports it: the transaction runs again from the start.
      if (tries === 1) unitOfWork.beforeCommit(async () => void (await unitOfWork.query(DEADLOCK)));
    });
    expect(tries).toBe(2);
    expect(transitions(await scrape(), 'pending', 'paid')).toBe((before ?? 0) + 1);
  });

  it('that wait are shown by state, with the age of the oldest, and those past their deadline', async () => {
    await service.rows(`UPDATE orders SET deadline_at = now() + interval '1 hour'`);
    const before = await scrape();
    const { order_id } = await service.place();
    await service.rows(
      `UPDATE orders SET created_at = now() - interval '10 minutes', deadline_at = now() - interval '2 minutes'
       WHERE order_id = $1`,
      [order_id],
    );
    const found = await scrape();
    const pending = { state: 'pending' };
    expect(found.value('orders_open', pending)).toBe((before.value('orders_open', pending) ?? 0) + 1);
    expect(found.value('orders_oldest_open_seconds', pending)).toBeGreaterThan(595);
    expect(found.value('orders_oldest_open_seconds', pending)).toBeLessThan(660);
    expect(before.value('due_work', { kind: 'order_deadlines' })).toBe(0);
    expect(found.value('due_work', { kind: 'order_deadlines' })).toBe(1);
    expect(found.value('due_work_oldest_seconds', { kind: 'order_deadlines' })).toBeGreaterThan(115);
    expect(found.value('due_work_oldest_seconds', { kind: 'order_deadlines' })).toBeLessThan(180);
  });
});

const DEADLOCK = `DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'deadlock_detected'; END $$`;
