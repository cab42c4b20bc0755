import { Injectable } from '@nestjs/common';
import { AllocationNotFound } from '../domain/inventory.errors';
import { InventoryReader, type AllocationView } from '../persistence/inventory.reader';

export type { AllocationView };

/** Reads what an order has taken from the stock. */
@Injectable()
export class GetAllocation {
  constructor(private readonly inventory: InventoryReader) {}

  /** With `owner` only that of their order. @throws AllocationNotFound */
  async execute(orderId: string, owner?: string): Promise<AllocationView> {
    const allocation = await this.inventory.findAllocation(orderId, owner);
    if (allocation === undefined) throw new AllocationNotFound(orderId);
    return allocation;
  }
}
