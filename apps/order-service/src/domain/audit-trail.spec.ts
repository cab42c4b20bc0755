import { deepFreeze } from '@app/testing';
import { anOpenOrder, LATER, LINES, placedFact, trailOf, USER_SALT } from '../../test/orders';
import { appendFact, EMPTY_CHAIN, hashOf, placedEntry, type AuditFact } from './audit-trail';

const PAID: AuditFact = {
  ...placedFact(),
  event: 'payment_successful',
  from: 'pending',
  to: 'paid',
  actor: 'payment-service',
  causeEventId: '019a3c1e-5d9f-7d0e-8a51-7c0a4f7c2b93',
  occurredAt: LATER,
};
const DETAILS = '{"payment_id":"p-1","amount":1299.99}';

describe('an audit trail', () => {
  it('numbers its entries and chains each to the one before', () => {
    const [first, second] = trailOf(placedFact(), PAID);
    expect(first).toMatchObject({ ...placedFact(), number: 1, previousHash: '0'.repeat(64) });
    expect(second).toMatchObject({ ...PAID, number: 2, previousHash: first?.hash });
  });

  it('hashes in a way that is never to change, or no old trail could be verified', () => {
    expect(trailOf(placedFact(), PAID).map(({ hash }) => hash)).toEqual([
      '188e32358212ce305746210a765de7d971dbbdb8d5ab817ca1874e47908ff76b',
      '23a03ffc3808421e062b8e0aff0aaa4be6e4e2c4da029976a8532d54ee16c435',
    ]);
  });

  it('hashes details as the twelfth element, in a way that is never to change either', () => {
    const entry = placedEntry(anOpenOrder(), LINES, USER_SALT, 'customer');
    expect(entry.details).toBe(
      '{"user_hash":"ad79bcc4e2f2b1b6b4261b89ba2d2160b301f7cbdb80889994cec2578dbeeb72",' +
        '"payment_method":"credit_card","currency":"USD","total_amount":1299.99,' +
        '"items":[{"product_id":"LAPTOP001","product_name":"Gaming Laptop","quantity":1,"price":1299.99}]}',
    );
    expect(entry.hash).toBe('1ac8e3e0c8cafdc9d09c96adee1ef6cecfd70038ee8f0dbce5a4974f0eb3f1ec');
  });

  it('says what was ordered, and nothing of who ordered it', () => {
    expect(placedEntry(anOpenOrder(), LINES, USER_SALT, 'customer').details).not.toContain('user_123');
    const other = placedEntry(anOpenOrder(), LINES, 'f'.repeat(32), 'customer');
    expect(other.details).not.toBe(placedEntry(anOpenOrder(), LINES, USER_SALT, 'customer').details);
  });

  it('gives itself away when details are added or removed', () => {
    const [without, withDetails] = [hashOf(PAID, 2, EMPTY_CHAIN.hash), { ...PAID, details: DETAILS }];
    expect(hashOf(withDetails, 2, EMPTY_CHAIN.hash)).not.toBe(without);
  });

  it('changes nothing it is given', () => {
    expect(() => appendFact(deepFreeze({ ...EMPTY_CHAIN }), deepFreeze({ ...PAID }))).not.toThrow();
  });

  const changes: Record<keyof AuditFact, AuditFact> = {
    orderId: { ...PAID, orderId: '019a3c1e-5d57-7b6c-9c4e-2f1a9d0b7e12' },
    event: { ...PAID, event: 'stock_taken' },
    from: { ...PAID, from: null },
    to: { ...PAID, to: 'confirmed' },
    reason: { ...PAID, reason: 'timed_out' },
    actor: { ...PAID, actor: 'inventory-service' },
    causeEventId: { ...PAID, causeEventId: null },
    correlationId: { ...PAID, correlationId: 'correlation-2' },
    occurredAt: { ...PAID, occurredAt: new Date(LATER.getTime() + 1) },
    details: { ...PAID, details: DETAILS },
  };

  it.each(Object.entries(changes))('gives itself away when its %s is changed', (_field, changed) => {
    expect(hashOf(changed, 2, EMPTY_CHAIN.hash)).not.toBe(hashOf(PAID, 2, EMPTY_CHAIN.hash));
  });

  it('gives itself away when an entry is moved or put behind another one', () => {
    expect(hashOf(PAID, 3, EMPTY_CHAIN.hash)).not.toBe(hashOf(PAID, 2, EMPTY_CHAIN.hash));
    expect(hashOf(PAID, 2, 'f'.repeat(64))).not.toBe(hashOf(PAID, 2, EMPTY_CHAIN.hash));
  });
});
