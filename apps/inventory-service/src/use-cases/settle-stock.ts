import { InventoryInsufficient, InventoryUpdated, type Cause } from '@app/events';
import type { UnitOfWork } from '@app/messaging';
import { Clock } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { productsConcerned, type StockAnnouncement } from '../domain/allocation-lifecycle';
import { stockFell } from '../domain/low-stock';
import type { StockEvent } from '../domain/stock-allocation';
import { decideInOrder, type BatchDecision } from '../domain/stock-batch';
import { StockRepository } from '../persistence/stock.repository';
import { announceFallen } from './stock-announcements';
import { StockMetrics } from '../metrics/stock-metrics';

/** An event about an order, which service it came from, and what it will be the cause of. */
export interface StockInput {
  readonly orderId: string;
  readonly event: StockEvent;
  readonly actor: string;
  readonly cause: Cause;
}

/**
 * Takes stock for paid orders and gives it back for cancelled ones: the only place where an order changes the stock. All
 * events of a unit of work are settled together at its end, so that rows are locked once and in one order, and the products,
 * for which everybody waits, last.
 */
@Injectable()
export class SettleStock {
  constructor(
    private readonly stock: StockRepository,
    private readonly clock: Clock,
    private readonly metrics: StockMetrics,
  ) {}

  /**
   * Resolves at once; the stock is settled when the unit of work concludes. That fails with OrderContradicted when an event says
   * something else of its order than an earlier one.
   */
  enqueue(unitOfWork: UnitOfWork, event: readonly StockInput[]): Promise<void> {
    unitOfWork.gather(this, event, (concluded, all) => this.settle(concluded, all));
    return Promise.resolve();
  }

  private async settle(unitOfWork: UnitOfWork, batch: readonly StockInput[]): Promise<void> {
    const now = this.clock.now();
    const orders = new Map(batch.map(({ orderId, event }) => [orderId, event]));
    const known = await this.stock.claim(unitOfWork, orders, now);
    const productsOf = ({ orderId, event }: StockInput): readonly string[] =>
      productsConcerned(known.get(orderId), event);
    const productIds = [...new Set(batch.flatMap(productsOf))];
    const { levels, thresholds } = await this.stock.lockLevels(unitOfWork, productIds, (productId) =>
      batch.filter((received) => productsOf(received).includes(productId)).map(({ orderId }) => orderId),
    );
    const { decisions, allocations } = decideInOrder(batch, known, levels);
    const movements = batch.flatMap(({ actor }, index) => movementsOf(decisions, index).map((m) => ({ ...m, actor })));
    await this.stock.record(unitOfWork, movements, allocations, now);
    this.metrics.decided(unitOfWork, decisions);
    batch.forEach((received, index) => {
      for (const announcement of decisions[index]?.announcements ?? []) announce(unitOfWork, received, announcement);
      for (const movement of movementsOf(decisions, index)) {
        announceFallen(unitOfWork, stockFell(movement, thresholds.get(movement.productId) ?? 0), received.cause);
      }
    });
  }
}

function movementsOf(decisions: BatchDecision['decisions'], index: number) {
  return decisions[index]?.movements ?? [];
}

function announce(unitOfWork: UnitOfWork, { orderId, cause }: StockInput, announcement: StockAnnouncement): void {
  const { userId } = announcement;
  if (announcement.type === 'inventory_updated') {
    const { change } = announcement;
    const items = announcement.items.map(({ productId, ...amounts }) => ({ product_id: productId, ...amounts }));
    unitOfWork.publish(InventoryUpdated, { orderId, cause, payload: { user_id: userId, change, items } });
    return;
  }
  const shortages = announcement.shortages.map(({ productId, ...amounts }) => ({ product_id: productId, ...amounts }));
  unitOfWork.publish(InventoryInsufficient, { orderId, cause, payload: { user_id: userId, shortages } });
}
