import { ReadThroughCache } from '@app/platform';
import { Injectable } from '@nestjs/common';

const TTL_MS = 60_000;

/**
 * Keeps orders that are settled. An order on its way changes several times a second and is read once or twice: caching it
 * would cost more than it saves.
 */
@Injectable()
export class OrderCache {
  constructor(private readonly cache: ReadThroughCache) {}

  /** The cached order, or what `load` gives; `settled` decides whether it is kept. */
  async read<T extends object>(
    orderId: string,
    load: () => Promise<T | undefined>,
    settled: (loaded: T) => boolean,
  ): Promise<T | undefined> {
    let loaded: T | undefined;
    const kept = await this.cache.read<T | undefined>(keyOf(orderId), TTL_MS, async () => {
      loaded = await load();
      return loaded !== undefined && settled(loaded) ? loaded : undefined;
    });
    return kept ?? loaded;
  }

  async invalidate(orderIds: readonly string[]): Promise<void> {
    await this.cache.invalidate(orderIds.map(keyOf));
  }
}

function keyOf(orderId: string): string {
  return `order:${orderId}`;
}
