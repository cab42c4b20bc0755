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

/** Which order is to be read. */
export interface OrderQuery {
  readonly orderId: string;
  /** The order is found only if it is this user's. */
  readonly owner?: string | undefined;
  readonly wait?: SettledWithin | undefined;
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
  async execute<View>(query: OrderQuery, view: OrderView<View>): Promise<View> {
    const { wait } = query;
    return wait === undefined ? view(await this.read(query)) : this.settledWithin(wait, query, view);
  }

  private async settledWithin<View>(
    { ms, gone }: SettledWithin,
    query: OrderQuery,
    view: OrderView<View>,
  ): Promise<View> {
    const { orderId } = query;
    const answered = new AbortController();
    const settled = this.waiters.untilSettled(orderId, AbortSignal.any([gone, answered.signal]));
    const timer = setTimeout(() => answered.abort(), ms);
    try {
      const found = await this.read(query);
      if (isSettled(found.order)) return view(found);
      await settled;
      // Whoever waits for the same order is woken at the same moment, and reads it together with the others.
      return view(gone.aborted ? found : known(await this.reads.read(orderId), query));
    } finally {
      clearTimeout(timer);
      answered.abort();
    }
  }

  private async read(query: OrderQuery): Promise<OrderWithLines> {
    const { orderId } = query;
    return known(await this.cache.read(orderId, () => this.reads.read(orderId)), query);
  }
}

/** The order of somebody else is as good as none. */
function known(found: OrderWithLines | undefined, { orderId, owner }: OrderQuery): OrderWithLines {
  if (found === undefined || (owner !== undefined && found.order.userId !== owner)) throw new OrderNotFound(orderId);
  return found;
}
