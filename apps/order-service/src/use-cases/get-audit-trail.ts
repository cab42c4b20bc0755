import { Injectable } from '@nestjs/common';
import type { AuditEntry } from '../domain/audit-trail';
import { OrderNotFound } from '../domain/order.errors';
import { OrderRepository } from '../persistence/order.repository';

/** Reads what has happened to an order. */
@Injectable()
export class GetAuditTrail {
  constructor(private readonly orders: OrderRepository) {}

  /** Oldest first. @throws OrderNotFound */
  async execute(orderId: string): Promise<AuditEntry[]> {
    const entries = await this.orders.events(orderId);
    if (entries.length === 0) throw new OrderNotFound(orderId);
    return entries;
  }
}
