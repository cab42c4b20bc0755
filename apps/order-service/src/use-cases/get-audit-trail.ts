import { Injectable } from '@nestjs/common';
import { OrderNotFound } from '../domain/order.errors';
import { OrderReader, type AuditTrail } from '../persistence/order.reader';

/** Reads what has happened to an order. */
@Injectable()
export class GetAuditTrail {
  constructor(private readonly reader: OrderReader) {}

  /** Oldest first. With `owner` only if the order is theirs. @throws OrderNotFound */
  async execute(orderId: string, owner?: string): Promise<AuditTrail> {
    const trail = await this.reader.events(orderId, owner);
    if (trail.entries.length === 0) throw new OrderNotFound(orderId);
    return trail;
  }
}
