import { ReadThroughCache } from '@app/platform';
import { Injectable } from '@nestjs/common';

const TTL_MS = 60_000;

/**
 * Keeps orders that can never change again. So whatever Redis has of an order is right, even if it was away meanwhile or comes back
 * with old data, and there is nothing to invalidate: no reader can be shown a state after a newer one. Entries that are not of this
 * order, or have no such shape, are not believed.
 */
@Injectable()
export class OrderCache {
  constructor(private readonly cache: ReadThroughCache) {}

  /** The cached order, or what `load` gives; `isFinal` says of a view of this order whether it can never change. */
  async read<T extends object>(
    orderId: string,
    load: () => Promise<T | undefined>,
    isFinal: (view: T) => boolean,
  ): Promise<T | undefined> {
    let loaded: T | undefined;
    const kept = await this.cache.read<T | undefined>(keyOf(orderId), TTL_MS, async () => {
      loaded = await load();
      return loaded !== undefined && isFinal(loaded) ? loaded : undefined;
    });
    if (loaded !== undefined || kept === undefined) return loaded;
    return typeof kept === 'object' && isFinal(kept) ? kept : load();
  }
}

function keyOf(orderId: string): string {
  return `order:${orderId}`;
}
