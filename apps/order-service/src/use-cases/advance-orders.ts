import { OrderCancelled, OrderConfirmed, toDecimal, type Cause } from '@app/events';
import type { UnitOfWork } from '@app/messaging';
import { Clock } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { toDetails, type AuditDetails, type StepDetails } from '../domain/audit-details';
import { appendFact, type AuditEntry } from '../domain/audit-trail';
import { isSettled, type Order } from '../domain/order';
import { contradictions, type OrderClaims } from '../domain/order-claims';
import { OrderContradicted, OrderNotFound } from '../domain/order.errors';
import { stepOrder, type Announcement, type OrderTrigger } from '../domain/order-lifecycle';
import { OrderRepository, type LockedOrder } from '../persistence/order.repository';
import { OrderMetrics } from '../metrics/order-metrics';
import { SettlementWaiters } from '../persistence/settlement-waiters';

/** Something that happened to an order, and who made it happen. */
export interface OrderInput {
  readonly orderId: string;
  readonly trigger: OrderTrigger;
  readonly actor: string;
  /** The event that told of it, if it was one, and the trace it is part of. */
  readonly cause?: Omit<Cause, 'correlationId'>;
  /** What another service says of the order with it. */
  readonly claims?: OrderClaims;
  /** What the audit trail is to know of it. */
  readonly details?: StepDetails;
  /** What the customer wrote with it, kept with the order. */
  readonly customerReason?: { readonly text: string; readonly salt: string };
}

/**
 * Takes orders through their lifecycle: the only place, besides placing one, where an order changes. All inputs of a unit
 * of work, whichever topic brought them, are applied together at its end, so that orders are locked once and in one order.
 */
@Injectable()
export class AdvanceOrders {
  constructor(
    private readonly orders: OrderRepository,
    private readonly waiters: SettlementWaiters,
    private readonly clock: Clock,
    private readonly metrics: OrderMetrics,
  ) {}

  /**
   * Resolves at once; the inputs are applied, in the order they were given, when the unit of work concludes. That fails with
   * OrderNotFound for an order nobody has placed, OrderContradicted for an input that claims what was not ordered, and
   * OrderTransitionRefused for one that is impossible.
   */
  enqueue(unitOfWork: UnitOfWork, inputs: readonly OrderInput[]): Promise<void> {
    unitOfWork.gather(this, inputs, (concluded, all) => this.apply(concluded, all));
    return Promise.resolve();
  }

  private async apply(unitOfWork: UnitOfWork, inputs: readonly OrderInput[]): Promise<void> {
    const before = await this.orders.lock(unitOfWork, [...new Set(inputs.map(({ orderId }) => orderId))]);
    const after = new Map(before);
    const steps = inputs.map((input) => ({ input, entry: this.step(unitOfWork, after, input) }));
    const entries = steps.flatMap(({ entry }) => entry ?? []);
    const recorded = new Set(entries.map(({ orderId }) => orderId));
    await this.orders.record(
      unitOfWork,
      entries,
      [...after.values()].filter(({ order }) => recorded.has(order.orderId)),
    );
    await this.orders.keepReasons(unitOfWork, steps.flatMap(reasonGiven));
    this.metrics.moved(
      unitOfWork,
      entries.flatMap((entry) => transitionIn(entry, after)),
    );
    const moved = [...after.values()].filter(({ order }) => before.get(order.orderId)?.order.status !== order.status);
    this.waiters.announce(unitOfWork, moved.map(({ order }) => order).filter(isSettled));
  }

  private step(unitOfWork: UnitOfWork, locked: Map<string, LockedOrder>, input: OrderInput): AuditEntry | undefined {
    const current = locked.get(input.orderId);
    if (current === undefined) throw new OrderNotFound(input.orderId);
    const wrong = input.claims === undefined ? [] : contradictions(current.order, input.claims);
    if (wrong.length > 0) throw new OrderContradicted(input.orderId, input.trigger, wrong);
    const now = this.clock.now();
    const step = stepOrder(current.order, input.trigger, now);
    if (step.kind === 'ignored') return undefined;
    const { order } = step;
    const entry = appendFact(current.head, {
      orderId: order.orderId,
      event: input.trigger,
      from: current.order.status,
      to: order.status,
      reason: step.kind === 'moved' && order.status === 'cancelled' ? order.reason : null,
      actor: input.actor,
      causeEventId: input.cause?.causationId ?? null,
      correlationId: order.correlationId,
      occurredAt: now,
      details: toDetails(input.details),
    });
    locked.set(order.orderId, { order, head: { number: entry.number, hash: entry.hash } });
    if (step.kind === 'moved' && step.announces !== undefined) announce(unitOfWork, step.announces, order, input);
    return entry;
  }
}

function transitionIn({ orderId, from, to, occurredAt: at }: AuditEntry, orders: ReadonlyMap<string, LockedOrder>) {
  const placedAt = orders.get(orderId)?.order.createdAt;
  return from === null || from === to || placedAt === undefined ? [] : [{ from, to, placedAt, at }];
}

/** What is ignored leaves nothing behind, the reason that came with it included. */
function reasonGiven({ input, entry }: { input: OrderInput; entry: AuditEntry | undefined }) {
  const { orderId, customerReason } = input;
  return entry === undefined || customerReason === undefined ? [] : [{ orderId, ...customerReason }];
}

function announce(unitOfWork: UnitOfWork, announcement: Announcement, order: Order, input: OrderInput): void {
  const { orderId } = order;
  const cause: Cause = { ...input.cause, correlationId: order.correlationId };
  const { orderNumber: order_number, userId: user_id, currency, total } = order;
  const common = { order_number, user_id, currency, total_amount: toDecimal(total) };
  if (announcement === 'order_confirmed') {
    unitOfWork.publish(OrderConfirmed, { orderId, cause, payload: common });
    return;
  }
  if (order.status !== 'cancelled') throw new TypeError('only a cancelled order is announced as cancelled');
  const detail = input.trigger === 'payment_reversed' ? { detail: input.trigger } : {};
  const payload = {
    ...common,
    reason: order.reason,
    ...detail,
    ...whyExactly(input.details ?? {}),
    payment_method: order.paymentMethod,
  };
  unitOfWork.publish(OrderCancelled, { orderId, cause, payload });
}

/** Of what the trail knows. What customers write stays in this service: an event carries no personal data. */
function whyExactly({ decline_reason, shortages }: AuditDetails) {
  return {
    ...(decline_reason === undefined ? {} : { decline_reason }),
    ...(shortages === undefined ? {} : { shortages: [...shortages] }),
  };
}
