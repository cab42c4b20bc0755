import { aCancelledOrder, anOpenOrder, LATER, placedFact, storedAs, trailOf } from '../../test/orders';
import { appendFact, type AuditEntry, type AuditFact } from './audit-trail';
import { verifyTrail } from './audit-verification';
import type { Order } from './order';

const PAID: AuditFact = {
  ...placedFact(),
  event: 'payment_successful',
  from: 'pending',
  to: 'paid',
  occurredAt: LATER,
};
const CANCELLED: AuditFact = {
  ...placedFact(),
  event: 'inventory_insufficient',
  from: 'paid',
  to: 'cancelled',
  reason: 'out_of_stock',
  occurredAt: LATER,
};
const REFUNDED: AuditFact = { ...CANCELLED, event: 'payment_refunded', from: 'cancelled', reason: null };

const ORDER: Order = { ...aCancelledOrder('out_of_stock'), updatedAt: LATER };
const TRAIL = trailOf(placedFact(), PAID, CANCELLED, REFUNDED);

function verify(order: Order, trail: readonly AuditEntry[]): string[] {
  const last = trail.at(-1) ?? { number: 0, hash: '' };
  return verifyTrail(storedAs(order), { number: last.number, hash: last.hash }, trail);
}

describe('a trail', () => {
  it('vouches for the order it leads to', () => {
    expect(verify(ORDER, TRAIL)).toEqual([]);
    expect(verify(anOpenOrder(), trailOf(placedFact()))).toEqual([]);
  });

  it.each<[string, Order]>([
    ['state', { ...anOpenOrder(), status: 'paid', updatedAt: LATER }],
    ['reason', { ...ORDER, reason: 'timed_out' }],
    ['time', { ...ORDER, updatedAt: new Date(LATER.getTime() + 1) }],
    ['birth', { ...ORDER, createdAt: new Date(0) }],
  ])('does not vouch for an order with another %s', (_what, order) => {
    expect(verify(order, TRAIL)).toEqual([
      expect.stringMatching(/^the trail leads to cancelled \(out_of_stock\) since/),
    ]);
  });

  it('shows that an entry was changed', () => {
    const changed = TRAIL.map((entry, index) => (index === 1 ? { ...entry, actor: 'somebody' } : entry));
    expect(verify(ORDER, changed)).toEqual(['entry 2 is not what its hash says']);
  });

  it('shows that an entry was changed and its hash with it', () => {
    const changed = [...TRAIL];
    changed[1] = appendFact(TRAIL[0]!, { ...PAID, actor: 'somebody' });
    expect(verify(ORDER, changed)).toEqual(['entry 3 is not chained to the one before']);
  });

  it('shows that an entry is missing in its middle or at its end', () => {
    const [first, , ...rest] = TRAIL;
    expect(verify(ORDER, [first!, ...rest])).toContain('entry 3 follows entry 1');
    const { number, hash } = TRAIL.at(-1)!;
    expect(verifyTrail(storedAs(ORDER), { number, hash }, TRAIL.slice(0, -1))).toEqual([
      'the trail ends with entry 3, the order knows of 4',
    ]);
  });

  it('of before it was said what was ordered is as valid as ever, and vouches for none of that', () => {
    const other = { userId: 'somebody_else', total: 1 as Order['total'], currency: 'EUR' };
    expect(verify({ ...ORDER, ...other }, TRAIL)).toEqual([]);
  });

  it('shows that it is not there', () => {
    expect(verify(ORDER, [])).toContain('the trail does not begin with the order');
  });

  it('shows a step the lifecycle does not have', () => {
    const stolen: AuditFact = { ...PAID, event: 'payment_refunded', to: 'paid' };
    expect(verify(ORDER, trailOf(placedFact(), stolen))).toEqual([
      expect.stringMatching(/^entry 2: payment_refunded cannot happen to order .* which is pending$/),
    ]);
    expect(verify(ORDER, trailOf(placedFact(), { ...PAID, to: 'confirmed' }))).toEqual([
      'entry 2 says pending,confirmed,, the lifecycle pending,paid,',
    ]);
    expect(verify(ORDER, trailOf(placedFact(), PAID, PAID))).toEqual([
      'entry 3 records what is ignored: it is known to be paid',
    ]);
    expect(verify(ORDER, trailOf(placedFact(), placedFact()))).toEqual(['entry 2 creates the order again']);
  });
});
