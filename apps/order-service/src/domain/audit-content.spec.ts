import { minorUnitsOf } from '@app/events';
import { aCancelledOrder, anOpenOrder, LATER, LINES, placedFact, storedAs, USER_SALT } from '../../test/orders';
import { isBound, type StoredOrder } from './audit-content';
import { appendFact, placedEntry, type AuditEntry } from './audit-trail';
import { verifyTrail } from './audit-verification';
import { saltedHash } from './salted-hash';

const ORDER = anOpenOrder();
const PLACED = placedEntry(ORDER, LINES, USER_SALT, 'customer');
const REASON = { text: 'Ordered twice', salt: 'feedfacefeedfacefeedfacefeedface' };
const CANCELLED = appendFact(PLACED, {
  ...placedFact(),
  event: 'cancel_requested',
  from: 'pending',
  to: 'cancelled',
  reason: 'cancelled_by_customer',
  occurredAt: LATER,
  details: JSON.stringify({ customer_reason_hash: saltedHash(REASON.salt, 'customer_reason', REASON.text) }),
});
const ENDED = { ...aCancelledOrder('cancelled_by_customer'), updatedAt: LATER };

function verify(stored: StoredOrder, trail: readonly AuditEntry[] = [PLACED]): string[] {
  const last = trail.at(-1)!;
  return verifyTrail(stored, { number: last.number, hash: last.hash }, trail);
}

const line = (changes: object) => storedAs(ORDER, { lines: [{ ...LINES[0]!, ...changes }] });
const order = (changes: object) => storedAs({ ...ORDER, ...changes });

describe('what was ordered', () => {
  it('is what the first entry says', () => {
    expect(verify(storedAs(ORDER))).toEqual([]);
    expect(isBound([PLACED])).toBe(true);
    expect(isBound([])).toBe(false);
  });

  it.each<[string, StoredOrder]>([
    ['customer', order({ userId: 'thief' })],
    ['customer', storedAs(ORDER, { userSalt: null })],
    ['customer', storedAs(ORDER, { userSalt: 'f'.repeat(32) })],
    ['total', order({ total: minorUnitsOf(1) })],
    ['currency', order({ currency: 'INR' })],
    ['payment method', order({ paymentMethod: 'gift_card' })],
    ['line 1 (product)', line({ productId: 'MOUSE001' })],
    ['line 1 (name)', line({ productName: 'Mouse' })],
    ['line 1 (quantity)', line({ quantity: 3 })],
    ['line 1 (price)', line({ price: minorUnitsOf(1) })],
    ['line 1 (quantity, price)', line({ quantity: 3, price: minorUnitsOf(1) })],
    ['line 1 (missing)', storedAs(ORDER, { lines: [] })],
    ['line 2 (added)', storedAs(ORDER, { lines: [...LINES, ...LINES] })],
    ['customer, total', order({ userId: 'thief', total: minorUnitsOf(1) })],
  ])('is named when it was changed afterwards: %s', (what, stored) => {
    expect(verify(stored)).toEqual([`the order is not what was ordered: ${what} changed`]);
  });

  it('stays verified when its customer is forgotten, and nobody else is put in their place', () => {
    const forgotten = { ...ORDER, userId: '' };
    expect(verify(storedAs(forgotten, { userSalt: null }))).toEqual([]);
    expect(verify(storedAs({ ...forgotten, currency: 'INR' }, { userSalt: null }))).toEqual([
      'the order is not what was ordered: currency changed',
    ]);
  });

  it.each(['{"currency":', '[]', '7', 'null'])('shows when it cannot be read any more: %s', (details) => {
    const damaged = { ...PLACED, details };
    expect(verify(storedAs(ORDER), [damaged])).toContain('entry 1 is not what its hash says');
  });
});

describe('why a customer cancelled', () => {
  const cancelled = (customerReason: StoredOrder['customerReason'], changes: object = {}) =>
    verify(storedAs({ ...ENDED, ...changes }, { customerReason }), [PLACED, CANCELLED]);

  it('is what they wrote', () => {
    expect(cancelled(REASON)).toEqual([]);
    expect(CANCELLED.details).not.toContain(REASON.text);
  });

  it.each([
    ['another text', { ...REASON, text: 'Never ordered' }],
    ['no text', { ...REASON, text: null }],
    ['nothing at all', { text: null, salt: null }],
  ])('shows when there is %s instead', (_what, reason) => {
    expect(cancelled(reason)).toEqual(['the reason that the customer gave has changed']);
  });

  it('may be deleted together with the customer', () => {
    const stored = storedAs({ ...ENDED, userId: '' }, { userSalt: null, customerReason: { text: null, salt: null } });
    expect(verify(stored, [PLACED, CANCELLED])).toEqual([]);
  });
});
