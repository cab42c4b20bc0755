import { contentProblems, type StoredOrder } from './audit-content';
import { EMPTY_CHAIN, hashOf, type AuditEntry, type ChainHead } from './audit-trail';
import type { OpenOrder, Order } from './order';
import { stepOrder } from './order-lifecycle';
import { OrderTransitionRefused } from './order.errors';

/**
 * Verifies the audit trail of an order: numbered without a gap, every hash right and chained to the one before, every step
 * one the lifecycle allows, and the order, rebuilt from its trail, equal to the order as it is stored, what was ordered included.
 * @returns what is wrong, one sentence each; empty when the trail vouches for the order.
 */
export function verifyTrail(stored: StoredOrder, head: ChainHead, trail: readonly AuditEntry[]): string[] {
  return [...chainProblems(head, trail), ...stateProblems(stored.order, trail), ...contentProblems(stored, trail)];
}

function chainProblems(head: ChainHead, trail: readonly AuditEntry[]): string[] {
  const problems: string[] = [];
  let previous = EMPTY_CHAIN;
  for (const entry of trail) {
    const { number, previousHash, hash } = entry;
    if (number !== previous.number + 1) problems.push(`entry ${number} follows entry ${previous.number}`);
    if (previousHash !== previous.hash) problems.push(`entry ${number} is not chained to the one before`);
    if (hash !== hashOf(entry, number, previousHash)) problems.push(`entry ${number} is not what its hash says`);
    previous = { number, hash };
  }
  if (previous.number !== head.number || previous.hash !== head.hash) {
    problems.push(`the trail ends with entry ${previous.number}, the order knows of ${head.number}`);
  }
  return problems;
}

function stateProblems(stored: Order, trail: readonly AuditEntry[]): string[] {
  const [created, ...later] = trail;
  if (created?.event !== 'order_created') return ['the trail does not begin with the order'];
  let order: Order = asPlaced(stored, created.occurredAt);
  for (const entry of later) {
    const problem = follow(order, entry);
    if (typeof problem === 'string') return [problem];
    order = problem;
  }
  return JSON.stringify(sorted(order)) === JSON.stringify(sorted(stored))
    ? []
    : [`the trail leads to ${describe(order)}, the order is ${describe(stored)}`];
}

/** What was ordered is compared by itself: no step changes it. */
function asPlaced(stored: Order, createdAt: Date): OpenOrder {
  const { orderId, orderNumber, userId, paymentMethod, currency, total, correlationId, deadlineAt } = stored;
  const fields = { orderId, orderNumber, userId, paymentMethod, currency, total, correlationId, deadlineAt };
  return { ...fields, status: 'pending', createdAt, updatedAt: createdAt };
}

/** The order after the entry, or why the entry cannot be true. */
function follow(order: Order, entry: AuditEntry): Order | string {
  if (entry.event === 'order_created') return `entry ${entry.number} creates the order again`;
  try {
    const step = stepOrder(order, entry.event, entry.occurredAt);
    if (step.kind === 'ignored') return `entry ${entry.number} records what is ignored: ${step.why}`;
    const reason = step.kind === 'moved' && step.order.status === 'cancelled' ? step.order.reason : null;
    const told = [entry.from, entry.to, entry.reason].join();
    const expected = [order.status, step.order.status, reason].join();
    return told === expected ? step.order : `entry ${entry.number} says ${told}, the lifecycle ${expected}`;
  } catch (error) {
    if (error instanceof OrderTransitionRefused) return `entry ${entry.number}: ${error.message}`;
    throw error;
  }
}

function sorted(order: Order): unknown {
  return Object.entries(order).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function describe(order: Order): string {
  const reason = order.status === 'cancelled' ? ` (${order.reason})` : '';
  return `${order.status}${reason} since ${order.updatedAt.toISOString()}`;
}
