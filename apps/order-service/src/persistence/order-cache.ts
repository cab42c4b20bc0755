import { ReadThroughCache } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { isFinal, type OrderWithLines } from '../domain/order';
import { cachedOrderFrom } from './cached-order';

const TTL_MS = 60_000;

/**
 * Keeps orders that can never change again. So whatever Redis has of an order is right, even if it was away meanwhile or comes back
 * with old data, and there is nothing to invalidate: no reader can be shown a state after a newer one.
 */
@Injectable()
export class OrderCache {
  constructor(private readonly cache: ReadThroughCache) {}

  /** The cached order, or what `load` gives. */
  read(orderId: string, load: () => Promise<OrderWithLines | undefined>): Promise<OrderWithLines | undefined> {
    return this.cache.read(`order:${orderId}`, TTL_MS, {
      load,
      isFinal: ({ order }) => isFinal(order),
      recognise: (entry) => cachedOrderFrom(entry, orderId),
    });
  }
}
