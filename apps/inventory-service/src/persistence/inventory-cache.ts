import type { UnitOfWork } from '@app/messaging';
import { ReadThroughCache } from '@app/platform';
import { Injectable } from '@nestjs/common';
import type { Product } from '../domain/product';

const FIRST_PAGE = 'inventory:first-page';

/** How long products are kept; a class, so that it is its own injection token. */
export class InventoryCacheOptions {
  constructor(readonly ttlMs: number) {}
}

/** JSON has no dates. */
type Stored = Omit<Product, 'updatedAt'> & { readonly updatedAt: string };

/**
 * Keeps single products and the first page of the list in its default size, which is what everybody asks for. Any change of
 * any product outdates that page.
 */
@Injectable()
export class InventoryCache {
  constructor(
    private readonly cache: ReadThroughCache,
    private readonly options: InventoryCacheOptions,
  ) {}

  async product(productId: string, load: () => Promise<Product | undefined>): Promise<Product | undefined> {
    const stored = await this.cache.read<Stored | undefined>(keyOf(productId), this.options.ttlMs, async () => {
      const product = await load();
      return product === undefined ? undefined : toStored(product);
    });
    return stored === undefined ? undefined : fromStored(stored);
  }

  async firstPage(load: () => Promise<Product[]>): Promise<Product[]> {
    const stored = await this.cache.read(FIRST_PAGE, this.options.ttlMs, async () => (await load()).map(toStored));
    return stored.map(fromStored);
  }

  /**
   * Forgets what the work is about to change. Before the commit for whoever learns of the change from its event, which can
   * be out before anything here runs again; and after it for readers who saw the old rows during a slow commit.
   */
  forget(unitOfWork: UnitOfWork, productIds: readonly string[]): void {
    const keys = [FIRST_PAGE, ...new Set(productIds.map(keyOf))];
    unitOfWork.beforeCommit(() => this.cache.invalidate(keys));
    unitOfWork.afterCommit(() => this.cache.invalidate(keys));
  }
}

function keyOf(productId: string): string {
  return `product:${productId}`;
}

function toStored(product: Product): Stored {
  return { ...product, updatedAt: product.updatedAt.toISOString() };
}

function fromStored(stored: Stored): Product {
  return { ...stored, updatedAt: new Date(stored.updatedAt) };
}
