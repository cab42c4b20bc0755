import { createHash } from 'node:crypto';
import type { CancellationReason } from '@app/events';
import { orderedDetails, toDetails } from './audit-details';
import type { OpenOrder, OrderLine, OrderStatus } from './order';
import type { OrderTrigger } from './order-lifecycle';

/** What is written down about a step. */
export interface AuditFact {
  readonly orderId: string;
  readonly event: 'order_created' | OrderTrigger;
  readonly from: OrderStatus | null;
  readonly to: OrderStatus;
  readonly reason: CancellationReason | null;
  /**
   * Who made it happen: `customer` (the owner of the order), another person as `role:subject`, `clock`, or the service whose event it was.
   */
  readonly actor: string;
  /** The event that caused it, if it was one. */
  readonly causeEventId: string | null;
  readonly correlationId: string;
  readonly occurredAt: Date;
  /** What this step knows, as JSON (`AuditDetails`); null when there is nothing, and in entries of before there were details. */
  readonly details: string | null;
}

/** A fact in its place in the order's chain. */
export interface AuditEntry extends AuditFact {
  /** 1, 2, 3 … without gaps. */
  readonly number: number;
  readonly previousHash: string;
  readonly hash: string;
}

/** Where an order's chain ends; kept with the order, so that a trail cut short is noticed. */
export interface ChainHead {
  readonly number: number;
  readonly hash: string;
}

/** The head of a chain that has no entry yet. */
export const EMPTY_CHAIN: ChainHead = { number: 0, hash: '0'.repeat(64) };

/** The first entry of every order: who has placed it, and what was ordered. */
export function placedEntry(
  order: OpenOrder,
  lines: readonly OrderLine[],
  userSalt: string,
  actor: string,
): AuditEntry {
  const { orderId, status, correlationId, createdAt } = order;
  return appendFact(EMPTY_CHAIN, {
    orderId,
    event: 'order_created',
    from: null,
    to: status,
    reason: null,
    actor,
    causeEventId: null,
    correlationId,
    occurredAt: createdAt,
    details: toDetails(orderedDetails(order, lines, userSalt)),
  });
}

/** Appends a fact: the hash covers everything in the entry and, through the previous hash, everything before it. */
export function appendFact(head: ChainHead, fact: AuditFact): AuditEntry {
  const number = head.number + 1;
  return { ...fact, number, previousHash: head.hash, hash: hashOf(fact, number, head.hash) };
}

/**
 * SHA-256, hexadecimal, of the entry as a JSON array in this fixed order; times with milliseconds, in UTC. There are two forms, and
 * neither is ever to change: an entry without details has eleven elements, as all had once, and one with details has them as the
 * twelfth. So details cannot be removed without notice either.
 */
export function hashOf(fact: AuditFact, number: number, previousHash: string): string {
  const content = [
    previousHash,
    fact.orderId,
    number,
    fact.event,
    fact.from,
    fact.to,
    fact.reason,
    fact.actor,
    fact.causeEventId,
    fact.correlationId,
    fact.occurredAt.toISOString(),
    ...(fact.details === null ? [] : [fact.details]),
  ];
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}
