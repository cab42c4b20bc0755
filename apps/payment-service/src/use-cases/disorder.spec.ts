import fc from 'fast-check';
import { decidePayment, type GatewayInput, type OrderInput, type PaymentInput } from '../domain/decide-payment';
import type { GatewayOutcome } from '../domain/gateway-outcome';
import { callFor, handOver, isFreshlyDue, statusOf, type GatewayCall, type Payment } from '../domain/payment';
import type { Announcement } from '../domain/payment-announcement';
import { CONTEXT, deepFreeze, news, NOON, ORDER_ID } from '../domain/payment.builder';
import { isUnwanted } from '../domain/payment-stage';
import { answerOf, authorizationOutcome, judge, type LedgerEntry } from '../gateway/simulator-rules';

const LEASE_MS = 30_000;
const TIMEOUT_MS = 5_000;

/** One order, its payment, the gateway with its books, and workers that are slow, die, or lose answers. */
class World {
  payment: Payment | undefined;
  readonly told: Announcement[] = [];
  readonly books: LedgerEntry[] = [];
  readonly calls: { call: GatewayCall; lease: Date }[] = [];
  readonly answers: GatewayInput[] = [];
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
      while (this.calls.length > 0) this.perform(0, 9);
      for (const answer of this.answers.splice(0)) this.hear(answer, true);
      this.pass(41_000);
    }
  }

  money(): { held: number; captured: number; refunded: number } {
    const count = (outcome: string) => this.books.filter((entry) => entry.outcome === outcome).length;
    const [captured, refunded] = [count('captured'), count('refunded')];
    return { held: count('authorized') - captured - count('voided'), captured, refunded };
  }

  private check({ type }: Announcement): void {
    if (this.told.some((before) => before.type === type)) throw new Error(`${type} is announced twice`);
    if (type === 'payment_refunded' && !this.cancellationIsKnown) throw new Error('refunded before the cancellation');
    if (type !== 'payment_refunded' && this.cancellationIsKnown) throw new Error(`${type} after the cancellation`);
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

const KINDS = { created: 'order_created', confirmed: 'order_confirmed', cancelled: 'order_cancelled' } as const;

/** Anything that happens: which event, call or answer is next, how long it takes, and how it ends. */
const happening = fc.oneof(
  fc.record({ what: fc.constant('event' as const), pick: fc.nat(9), luck: fc.nat(3) }),
  fc.record({ what: fc.constant('call' as const), pick: fc.nat(9), luck: fc.nat(5) }),
  fc.record({ what: fc.constant('answer' as const), pick: fc.nat(9), luck: fc.nat(3) }),
  fc.record({ what: fc.constant('time' as const), pick: fc.constantFrom(1, 400, 6_000, 45_000), luck: fc.nat(3) }),
);

type Happening = typeof happening extends fc.Arbitrary<infer Value> ? Value : never;

function live(method: string, kinds: readonly (keyof typeof KINDS)[], script: readonly Happening[]) {
  const events = kinds.map((kind) => {
    const event = news(KINDS[kind]);
    return event.paymentMethod === undefined ? event : deepFreeze({ ...event, paymentMethod: method });
  });
  const world = new World([...events]);
  for (const { what, pick, luck } of script) {
    if (what === 'time') world.pass(pick);
    else if (what === 'call') world.perform(pick % (world.calls.length || 1), luck);
    else {
      const waiting: PaymentInput[] = what === 'event' ? world.events : world.answers;
      const [input] = waiting.splice(pick % (waiting.length || 1), 1);
      if (input === undefined) continue;
      world.hear(input, luck > 0);
      // Kafka delivers at least once.
      if (luck === 3 && what === 'event') world.events.push(input as OrderInput);
    }
  }
  world.end();
  return world;
}

const methods = fc.constantFrom('credit_card', 'test_declined', 'test_capture_fails');
const script = fc.array(happening, { maxLength: 40 });
const property = (kinds: readonly (keyof typeof KINDS)[], holds: (world: World, method: string) => void) =>
  fc.assert(
    fc.property(methods, script, (method, happenings) => holds(live(method, kinds, happenings), method)),
    { numRuns: 3_000 },
  );

describe('whatever is delayed, repeated, lost or overtaken', () => {
  it('a confirmed order is collected once, or failed and released', () => {
    property(['created', 'confirmed'], (world, method) => {
      const isPaid = method === 'credit_card';
      expect(world.payment && statusOf(world.payment)).toBe(isPaid ? 'captured' : 'failed');
      expect(world.money()).toEqual({ held: 0, captured: isPaid ? 1 : 0, refunded: 0 });
    });
  });

  it('an order that is not settled yet is held, and nothing else', () => {
    property(['created'], (world, method) => {
      expect(world.payment?.stage).toBe(method === 'test_declined' ? 'failed' : 'authorized');
      expect(world.money()).toEqual({ held: method === 'test_declined' ? 0 : 1, captured: 0, refunded: 0 });
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
      expect(world.payment).toMatchObject({ capturedAmount: captured * 4250, refundedAmount: refunded * 4250 });
      const wasHeld = world.books.some(({ outcome }) => outcome === 'authorized');
      expect(world.told.filter(({ type }) => type === 'payment_refunded')).toHaveLength(wasHeld ? 1 : 0);
    });
  });
});
