import { toDecimal } from '@app/events';
import { detailsIn, lineDetails, type AuditDetails, type OrderedDetails } from './audit-details';
import type { AuditEntry } from './audit-trail';
import type { Order, OrderLine } from './order';
import { saltedHash } from './salted-hash';

/** A text and the salt with which the audit trail has hashed it; null when it was never there, or is deleted. */
export interface Salted {
  readonly text: string | null;
  readonly salt: string | null;
}

/** An order as it is stored, with what the audit trail knows by its hash alone. */
export interface StoredOrder {
  readonly order: Order;
  readonly lines: readonly OrderLine[];
  /** Of the user; null for orders of before there were salts, and when the user is forgotten. */
  readonly userSalt: string | null;
  /** What the customer wrote when they cancelled. */
  readonly customerReason: Salted;
}

type Line = OrderedDetails['items'][number];

/** The user of orders whose customer is forgotten; nobody can order under this name. */
const FORGOTTEN = '';

/**
 * Compares an order with what its trail says was ordered and why its customer cancelled.
 * @returns what differs, in one sentence each, by name alone: the values are somebody's data.
 */
export function contentProblems(stored: StoredOrder, trail: readonly AuditEntry[]): string[] {
  const problems: string[] = [];
  for (const entry of trail) {
    const details = detailsIn(entry.details);
    if (details === undefined) problems.push(`entry ${entry.number} has details that cannot be read`);
    else problems.push(...changesOf(stored, entry, details));
  }
  return problems;
}

/** Whether the trail says what was ordered; that of an order of before there were details does not. */
export function isBound(trail: readonly AuditEntry[]): boolean {
  return trail[0] !== undefined && trail[0].details !== null;
}

function changesOf(stored: StoredOrder, { number, event }: AuditEntry, details: AuditDetails): string[] {
  if (event === 'order_created') {
    const changed = number === 1 && Object.keys(details).length > 0 ? changedFields(stored, details) : [];
    return changed.length === 0 ? [] : [`the order is not what was ordered: ${changed.join(', ')} changed`];
  }
  const { customer_reason_hash: hash } = details;
  return hash === undefined || isGenuine(stored.customerReason, hash, 'customer_reason', stored)
    ? []
    : ['the reason that the customer gave has changed'];
}

function changedFields(stored: StoredOrder, details: AuditDetails): string[] {
  const { order, lines, userSalt } = stored;
  const { user_hash: userHash = '', payment_method, currency, total_amount, items = [] } = details;
  const comparisons: readonly [string, boolean][] = [
    ['customer', isGenuine({ text: order.userId, salt: userSalt }, userHash, 'user', stored)],
    ['payment method', payment_method === order.paymentMethod],
    ['currency', currency === order.currency],
    ['total', total_amount === toDecimal(order.total)],
  ];
  const now = lines.map(lineDetails);
  const numbers = Array.from({ length: Math.max(now.length, items.length) }, (_, index) => index);
  return [
    ...comparisons.flatMap(([name, isSame]) => (isSame ? [] : [name])),
    ...numbers.flatMap((index) => changedLine(index + 1, items[index], now[index])),
  ];
}

function changedLine(number: number, ordered: Line | undefined, now: Line | undefined): string[] {
  if (ordered === undefined) return [`line ${number} (added)`];
  if (now === undefined) return [`line ${number} (missing)`];
  const fields = [
    ...(ordered.product_id === now.product_id ? [] : ['product']),
    ...(ordered.product_name === now.product_name ? [] : ['name']),
    ...(ordered.quantity === now.quantity ? [] : ['quantity']),
    ...(ordered.price === now.price ? [] : ['price']),
  ];
  return fields.length === 0 ? [] : [`line ${number} (${fields.join(', ')})`];
}

/** What is deleted can only be that of a customer who is forgotten: otherwise whoever deletes a salt could change the text. */
function isGenuine(
  { text, salt }: Salted,
  hash: string,
  of: Parameters<typeof saltedHash>[1],
  { order }: StoredOrder,
): boolean {
  if (salt === null) return order.userId === FORGOTTEN && (text === null || text === FORGOTTEN);
  return text !== null && saltedHash(salt, of, text) === hash;
}
