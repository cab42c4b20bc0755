import { OrderCancelled, OrderConfirmed, toDecimal, type Cause } from '@app/events';
import { PermanentFailure, type UnitOfWork } from '@app/messaging';
import { Clock } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { appendFact, type AuditEntry } from '../domain/audit-trail';
import { isSettled, type Order } from '../domain/order';
import { stepOrder, type Announcement, type OrderTrigger } from '../domain/order-lifecycle';
import { OrderRepository, type LockedOrder } from '../persistence/order.repository';
import { SettledOrders } from './settled-orders';

/** Something that happened to an order, and who made it happen. */
export interface OrderNews {
  readonly orderId: string;
  readonly trigger: OrderTrigger;
  readonly actor: string;
  /** The event that brought the news, if it was one. */
  readonly causeEventId?: string;
  readonly traceparent?: string;
}

/** Takes orders through their lifecycle: the only place, besides placing one, where an order changes. */
@Injectable()
export class AdvanceOrders {
  constructor(
    private readonly orders: OrderRepository,
    private readonly settled: SettledOrders,
    private readonly clock: Clock,
  ) {}

  /**
   * Applies news in the given order and gives the orders as they are afterwards, by id.
   * @throws PermanentFailure for an order nobody has placed, OrderTransitionRefused for impossible news.
   */
  async execute(unitOfWork: UnitOfWork, news: readonly OrderNews[]): Promise<Map<string, Order>> {
    const locked = await this.orders.lock(unitOfWork, [...new Set(news.map(({ orderId }) => orderId))]);
    const before = new Map([...locked].map(([orderId, { order }]) => [orderId, order]));
    const entries = news.flatMap((item) => this.apply(unitOfWork, locked, item));
    const touched = new Set(entries.map(({ orderId }) => orderId));
    const changed = [...locked.values()].filter(({ order }) => touched.has(order.orderId));
    await this.orders.record(unitOfWork, entries, changed);
    this.settled.announce(unitOfWork, changed.map(({ order }) => order).filter(isSettled), (orderId) => {
      const was = before.get(orderId);
      return was !== undefined && isSettled(was);
    });
    return new Map([...locked].map(([orderId, { order }]) => [orderId, order]));
  }

  private apply(unitOfWork: UnitOfWork, locked: Map<string, LockedOrder>, news: OrderNews): AuditEntry[] {
    const current = locked.get(news.orderId);
    if (current === undefined) throw new PermanentFailure(`there is no order ${news.orderId}`);
    const now = this.clock.now();
    const step = stepOrder(current.order, news.trigger, now);
    if (step.kind === 'ignored') return [];
    const { order } = step;
    const entry = appendFact(current.head, {
      orderId: order.orderId,
      event: news.trigger,
      from: current.order.status,
      to: order.status,
      reason: step.kind === 'moved' && order.status === 'cancelled' ? order.reason : null,
      actor: news.actor,
      causeEventId: news.causeEventId ?? null,
      correlationId: order.correlationId,
      occurredAt: now,
    });
    locked.set(order.orderId, { order, head: { number: entry.number, hash: entry.hash } });
    if (step.kind === 'moved' && step.announces !== undefined) announce(unitOfWork, step.announces, order, news);
    return [entry];
  }
}

function announce(unitOfWork: UnitOfWork, announcement: Announcement, order: Order, news: OrderNews): void {
  const { orderId } = order;
  const cause: Cause = {
    correlationId: order.correlationId,
    ...(news.causeEventId === undefined ? {} : { causationId: news.causeEventId }),
    ...(news.traceparent === undefined ? {} : { traceparent: news.traceparent }),
  };
  const facts = { user_id: order.userId, currency: order.currency, total_amount: toDecimal(order.total) };
  if (announcement === 'order_confirmed') {
    unitOfWork.publish(OrderConfirmed, { orderId, cause, payload: facts });
    return;
  }
  if (order.status !== 'cancelled') throw new TypeError('only a cancelled order is announced as cancelled');
  const payload = { ...facts, reason: order.reason, payment_method: order.paymentMethod };
  unitOfWork.publish(OrderCancelled, { orderId, cause, payload });
}
