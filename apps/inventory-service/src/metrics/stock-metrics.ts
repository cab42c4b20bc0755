import type { UnitOfWork } from '@app/messaging';
import { type Counter, Metrics } from '@app/platform';
import { Injectable } from '@nestjs/common';
import type { StockDecision } from '../domain/allocation-lifecycle';

/** `ignored`: the event changed nothing, as when an order is cancelled that had no stock. */
const OUTCOMES = ['taken', 'short', 'returned', 'ignored'] as const;
type StockOutcome = (typeof OUTCOMES)[number];

/** What was decided about the stock of orders, counted once it is committed. */
@Injectable()
export class StockMetrics {
  private readonly decisions: Counter<'outcome'>;

  constructor(metrics: Metrics) {
    this.decisions = metrics.counter({
      name: 'stock_decisions_total',
      help: 'What was decided about the stock of orders',
      labels: ['outcome'],
    });
    for (const outcome of OUTCOMES) this.decisions.labels({ outcome });
  }

  /** This is decided, if the transaction is committed. */
  decided(unitOfWork: UnitOfWork, decisions: readonly StockDecision[]): void {
    unitOfWork.afterCommit(() => decisions.forEach((decision) => this.decisions.inc({ outcome: outcomeOf(decision) })));
  }
}

function outcomeOf({ announcements: [announcement] }: StockDecision): StockOutcome {
  if (announcement === undefined) return 'ignored';
  return announcement.type === 'inventory_updated' ? announcement.change : 'short';
}
