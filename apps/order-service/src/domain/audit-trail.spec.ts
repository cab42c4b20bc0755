import { deepFreeze } from '@app/testing';
import { LATER, placedFact, trailOf } from '../../test/orders';
import { appendFact, EMPTY_CHAIN, hashOf, type AuditFact } from './audit-trail';

const PAID: AuditFact = {
  ...placedFact(),
  event: 'payment_successful',
  from: 'pending',
  to: 'paid',
  actor: 'payment-service',
  causeEventId: '019a3c1e-5d9f-7d0e-8a51-7c0a4f7c2b93',
  occurredAt: LATER,
};

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
  };

  it.each(Object.entries(changes))('gives itself away when its %s is changed', (_field, changed) => {
    expect(hashOf(changed, 2, EMPTY_CHAIN.hash)).not.toBe(hashOf(PAID, 2, EMPTY_CHAIN.hash));
  });

  it('gives itself away when an entry is moved or put behind another one', () => {
    expect(hashOf(PAID, 3, EMPTY_CHAIN.hash)).not.toBe(hashOf(PAID, 2, EMPTY_CHAIN.hash));
    expect(hashOf(PAID, 2, 'f'.repeat(64))).not.toBe(hashOf(PAID, 2, EMPTY_CHAIN.hash));
  });
});
