import type { KnownNotification, KnownOrder } from './notification';
import { decideResend, MAX_RESENDS } from './resend';

const ADDRESS = 'ada@example.test';

function known(over: Partial<KnownNotification> = {}): KnownNotification {
  return Object.freeze({
    notificationId: 'n1',
    type: 'order_confirmed',
    channel: 'email',
    status: 'sent',
    resend: 0,
    part: null,
    position: 1,
    beingSent: false,
    ...over,
  });
}

function decide(notifications: readonly KnownNotification[], cancelled = false, address: string | undefined = ADDRESS) {
  const order: KnownOrder = Object.freeze({ cancelled, notifications });
  return decideResend(order, notifications[0] ?? known(), address, () => 'new');
}

describe('a message that has been through', () => {
  it.each(['sent', 'failed', 'undeliverable'] as const)('can be sent again when it is %s', (status) => {
    expect(decide([known({ status })])).toEqual({
      accepted: true,
      notification: {
        notificationId: 'new',
        type: 'order_confirmed',
        channel: 'email',
        address: ADDRESS,
        status: 'pending',
        resend: 1,
        part: null,
        position: 2,
        waitsForPredecessor: false,
      },
    });
  });

  it('counts how often it has been asked for, and waits for what is on its way', () => {
    const other = known({ notificationId: 'n3', type: 'payment_refunded', status: 'pending', position: 7 });
    const decision = decide([known(), known({ notificationId: 'n2', resend: 1, position: 2 }), other]);
    expect(decision).toMatchObject({ notification: { resend: 2, position: 8, waitsForPredecessor: true } });
  });

  it('is refused at some point', () => {
    expect(decide([known({ resend: MAX_RESENDS })])).toEqual({ accepted: false, refusal: 'too_many' });
  });

  it('is refused while there is no address', () => {
    const order = { cancelled: false, notifications: [known()] };
    const decision = decideResend(order, known(), undefined, () => 'new');
    expect(decision).toEqual({ accepted: false, refusal: 'no_address' });
  });
});

describe('a message that must not be sent again', () => {
  it('is one on its way, or one with a resend on its way', () => {
    const resend = known({ notificationId: 'n2', resend: 1, status: 'pending' });
    expect(decide([known({ status: 'pending' })])).toEqual({ accepted: false, refusal: 'still_pending' });
    expect(decide([known(), resend])).toEqual({ accepted: false, refusal: 'still_pending' });
  });

  it('is one that was withheld', () => {
    expect(decide([known({ status: 'superseded' })], true)).toEqual({ accepted: false, refusal: 'superseded' });
  });

  it.each(['order_received', 'order_paid', 'order_confirmed'] as const)(
    'is %s of an order that was cancelled since',
    (type) => {
      expect(decide([known({ type })], true)).toEqual({ accepted: false, refusal: 'order_cancelled' });
    },
  );

  it.each(['payment_failed', 'order_cancelled', 'payment_refunded'] as const)(
    'is not %s of a cancelled order',
    (type) => {
      expect(decide([known({ type })], true)).toMatchObject({ accepted: true });
    },
  );
});
