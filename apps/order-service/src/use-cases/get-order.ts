import { Injectable } from '@nestjs/common';
import { isSettled, type OrderWithLines } from '../domain/order';
import { OrderNotFound, ReadsOverloaded } from '../domain/order.errors';
import { OrderCache } from '../persistence/order-cache';
import { OrderReader } from '../persistence/order.reader';
import { BatchedReads } from '../persistence/batched-reads';
import { SettlementWaiters } from '../persistence/settlement-waiters';

/** The form in which a reader wants an order. */
export type OrderView<View> = (order: OrderWithLines) => View;

/** How long a reader waits for an order to be settled. */
export interface SettledWithin {
  readonly ms: number;
  /** Aborts when nobody waits any more. */
  readonly gone: AbortSignal;
}

/** Reads one order. */
@Injectable()
export class GetOrder {
  private readonly reads: BatchedReads<OrderWithLines>;

  constructor(
    private readonly orders: OrderReader,
    private readonly cache: OrderCache,
    private readonly waiters: SettlementWaiters,
  ) {
    this.reads = new BatchedReads(
      (orderIds) => orders.findAll(orderIds),
      () => new ReadsOverloaded(),
    );
  }

  /**
   * An order as it is now, from the cache when it cannot change any more. With `wait` as soon as it is settled, or as it is when the
   * time is up or `gone` aborts.
   * @throws OrderNotFound, at once
   */
  async execute<View>(orderId: string, view: OrderView<View>, wait?: SettledWithin): Promise<View> {
    return wait === undefined ? view(await this.read(orderId)) : this.settledWithin(wait, orderId, view);
  }

  private async settledWithin<View>(
    { ms, gone }: SettledWithin,
    orderId: string,
    view: OrderView<View>,
  ): Promise<View> {
    const answered = new AbortController();
    const settled = this.waiters.untilSettled(orderId, AbortSignal.any([gone, answered.signal]));
    const timer = setTimeout(() => answered.abort(), ms);
    try {
      const found = await this.read(orderId);
      if (isSettled(found.order)) return view(found);
      await settled;
      // Whoever waits for the same order is woken at the same moment, and reads it together with the others.
      return view(gone.aborted ? found : known(await this.reads.read(orderId), orderId));
    } finally {
      clearTimeout(timer);
      answered.abort();
    }
  }

  private async read(orderId: string): Promise<OrderWithLines> {
    return known(await this.cache.read(orderId, () => this.reads.read(orderId)), orderId);
  }
}

function known(found: OrderWithLines | undefined, orderId: string): OrderWithLines {
  if (found === undefined) throw new OrderNotFound(orderId);
  return found;
}
