import type { StockChange } from '@app/events';
import { decideStock, type LevelChange, type StockDecision, type StockLevels } from './allocation-lifecycle';
import type { StockAllocation, StockEvent } from './stock-allocation';

/** An event about one order. */
export interface OrderStockEvent {
  readonly orderId: string;
  readonly event: StockEvent;
}

/** A change of stock that an order made. */
export interface OrderMovement extends LevelChange {
  readonly orderId: string;
  readonly change: StockChange;
}

export interface BatchDecision {
  /** One for each event, in the same order. */
  readonly decisions: readonly (StockDecision & { readonly movements: readonly OrderMovement[] })[];
  /** The orders about which something was decided, as they are at the end. */
  readonly allocations: ReadonlyMap<string, StockAllocation>;
}

/**
 * Decides about a batch as if its events came one after the other: each decision sees what the ones before it left of the
 * stock and made of its order. Pure.
 */
export function decideInOrder(
  batch: readonly OrderStockEvent[],
  known: ReadonlyMap<string, StockAllocation>,
  levels: StockLevels,
): BatchDecision {
  const running = new Map(levels);
  const decided = new Map<string, StockAllocation>();
  const decisions = batch.map(({ orderId, event }) => {
    const decision = decideStock(decided.get(orderId) ?? known.get(orderId), event, running);
    const { allocation, changes, ignored } = decision;
    for (const { productId, balance } of changes) running.set(productId, balance);
    if (allocation !== undefined && ignored === undefined) decided.set(orderId, allocation);
    return { ...decision, movements: changes.map((change) => ({ ...change, orderId, change: directionOf(change) })) };
  });
  return { decisions, allocations: decided };
}

function directionOf({ delta }: LevelChange): StockChange {
  return delta < 0 ? 'taken' : 'returned';
}
