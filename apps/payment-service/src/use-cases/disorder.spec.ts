import fc from 'fast-check';
import { minorUnitsOf } from '@app/events';
import {
  decidePayment,
  type GatewayHint,
  type GatewayInput,
  type OrderInput,
  type PaymentInput,
} from '../domain/decide-payment';
import type { GatewayOutcome } from '../domain/gateway-outcome';
import { callFor, handOver, isFreshlyDue, statusOf, type GatewayCall, type Payment } from '../domain/payment';
import type { Announcement } from '../domain/payment-announcement';
import { CONTEXT, deepFreeze, news, NOON, ORDER_ID } from '../domain/payment.builder';
import { isUnwanted } from '../domain/payment-stage';
import { answerOf, authorizationOutcome, judge, moneyIn, type LedgerEntry } from '../gateway/simulator-rules';

const LEASE_MS = 30_000;
const TIMEOUT_MS = 5_000;

/** One order, its payment, the gateway with its books, and workers that are slow, die, or lose answers. */
class World {
  payment: Payment | undefined;
  readonly told: Announcement[] = [];
  readonly books: LedgerEntry[] = [];
  readonly calls: { call: GatewayCall; lease: Date }[] = [];
  readonly answers: GatewayInput[] = [];
  /** What the gateway tells of its own accord, on its way. */
  readonly hints: GatewayHint[] = [];
  cancellationIsKnown = false;
  private now = NOON.getTime();

  constructor(readonly events: OrderInput[]) {}

  hear(input: PaymentInput, hasRoom: boolean): void {
    this.cancellationIsKnown ||= input.kind === 'order_cancelled';
    const decision = decidePayment(this.payment, input, { ...CONTEXT, now: this.time() });
    for (const announcement of decision.announcements) this.check(announcement);
    this.told.push(...decision.announcements);
    this.payment = deepFreeze(decision.payment);
    if (hasRoom && isFreshlyDue(this.payment)) this.give(handOver(this.payment, this.time(), this.leaseEnd()));
  }

  pass(ms: number): void {
    this.now += ms;
    const operation = this.payment?.operation;
    if (
      this.payment === undefined ||
      operation === undefined ||
      operation === null ||
      operation.dueAt.getTime() > this.now
    )
      return;
    const claimed = { ...operation, dueAt: this.leaseEnd() };
    this.give({
      ...this.payment,
      operation: isUnwanted(this.payment.stage) ? claimed : { ...claimed, sentAt: this.time() },
    });
  }

  /** @param fate 0: the gateway is not reached; 1: the answer is lost; 2: the worker dies; otherwise all is well. */
  perform(index: number, fate: number): void {
    const [made] = this.calls.splice(index, 1);
    if (made === undefined) return;
    const { call, lease } = made;
    const isLate = lease.getTime() - this.now < TIMEOUT_MS;
    const outcome: GatewayOutcome = fate === 0 ? { kind: 'unavailable' } : this.ask(call);
    // A worker that was frozen past its lease may still act, but then it also lives to tell.
    if (fate === 2 && !isLate) return;
    const known: GatewayOutcome = fate === 1 && call.manner === 'send' ? { kind: 'outcome_unknown' } : outcome;
    this.answers.push({ kind: 'gateway', orderId: ORDER_ID, lease, outcome: known });
  }

  end(): void {
    for (let round = 0; round < 20; round += 1) {
      for (const event of this.events.splice(0)) this.hear(event, true);
      for (const hint of this.hints.splice(0)) this.hear(hint, true);
      while (this.calls.length > 0) this.perform(0, 9);
      for (const answer of this.answers.splice(0)) this.hear(answer, true);
      this.pass(41_000);
    }
  }

  money(): { held: number; captured: number; refunded: number } {
    const sum = (outcome: string) =>
      this.books.reduce((total, entry) => total + (entry.outcome === outcome ? entry.amount : 0), 0);
    const [captured, refunded] = [sum('captured'), sum('refunded')];
    return { held: sum('authorized') - captured - sum('voided'), captured, refunded };
  }

  /** Somebody at the gateway gives money back, a part or all that is left, and the gateway will say so. */
  refundByHand(share: number): void {
    const { captured, returned } = moneyIn(this.books);
    const left = captured - returned;
    const amount = minorUnitsOf(Math.min(left, share));
    if (amount === 0) return;
    const idempotencyKey = `${ORDER_ID}:operator:${this.books.length}`;
    const request = { operation: 'refund', idempotencyKey, reference: 'hold-1', currency: 'USD' } as const;
    const ruling = judge({ ...request, amount, byOperator: true }, this.books);
    if (ruling.kind !== 'write') throw new Error('an operator was refused what was left');
    this.book(ruling.entry);
    this.hints.push({ kind: 'money_moved', orderId: ORDER_ID });
  }

  private check(news: Announcement): void {
    const { type } = news;
    const isPart = type === 'payment_adjusted';
    if (!isPart && this.told.some((before) => before.type === type)) throw new Error(`${type} is announced twice`);
    if (type !== 'payment_refunded' && this.cancellationIsKnown) throw new Error(`${type} after the cancellation`);
    if (type !== 'payment_refunded' || this.cancellationIsKnown) return;
    if (news.payload.initiator === undefined) throw new Error('refunded before the cancellation');
    // The order service cancels an order whose money is gone.
    this.events.push(CANCELLATION);
  }

  private give(payment: Payment): void {
    this.payment = deepFreeze(payment);
    this.calls.push({ call: callFor(payment), lease: payment.operation?.dueAt ?? this.time() });
  }

  private ask(call: GatewayCall): GatewayOutcome {
    const stored = this.books.find(({ idempotencyKey }) => idempotencyKey === call.idempotencyKey);
    if (stored !== undefined) return answerOf(stored);
    if (call.manner === 'only_ask') return { kind: 'nothing_found' };
    const { idempotencyKey, amount, currency, paymentMethod, operation } = call;
    if (operation === 'inspect') return { kind: 'inspected', ...moneyIn(this.books) };
    const facts = { idempotencyKey, amount, currency };
    if (operation === 'authorize') {
      const outcome = authorizationOutcome(paymentMethod);
      return this.book({ ...facts, operation, reference: 'hold-1', outcome, paymentMethod });
    }
    const ruling = judge({ ...facts, operation, reference: call.reference ?? '' }, this.books);
    return ruling.kind === 'write' ? this.book(ruling.entry) : ruling.answer;
  }

  private book(entry: LedgerEntry): GatewayOutcome {
    this.books.push(entry);
    return answerOf(entry);
  }

  private time(): Date {
    return new Date(this.now);
  }

  private leaseEnd(): Date {
    return new Date(this.now + LEASE_MS);
  }
}

const CANCELLATION = news('order_cancelled');
const KINDS = { created: 'order_created', confirmed: 'order_confirmed', cancelled: 'order_cancelled' } as const;

/** Anything that happens: which event, call or answer is next, how long it takes, and how it ends. */
const happening = fc.oneof(
  fc.record({ what: fc.constant('event' as const), pick: fc.nat(9), luck: fc.nat(3) }),
  fc.record({ what: fc.constant('call' as const), pick: fc.nat(9), luck: fc.nat(5) }),
  fc.record({ what: fc.constant('answer' as const), pick: fc.nat(9), luck: fc.nat(3) }),
  fc.record({ what: fc.constant('hint' as const), pick: fc.nat(9), luck: fc.nat(3) }),
  fc.record({ what: fc.constant('operator' as const), pick: fc.constantFrom(1, 400, 4250), luck: fc.nat(3) }),
  fc.record({ what: fc.constant('time' as const), pick: fc.constantFrom(1, 400, 6_000, 45_000), luck: fc.nat(3) }),
);

type Happening = typeof happening extends fc.Arbitrary<infer Value> ? Value : never;

function live(
  method: string,
  kinds: readonly (keyof typeof KINDS)[],
  script: readonly Happening[],
  { hands = false } = {},
) {
  const events = kinds.map((kind) => {
    const event = news(KINDS[kind]);
    return event.paymentMethod === undefined ? event : deepFreeze({ ...event, paymentMethod: method });
  });
  const world = new World([...events]);
  for (const { what, pick, luck } of script) {
    if (what === 'time') world.pass(pick);
    else if (what === 'call') world.perform(pick % (world.calls.length || 1), luck);
    else if (what === 'operator') {
      if (hands) world.refundByHand(pick);
    } else {
      const waiting: PaymentInput[] = { event: world.events, answer: world.answers, hint: world.hints }[what];
      const [input] = waiting.splice(pick % (waiting.length || 1), 1);
      if (input === undefined) continue;
      world.hear(input, luck > 0);
      // Kafka and gateways deliver at least once.
      if (luck === 3 && what !== 'answer') waiting.push(input);
    }
  }
  world.end();
  return world;
}

const methods = fc.constantFrom('credit_card', 'test_declined', 'test_capture_fails');
const script = fc.array(happening, { maxLength: 40 });
const property = (
  kinds: readonly (keyof typeof KINDS)[],
  holds: (world: World, method: string) => void,
  options: { hands?: boolean } = {},
) =>
  fc.assert(
    fc.property(methods, script, (method, happenings) => holds(live(method, kinds, happenings, options), method)),
    { numRuns: 3_000 },
  );

describe('whatever is delayed, repeated, lost or overtaken', () => {
  it('a confirmed order is collected once, or failed and released', () => {
    property(['created', 'confirmed'], (world, method) => {
      const isPaid = method === 'credit_card';
      expect(world.payment && statusOf(world.payment)).toBe(isPaid ? 'captured' : 'failed');
      expect(world.money()).toEqual({ held: 0, captured: isPaid ? 4250 : 0, refunded: 0 });
    });
  });

  it('an order that is not settled yet is held, and nothing else', () => {
    property(['created'], (world, method) => {
      expect(world.payment?.stage).toBe(method === 'test_declined' ? 'failed' : 'authorized');
      expect(world.money()).toEqual({ held: method === 'test_declined' ? 0 : 4250, captured: 0, refunded: 0 });
    });
  });

  it.each([
    ['before its confirmation', ['created', 'cancelled'] as const],
    ['after its confirmation', ['created', 'confirmed', 'cancelled'] as const],
  ])('an order that is cancelled %s leaves no money behind', (_when, kinds) => {
    property(kinds, (world) => {
      expect(['voided', 'refunded', 'failed', 'cancelled']).toContain(world.payment && statusOf(world.payment));
      const { held, captured, refunded } = world.money();
      expect({ held, net: captured - refunded }).toEqual({ held: 0, net: 0 });
      expect(world.payment).toMatchObject({ capturedAmount: captured, refundedAmount: refunded });
      const wasHeld = world.books.some(({ outcome }) => outcome === 'authorized');
      expect(world.told.filter(({ type }) => type === 'payment_refunded')).toHaveLength(wasHeld ? 1 : 0);
    });
  });

  it('a confirmed order whose money somebody gives back at the gateway has it on record, and is cancelled without all of it', () => {
    property(
      ['created', 'confirmed'],
      (world) => {
        const { payment } = world;
        const { held, captured, refunded } = world.money();
        expect(held).toBe(0);
        expect(payment).toMatchObject({
          capturedAmount: captured,
          refundedAmount: refunded,
          heard: false,
          operation: null,
        });
        if (captured === 0) return;
        const isAllBack = refunded === captured;
        expect(payment && [payment.stage, statusOf(payment)]).toEqual(
          isAllBack ? ['refunded', 'refunded'] : ['captured', 'captured'],
        );
        const told = world.told.filter(({ type }) => type === 'payment_refunded');
        expect(told).toHaveLength(isAllBack ? 1 : 0);
        const adjusted = world.told.flatMap((news) => (news.type === 'payment_adjusted' ? [news.payload] : []));
        expect(payment?.adjustments).toBe(adjusted.length);
        const given = adjusted.reduce((sum, { given_back }) => sum + Math.round(given_back * 100), 0);
        expect(isAllBack || given === refunded).toBe(true);
      },
      { hands: true },
    );
  });

  it('an order that is cancelled while somebody gives money back leaves none behind, and none is given back twice', () => {
    property(
      ['created', 'confirmed', 'cancelled'],
      (world) => {
        const { held, captured, refunded } = world.money();
        expect({ held, net: captured - refunded }).toEqual({ held: 0, net: 0 });
        expect(world.payment).toMatchObject({ capturedAmount: captured, refundedAmount: refunded, operation: null });
      },
      { hands: true },
    );
  });
});
