import { deepFreeze } from '@app/testing';
import fc from 'fast-check';
import { anOpenOrder, LINES, placedFact, PLACED_AT, storedAs, USER_SALT } from '../../test/orders';
import { appendFact, EMPTY_CHAIN, placedEntry, type AuditEntry } from './audit-trail';
import { verifyTrail } from './audit-verification';
import { isSettled, type Order } from './order';
import { stepOrder, type Announcement, type OrderTrigger } from './order-lifecycle';

/**
 * The other services, as the order service may see them: each keeps its word, but nobody knows when it acts, and its events
 * travel for as long as they like, overtake those of others and arrive more than once.
 */
class World {
  order: Order = deepFreeze(anOpenOrder());
  readonly trail: AuditEntry[] = [placedEntry(anOpenOrder(), LINES, USER_SALT, 'customer')];
  readonly announced: Announcement[] = [];
  private readonly happened = new Set<OrderTrigger>();
  private readonly travelling: OrderTrigger[] = [];
  private readonly delivered: OrderTrigger[] = [];
  private ticks = 0;

  /** Everything that could happen next. */
  possible(): (() => void)[] {
    return [...this.deeds(), ...this.deliveries(), ...this.ownTriggers()];
  }

  /** Lets whatever travels arrive, and the deadline pass. */
  comeToRest(): void {
    for (let [next] = this.deliveries(); next !== undefined; [next] = this.deliveries()) next();
    this.receive('deadline_passed');
    for (const deed of this.duties()) deed();
    for (let [next] = this.deliveries(); next !== undefined; [next] = this.deliveries()) next();
  }

  private deeds(): (() => void)[] {
    const { happened } = this;
    const deeds: (() => void)[] = [];
    const may = (condition: boolean, ...outcomes: OrderTrigger[]): void => {
      for (const outcome of outcomes) if (condition && !happened.has(outcome)) deeds.push(() => this.publish(outcome));
    };
    const paymentDecided = happened.has('payment_successful') || happened.has('payment_failed');
    may(!paymentDecided, 'payment_successful', 'payment_failed');
    const stockDecided = happened.has('stock_taken') || happened.has('inventory_insufficient');
    may(happened.has('payment_successful') && !stockDecided, 'stock_taken', 'inventory_insufficient');
    // The capture of a confirmed order fails.
    const isConfirmed = happened.has('payment_successful') && this.announced.includes('order_confirmed');
    const isCaptured = happened.has('payment_captured');
    may(isConfirmed && !isCaptured, 'payment_failed');
    const isOver = happened.has('payment_failed') || happened.has('payment_refunded');
    may(isConfirmed && !isOver, 'payment_captured');
    // Somebody gives money back at the gateway, a part or all of it, or the bank does.
    may(isCaptured && !isOver && !happened.has('payment_reversed'), 'payment_adjusted', 'payment_reversed');
    return [...deeds, ...this.duties()];
  }

  /** What a cancellation obliges the others to. */
  private duties(): (() => void)[] {
    if (!this.announced.includes('order_cancelled')) return [];
    const owed: OrderTrigger[] = [];
    if (this.happened.has('payment_successful') && !this.happened.has('payment_reversed'))
      owed.push('payment_refunded');
    if (this.happened.has('stock_taken')) owed.push('stock_returned');
    return owed.filter((deed) => !this.happened.has(deed)).map((deed) => () => this.publish(deed));
  }

  private deliveries(): (() => void)[] {
    const first = this.travelling.filter((trigger, index) => {
      // One topic, one key: Kafka keeps the order of these two.
      return trigger !== 'stock_returned' || !this.travelling.slice(0, index).includes('stock_taken');
    });
    return first.map((trigger) => () => {
      this.travelling.splice(this.travelling.indexOf(trigger), 1);
      this.delivered.push(trigger);
      this.receive(trigger);
    });
  }

  private ownTriggers(): (() => void)[] {
    const repeated = this.delivered.map((trigger) => () => this.receive(trigger));
    return [() => this.receive('cancel_requested'), () => this.receive('deadline_passed'), ...repeated];
  }

  private publish(trigger: OrderTrigger): void {
    this.happened.add(trigger);
    this.travelling.push(trigger);
  }

  private receive(trigger: OrderTrigger): void {
    const from = this.order;
    const now = new Date(PLACED_AT.getTime() + (this.ticks += 1));
    const step = stepOrder(from, trigger, now);
    if (step.kind === 'ignored') return;
    this.order = deepFreeze(step.order);
    const reason = step.kind === 'moved' && step.order.status === 'cancelled' ? step.order.reason : null;
    const fact = { ...placedFact(), event: trigger, from: from.status, to: step.order.status, reason, occurredAt: now };
    this.trail.push(appendFact(this.trail.at(-1) ?? EMPTY_CHAIN, fact));
    if (step.kind === 'moved' && step.announces !== undefined) this.announced.push(step.announces);
  }

  get facts(): ReadonlySet<OrderTrigger> {
    return this.happened;
  }
}

function live(choices: readonly number[]): World {
  const world = new World();
  for (const choice of choices) {
    const possible = world.possible();
    possible[choice % possible.length]?.();
  }
  return world;
}

const choices = fc.array(fc.nat({ max: 1_000 }), { maxLength: 40 });

describe('an order in a world that keeps its word', () => {
  it('is never refused anything, and its trail vouches for it at every moment', () => {
    fc.assert(
      fc.property(choices, (chosen) => {
        const { order, trail } = live(chosen);
        const { number, hash } = trail.at(-1)!;
        expect(verifyTrail(storedAs(order), { number, hash }, trail)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('comes to rest, each outcome announced once, the cancellation last', () => {
    fc.assert(
      fc.property(choices, (chosen) => {
        const world = live(chosen);
        world.comeToRest();
        expect(isSettled(world.order)).toBe(true);
        const ends =
          world.order.status === 'confirmed'
            ? [['order_confirmed']]
            : [['order_confirmed', 'order_cancelled'], ['order_cancelled']];
        expect(ends).toContainEqual(world.announced);
      }),
      { numRuns: 500 },
    );
  });

  it('is confirmed only when money is held, stock is taken and neither was given back', () => {
    fc.assert(
      fc.property(choices, (chosen) => {
        const world = live(chosen);
        world.comeToRest();
        if (world.order.status !== 'confirmed') return;
        const { facts } = world;
        expect(facts.has('payment_successful') && facts.has('stock_taken')).toBe(true);
        expect(facts.has('payment_failed') || facts.has('payment_refunded') || facts.has('stock_returned')).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});
