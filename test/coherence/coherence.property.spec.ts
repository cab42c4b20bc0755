import fc from 'fast-check';
import { STAGES } from '../../apps/payment-service/src/domain/payment-stage';
import { TOTAL, type Card } from './gateway.model';
import { World, type Chance } from './world.model';

const RUNS = 1_500;

const worlds = fc.record({
  card: fc.constantFrom<Card>('good', 'good', 'declined', 'can_not_be_captured'),
  stock: fc.constantFrom(100, 2, 1, 0),
  steps: fc.integer({ min: 0, max: 120 }),
  choices: fc.infiniteStream(fc.nat()),
});

interface WorldPlan {
  readonly card: Card;
  readonly stock: number;
  readonly steps: number;
  readonly choices: fc.Stream<number>;
}

function worldAtRest({ card, stock, steps, choices }: WorldPlan): World {
  const chance: Chance = { pick: (below) => (choices.next().value ?? 0) % below };
  const world = new World(card, stock, chance);
  for (let step = 0; step < steps; step += 1) world.step();
  world.comeToRest();
  return world;
}

function everyWorld(holds: (world: World) => void): void {
  fc.assert(
    fc.property(worlds, (plan) => holds(worldAtRest(plan))),
    { numRuns: RUNS },
  );
}

describe('an order whose events are delayed, reordered and repeated in every way', () => {
  it('ends confirmed with the money captured and the goods taken, or cancelled with neither', () => {
    everyWorld(({ order, payment, allocation, gateway, level, stock }) => {
      const status = payment === undefined ? undefined : STAGES[payment.stage].status;
      if (order.status === 'confirmed') {
        expect([status, allocation?.status, stock - level]).toEqual(['captured', 'taken', 2]);
        expect([gateway.captures, gateway.held, payment?.refundedAmount]).toEqual([1, false, gateway.returned]);
        expect(gateway.returned).toBeLessThan(TOTAL);
      } else {
        expect(order.status).toBe('cancelled');
        expect(['failed', 'voided', 'refunded', 'cancelled']).toContain(status);
        expect(['insufficient', 'returned', 'refused']).toContain(allocation?.status);
        expect([level, gateway.held]).toEqual([stock, false]);
        expect(gateway.captures * TOTAL).toBe(gateway.returned);
        expect(payment?.refundedAmount).toBe(gateway.returned);
      }
    });
  });

  it('is charged once at most and never sells what is not there', () => {
    everyWorld(({ gateway, level, announced }) => {
      expect(gateway.captures).toBeLessThanOrEqual(1);
      expect(announced.filter((name) => name === 'payment_captured')).toHaveLength(gateway.captures);
      expect(level).toBeGreaterThanOrEqual(0);
      for (const name of [
        'payment_successful',
        'payment_captured',
        'order_confirmed',
        'order_cancelled',
        'stock_taken',
        'stock_returned',
        'payment_refunded',
        'payment_reversed',
      ]) {
        expect(announced.filter((announcement) => announcement === name).length).toBeLessThanOrEqual(1);
      }
    });
  });

  it('tells its customer each thing once, and no good news after the bad', () => {
    everyWorld(({ order, notifications: { notifications } }) => {
      const told = notifications.map(({ type, part }) => `${type} ${part}`);
      expect(new Set(told).size).toBe(told.length);
      const cancelledAt = notifications.findIndex(({ type }) => type === 'order_cancelled');
      expect(cancelledAt >= 0).toBe(order.status === 'cancelled');
      const after = notifications.slice(cancelledAt + 1).filter(({ status }) => status === 'pending');
      if (cancelledAt >= 0) expect(after.map(({ type }) => type)).not.toContain('order_confirmed');
    });
  });
});
