import { DueMetrics, type UnitOfWork } from '@app/messaging';
import { Clock, type Counter, type Gauge, type Histogram, Metrics } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { isSettled, ORDER_STATUSES, type OrderStatus } from '../domain/order';
import { ORDER_LIFECYCLE, orderStateMachine } from '../domain/order-lifecycle';
import { OrderReader } from '../persistence/order.reader';

/** Where an order comes from that is placed. */
const NOWHERE = 'none';

/** From a machine with nothing else to do to the deadline of an order, in seconds. */
const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 900];

/** A change of an order's state. */
export interface Transition {
  readonly from: OrderStatus;
  readonly to: OrderStatus;
  readonly placedAt: Date;
  readonly at: Date;
}

/** What happened to orders, counted once it is committed, and how many are open. */
@Injectable()
export class OrderMetrics {
  private readonly transitions: Counter<'from' | 'to'>;
  private readonly endToEnd: Histogram<'outcome'>;

  constructor(
    metrics: Metrics,
    due: DueMetrics,
    private readonly orders: OrderReader,
    private readonly clock: Clock,
  ) {
    this.transitions = metrics.counter({
      name: 'order_transitions_total',
      help: 'Changes of state of orders; from none when one is placed',
      labels: ['from', 'to'],
    });
    this.endToEnd = metrics.histogram(
      {
        name: 'order_end_to_end_seconds',
        help: 'From placing an order until the customer has an answer, confirmed or cancelled',
        labels: ['outcome'],
      },
      SECONDS,
    );
    this.transitions.labels({ from: NOWHERE, to: 'pending' });
    for (const { from, to } of orderStateMachine(ORDER_LIFECYCLE).transitions) this.transitions.labels({ from, to });
    due.show('order_deadlines', () => orders.overdue(clock.now()));
    this.showOpen(metrics);
  }

  /** These are placed, if the transaction is committed. */
  placed(unitOfWork: UnitOfWork, orders: number): void {
    unitOfWork.afterCommit(() => this.transitions.inc({ from: NOWHERE, to: 'pending' }, orders));
  }

  /** These happen, if the transaction is committed. */
  moved(unitOfWork: UnitOfWork, transitions: readonly Transition[]): void {
    if (transitions.length === 0) return;
    unitOfWork.afterCommit(() => transitions.forEach((transition) => this.count(transition)));
  }

  private count({ from, to, placedAt, at }: Transition): void {
    this.transitions.inc({ from, to });
    // What is confirmed and then cancelled had its answer before.
    if (isSettled({ status: from }) || !isSettled({ status: to })) return;
    this.endToEnd.observe({ outcome: to }, Math.max(0, at.getTime() - placedAt.getTime()) / 1_000);
  }

  private showOpen(metrics: Metrics): void {
    const open = metrics.gauge({ name: 'orders_open', help: 'Orders that wait for something', labels: ['state'] });
    const oldest = metrics.gauge({
      name: 'orders_oldest_open_seconds',
      help: 'For how long the oldest of them has waited since it was placed; 0 when there is none',
      labels: ['state'],
    });
    metrics.collect({
      name: 'open_orders',
      source: 'postgresql',
      gauges: [open, oldest],
      read: () => this.orders.open(),
      show: (states) => {
        for (const state of ORDER_STATUSES.filter((status) => !isSettled({ status }))) {
          const found = states.find((candidate) => candidate.state === state);
          open.set({ state }, found?.orders ?? 0);
          setAge(oldest, state, found?.oldestAt, this.clock.now());
        }
      },
    });
  }
}

function setAge(gauge: Gauge<'state'>, state: string, since: Date | undefined, now: Date): void {
  gauge.set({ state }, since === undefined ? 0 : Math.max(0, (now.getTime() - since.getTime()) / 1_000));
}
