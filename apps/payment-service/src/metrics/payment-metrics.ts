import type { UnitOfWork } from '@app/messaging';
import { Clock, type Counter, Metrics } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { type Payment, statusOf } from '../domain/payment';
import type { Announcement } from '../domain/payment-announcement';
import { PaymentReader } from '../persistence/payment.reader';

/** What can become of a payment, or of a part of it. */
const OUTCOMES = [
  'authorized',
  'declined',
  'capture_failed',
  'captured',
  'voided',
  'refunded',
  'adjusted',
  'unknown',
] as const;
type PaymentOutcome = (typeof OUTCOMES)[number];

/** What became of payments, counted once it is committed, and how many are in doubt. */
@Injectable()
export class PaymentMetrics {
  private readonly outcomes: Counter<'outcome'>;

  constructor(
    metrics: Metrics,
    private readonly payments: PaymentReader,
    private readonly clock: Clock,
  ) {
    this.outcomes = metrics.counter({
      name: 'payment_outcomes_total',
      help: 'What became of payments; a payment has one outcome after the other',
      labels: ['outcome'],
    });
    for (const outcome of OUTCOMES) this.outcomes.labels({ outcome });
    this.showUnknown(metrics);
  }

  /** This happens to a payment, if the transaction is committed. */
  stepped(
    unitOfWork: UnitOfWork,
    before: Payment | undefined,
    payment: Payment,
    announcements: readonly Announcement[],
  ): void {
    const outcomes = announcements.map(outcomeOf);
    if (isUnknown(payment) && !isUnknown(before)) outcomes.push('unknown');
    if (outcomes.length === 0) return;
    unitOfWork.afterCommit(() => outcomes.forEach((outcome) => this.outcomes.inc({ outcome })));
  }

  private showUnknown(metrics: Metrics): void {
    const unknown = metrics.gauge({
      name: 'payments_unknown',
      help: 'Payments of which nobody knows whether the gateway has done what it was asked',
    });
    const oldest = metrics.gauge({
      name: 'payments_oldest_unknown_seconds',
      help: 'Time since the oldest of them was begun; 0 when there is none',
    });
    metrics.collect({
      name: 'unknown_payments',
      source: 'postgresql',
      gauges: [unknown, oldest],
      read: () => this.payments.unknown(),
      show: ({ payments, oldestAt }) => {
        unknown.set({}, payments);
        const age = oldestAt === null ? 0 : this.clock.now().getTime() - oldestAt.getTime();
        oldest.set({}, Math.max(0, age / 1_000));
      },
    });
  }
}

function isUnknown(payment: Payment | undefined): boolean {
  return payment !== undefined && statusOf(payment) === 'unknown';
}

function outcomeOf(announcement: Announcement): PaymentOutcome {
  switch (announcement.type) {
    case 'payment_successful':
      return 'authorized';
    case 'payment_failed':
      return announcement.payload.reason === 'capture_failed' ? 'capture_failed' : 'declined';
    case 'payment_captured':
      return 'captured';
    case 'payment_refunded':
      return announcement.payload.method === 'void' ? 'voided' : 'refunded';
    case 'payment_adjusted':
      return 'adjusted';
  }
}
