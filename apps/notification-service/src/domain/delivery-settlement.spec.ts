import { NOTIFICATION_TYPES } from '@app/events';
import { isExpired, isUsedUp, settle, type DeliveryOutcome } from './delivery-settlement';
import { isSupersededByCancellation } from './notification';

const NOW = new Date('2026-01-15T09:30:00.000Z');
const HOUR = 3_600_000;
const policy = { maxAttempts: 3, retryBaseMs: 5_000, unknownRetryBaseMs: 120_000, maxAgeMs: 24 * HOUR };

const context = { orderCancelled: false, now: NOW, policy, random: 0.5 };

function aMessage(attempts: number) {
  return Object.freeze({ type: 'order_paid' as const, attempts, createdAt: NOW });
}

function after(
  outcome: DeliveryOutcome,
  over: { attempts?: number; ageMs?: number; type?: 'order_paid' | 'order_cancelled'; orderCancelled?: boolean } = {},
) {
  const createdAt = new Date(NOW.getTime() - (over.ageMs ?? 100));
  const notification = Object.freeze({ type: over.type ?? 'order_paid', attempts: over.attempts ?? 0, createdAt });
  const orderCancelled = over.orderCancelled ?? false;
  return settle(notification, Object.freeze(outcome), { orderCancelled, now: NOW, policy, random: 0.5 });
}

function waitOf(settlement: { readonly dueAt: Date | undefined }): number {
  return (settlement.dueAt?.getTime() ?? NaN) - NOW.getTime();
}

describe('a message the provider has accepted', () => {
  it('is sent, and its attempts count this one', () => {
    expect(after({ kind: 'sent' }, { attempts: 2 })).toEqual({
      status: 'sent',
      attempts: 3,
      dueAt: undefined,
      error: undefined,
      announce: 'sent',
    });
  });
});

describe('a message that was only written to the log', () => {
  it('is settled, and nobody is told that it was sent', () => {
    expect(after({ kind: 'logged' }, { orderCancelled: true })).toEqual({
      status: 'logged',
      attempts: 1,
      dueAt: undefined,
      error: undefined,
      announce: undefined,
    });
  });
});

describe('a message the provider refuses for good', () => {
  it('has failed at once', () => {
    const error = '550 no such user';
    expect(after({ kind: 'rejected', error })).toEqual({
      status: 'failed',
      attempts: 1,
      dueAt: undefined,
      error,
      announce: 'rejected',
    });
  });
});

describe('a message the provider wants later', () => {
  const outcome = { kind: 'deferred', error: '451 later' } as const;

  it('waits five times longer after each attempt', () => {
    expect([0, 1].map((attempts) => waitOf(after(outcome, { attempts })))).toEqual([2_500, 12_500]);
    expect(after(outcome)).toMatchObject({ status: 'pending', attempts: 1, announce: undefined });
  });

  it('has failed after the last attempt', () => {
    expect(after(outcome, { attempts: 2 })).toMatchObject({ status: 'failed', attempts: 3, announce: 'exhausted' });
  });
});

describe('a message the provider may have taken', () => {
  const outcome = { kind: 'unknown', error: 'ECONNRESET' } as const;

  it('is tried again after minutes, five times more after each attempt, which all count', () => {
    expect(after(outcome)).toMatchObject({ status: 'pending', attempts: 1, heldBy: undefined, announce: undefined });
    expect([0, 1].map((attempts) => waitOf(after(outcome, { attempts })))).toEqual([90_000, 450_000]);
  });

  it('waits at least half of the longest wait, an hour at most', () => {
    const wait = (attempts: number, random: number) =>
      waitOf(settle(aMessage(attempts), outcome, { ...context, policy: { ...policy, maxAttempts: 20 }, random }));
    expect([0, 1, 2, 3, 10].map((attempts) => wait(attempts, 0))).toEqual([
      60_000, 300_000, 1_500_000, 1_800_000, 1_800_000,
    ]);
    expect([0, 1, 2, 3, 10].map((attempts) => wait(attempts, 1))).toEqual([
      120_000, 600_000, 3_000_000, 3_600_000, 3_600_000,
    ]);
  });

  it('has failed after the last attempt, so that there are no more copies than attempts', () => {
    expect(after(outcome, { attempts: 2 })).toMatchObject({ status: 'failed', attempts: 3, announce: 'exhausted' });
  });

  it('shares its attempts with those the provider answered with "later"', () => {
    const second = after({ kind: 'deferred', error: '451' }, { attempts: after(outcome).attempts });
    expect(second).toMatchObject({ status: 'pending', attempts: 2 });
    expect(after(outcome, { attempts: second.attempts })).toMatchObject({ status: 'failed', attempts: 3 });
  });
});

describe('a message whose answer is late', () => {
  const outcome = { kind: 'unanswered', error: 'no final answer yet', withinMs: 600_000 } as const;

  it.each([0, 1, 2])('is counted, and nobody else takes it up while the answer may come (attempt %d)', (attempts) => {
    const settlement = after(outcome, { attempts });
    expect(settlement).toMatchObject({
      status: 'pending',
      attempts: attempts + 1,
      heldBy: 'worker',
      announce: undefined,
    });
    expect(waitOf(settlement)).toBe(630_000);
  });

  it('is still on the wire, whatever has become of its order', () => {
    expect(after(outcome, { orderCancelled: true, ageMs: 25 * HOUR })).toMatchObject({
      status: 'pending',
      heldBy: 'worker',
    });
  });

  it.each<[DeliveryOutcome, object]>([
    [{ kind: 'sent' }, { status: 'sent', attempts: 1 }],
    [
      { kind: 'rejected', error: '554' },
      { status: 'failed', attempts: 1 },
    ],
    [
      { kind: 'deferred', error: '451' },
      { status: 'pending', attempts: 1, heldBy: undefined },
    ],
    [
      { kind: 'unknown', error: 'ECONNRESET' },
      { status: 'pending', attempts: 1, heldBy: undefined },
    ],
    [
      { kind: 'unreachable', error: '421' },
      { status: 'pending', attempts: 0, heldBy: undefined },
    ],
  ])('ends as any other, its attempt counted once: %j', (late, expected) => {
    expect(after(late)).toMatchObject(expected);
  });

  it('has no attempt left when a worker died while it waited for the last one', () => {
    expect(isUsedUp(aMessage(2), policy)).toBe(false);
    expect(isUsedUp(aMessage(after(outcome, { attempts: 2 }).attempts), policy)).toBe(true);
  });
});

describe('a message that waits for an earlier one', () => {
  it('is left to the end of that one, for a minute at most, and has cost no attempt', () => {
    const settlement = after({ kind: 'waiting' });
    expect(settlement).toMatchObject({ status: 'pending', attempts: 0, heldBy: 'predecessor', announce: undefined });
    expect(waitOf(settlement)).toBe(60_000);
  });

  it('is withheld when its order is cancelled, unless it says so', () => {
    expect(after({ kind: 'waiting' }, { orderCancelled: true })).toMatchObject({
      status: 'superseded',
      heldBy: undefined,
    });
    expect(after({ kind: 'waiting' }, { orderCancelled: true, type: 'order_cancelled' })).toMatchObject({
      status: 'pending',
      heldBy: 'predecessor',
    });
  });
});

describe('a message that could not be handed to anyone', () => {
  const outcome = { kind: 'unreachable', error: 'ECONNREFUSED' } as const;

  it('waits without an attempt being counted, however often that happens', () => {
    expect(after(outcome, { attempts: 2 })).toMatchObject({ status: 'pending', attempts: 2, announce: undefined });
  });

  it('waits the longer the older it is, but never long, so that a backlog leaves soon after an outage', () => {
    expect([100, 10_000, HOUR].map((ageMs) => waitOf(after(outcome, { ageMs })))).toEqual([1_000, 5_000, 15_000]);
  });

  it('is given up when it is too old', () => {
    expect(after(outcome, { ageMs: 25 * HOUR })).toMatchObject({
      status: 'failed',
      attempts: 0,
      announce: 'exhausted',
    });
  });
});

describe('a message that has become too old while it waited', () => {
  it('is not tried any more', () => {
    expect(isExpired(new Date(NOW.getTime() - 24 * HOUR), NOW, policy)).toBe(false);
    expect(isExpired(new Date(NOW.getTime() - 24 * HOUR - 1), NOW, policy)).toBe(true);
    expect(after({ kind: 'expired', error: 'too old' })).toMatchObject({ attempts: 0, announce: 'exhausted' });
  });
});

describe('a message about an order that was cancelled while it was on its way', () => {
  it.each(['deferred', 'unreachable', 'unknown'] as const)(
    'is not tried again when it was %s and is no news any more',
    (kind) => {
      const outcome = { kind, error: 'x' };
      expect(after(outcome, { orderCancelled: true })).toMatchObject({ status: 'superseded', announce: undefined });
      expect(after(outcome, { orderCancelled: true, type: 'order_cancelled' })).toMatchObject({ status: 'pending' });
    },
  );

  it('is recorded as sent when it was', () => {
    expect(after({ kind: 'sent' }, { orderCancelled: true })).toMatchObject({ status: 'sent', announce: 'sent' });
  });

  it('concerns good news only', () => {
    expect(NOTIFICATION_TYPES.filter(isSupersededByCancellation)).toEqual([
      'order_received',
      'order_paid',
      'order_confirmed',
    ]);
  });
});
