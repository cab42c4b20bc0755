import { Injectable } from '@nestjs/common';
import type { AuditEntry } from '../domain/audit-trail';
import { OrderNotFound } from '../domain/order.errors';
import { OrderReader } from '../persistence/order.reader';

/** Reads what has happened to an order. */
@Injectable()
export class GetAuditTrail {
  constructor(private readonly reader: OrderReader) {}

  /** Oldest first. @throws OrderNotFound */
  async execute(orderId: string): Promise<AuditEntry[]> {
    const entries = await this.reader.events(orderId);
    if (entries.length === 0) throw new OrderNotFound(orderId);
    return entries;
  }
}
