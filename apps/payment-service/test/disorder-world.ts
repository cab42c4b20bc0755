import { minorUnitsOf } from '@app/events';
import { deepFreeze } from '@app/testing';
import { decidePayment } from '../src/domain/decide-payment';
import type { GatewayHint, GatewayInput, OrderInput, PaymentInput } from '../src/domain/payment-input';
import type { GatewayOutcome } from '../src/domain/gateway-outcome';
import { callFor, handOver, isFreshlyDue, type GatewayCall, type Payment } from '../src/domain/payment';
import type { Announcement } from '../src/domain/payment-announcement';
import { CONTEXT, anInput, NOON, ORDER_ID } from './payments';
import { isUnwanted } from '../src/domain/payment-stage';
import { answerOf, authorizationOutcome, judge, moneyIn, type LedgerEntry } from '../src/gateway/simulator-rules';

const LEASE_MS = 30_000;
const TIMEOUT_MS = 5_000;

/** For tests: one order, its payment, the gateway with its books, and workers that are slow, die, or lose answers. */
export class World {
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

  private check(announcement: Announcement): void {
    const { type } = announcement;
    const isPart = type === 'payment_adjusted';
    if (!isPart && this.told.some((before) => before.type === type)) throw new Error(`${type} is announced twice`);
    // A capture that was on its way is told, and given back.
    if (type === 'payment_captured') return;
    if (type !== 'payment_refunded' && this.cancellationIsKnown) throw new Error(`${type} after the cancellation`);
    if (type !== 'payment_refunded' || this.cancellationIsKnown) return;
    if (announcement.payload.initiator === undefined) throw new Error('refunded before the cancellation');
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

const CANCELLATION = anInput('order_cancelled');
