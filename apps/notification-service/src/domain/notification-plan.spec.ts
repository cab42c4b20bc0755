import { NOTIFICATION_TYPES, type NotificationType } from '@app/events';
import fc from 'fast-check';
import { isSupersededByCancellation, UNKNOWN_ORDER, type KnownNotification, type KnownOrder } from './notification';
import { afterPlan, planNotifications } from './notification-plan';
import type { Recipient } from './recipients';

const EMAIL: Recipient = { channel: 'email', address: 'ada@example.test' };
const SMS: Recipient = { channel: 'sms', address: '+491701234567' };

function ids(): () => string {
  let last = 0;
  return () => `new-${(last += 1)}`;
}

function known(type: NotificationType, over: Partial<KnownNotification> = {}): KnownNotification {
  const base = { notificationId: type, type, channel: 'email', status: 'pending', resend: 0, position: 1 } as const;
  return Object.freeze({ ...base, part: null, beingSent: false, ...over });
}

function order(notifications: readonly KnownNotification[], cancelled = false): KnownOrder {
  return Object.freeze({ cancelled, notifications: Object.freeze([...notifications]) });
}

function plan(of: KnownOrder, type: NotificationType, recipients: readonly Recipient[] = [EMAIL]) {
  return planNotifications(of, type, recipients, ids());
}

describe('an order nobody has heard of', () => {
  it.each(NOTIFICATION_TYPES)('gets its %s notification', (type) => {
    expect(plan(UNKNOWN_ORDER, type)).toEqual({
      create: [
        {
          notificationId: 'new-1',
          type,
          channel: 'email',
          address: 'ada@example.test',
          status: 'pending',
          resend: 0,
          part: null,
          position: 1,
          waitsForPredecessor: false,
        },
      ],
      supersede: [],
    });
  });

  it('gets one on each channel, none waiting for the other', () => {
    const { create } = plan(UNKNOWN_ORDER, 'order_received', [EMAIL, SMS]);
    expect(
      create.map(({ channel, position, waitsForPredecessor }) => [channel, position, waitsForPredecessor]),
    ).toEqual([
      ['email', 1, false],
      ['sms', 2, false],
    ]);
  });

  it('records that there is no address', () => {
    const { create } = plan(UNKNOWN_ORDER, 'order_received', [{ channel: 'email', address: undefined }]);
    expect(create).toMatchObject([{ status: 'undeliverable', waitsForPredecessor: false }]);
  });
});

describe('an order with a notification that is not through yet', () => {
  it.each(NOTIFICATION_TYPES)('lets a further one wait for %s, except one that takes it back', (type) => {
    const other = type === 'order_cancelled' ? 'payment_refunded' : 'payment_failed';
    const { create } = plan(order([known(type, { position: 4 })]), type === 'payment_failed' ? 'order_paid' : other);
    expect(create).toMatchObject([{ position: 5, status: 'pending', waitsForPredecessor: true }]);
  });

  it('names the last of those it waits for', () => {
    const pending = [known('order_received', { position: 1 }), known('order_paid', { position: 3 })];
    const settled = known('payment_failed', { position: 4, status: 'sent' });
    const { create } = plan(order([pending[1]!, pending[0]!, settled]), 'order_confirmed');
    expect(create).toMatchObject([{ waitsForPredecessor: true, predecessorId: pending[1]!.notificationId }]);
  });

  it('does not let another channel wait', () => {
    const { create } = plan(order([known('order_received')]), 'order_paid', [SMS]);
    expect(create).toMatchObject([{ channel: 'sms', waitsForPredecessor: false }]);
  });
});

describe('a repeated event', () => {
  const statuses = ['pending', 'sent', 'failed', 'undeliverable', 'superseded', 'logged'] as const;
  const cases = NOTIFICATION_TYPES.flatMap((type) => statuses.map((status) => [type, status] as const));

  it.each(cases)('adds nothing to a %s notification that is %s', (type, status) => {
    expect(plan(order([known(type, { status, beingSent: status === 'pending' })]), type)).toEqual({
      create: [],
      supersede: [],
    });
  });

  it('still adds the channel the customer has chosen since', () => {
    const { create } = plan(order([known('order_paid', { status: 'sent' })]), 'order_paid', [EMAIL, SMS]);
    expect(create.map(({ channel }) => channel)).toEqual(['sms']);
  });
});

// Every state of a notification an order_cancelled can find, and what becomes of it, written out by hand.
describe('a cancellation', () => {
  it.each([
    ['order_received', 'waits', true],
    ['order_paid', 'waits', true],
    ['order_confirmed', 'waits', true],
    ['payment_failed', 'waits', false],
    ['payment_refunded', 'waits', false],
    ['order_received', 'is being sent', false],
    ['order_paid', 'is being sent', false],
    ['order_confirmed', 'is being sent', false],
    ['payment_failed', 'is being sent', false],
    ['payment_refunded', 'is being sent', false],
  ] as const)('of an order whose %s %s: taken back is %s', (type, state, takenBack) => {
    const { create, supersede } = plan(
      order([known(type, { beingSent: state === 'is being sent' })], true),
      'order_cancelled',
    );
    expect(supersede).toEqual(takenBack ? [type] : []);
    expect(create).toMatchObject([{ status: 'pending', waitsForPredecessor: !takenBack }]);
  });

  it.each(['sent', 'failed', 'undeliverable', 'superseded', 'logged'] as const)('leaves alone what is %s', (status) => {
    expect(plan(order([known('order_paid', { status })]), 'order_cancelled').supersede).toEqual([]);
  });
});

describe('an event of a cancelled order', () => {
  const cancelled = order([known('order_cancelled', { status: 'sent' })], true);

  it.each([
    ['order_received', 'superseded'],
    ['order_paid', 'superseded'],
    ['order_confirmed', 'superseded'],
    ['payment_failed', 'pending'],
    ['payment_refunded', 'pending'],
  ] as const)('%s is recorded as %s', (type, status) => {
    expect(plan(cancelled, type).create).toMatchObject([{ type, status, position: 2 }]);
  });

  it('is withheld rather than undeliverable when there is no address either', () => {
    const { create } = plan(cancelled, 'order_paid', [{ channel: 'email', address: undefined }]);
    expect(create).toMatchObject([{ status: 'superseded' }]);
  });
});

describe('an order, whatever is repeated, reordered or delayed', () => {
  type Step = { readonly event: NotificationType } | { readonly deliver: number };
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.constantFrom(...NOTIFICATION_TYPES).map((event) => ({ event })),
    fc.nat(2).map((deliver) => ({ deliver })),
  );

  /** The first of a channel's queue is taken up, sent, or fails and goes back to waiting. */
  function deliver(state: KnownOrder, how: number, sent: KnownNotification[]): KnownOrder {
    const head = state.notifications.find(({ status }) => status === 'pending');
    if (head === undefined) return state;
    const next =
      how === 0
        ? { ...head, beingSent: true }
        : how === 1 && head.beingSent
          ? { ...head, status: 'sent' as const, beingSent: false }
          : { ...head, beingSent: false };
    if (next.status === 'sent') sent.push(next);
    return { ...state, notifications: state.notifications.map((one) => (one === head ? next : one)) };
  }

  it('has one notification per type, and nothing good is taken up after the cancellation was sent', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const newId = ids();
        const sent: KnownNotification[] = [];
        let state: KnownOrder = UNKNOWN_ORDER;
        for (const one of steps) {
          if ('deliver' in one) {
            state = deliver(state, one.deliver, sent);
            continue;
          }
          const planned = planNotifications(state, one.event, [EMAIL], newId);
          state = afterPlan(state, one.event, planned);
        }
        const types = state.notifications.map(({ type }) => type);
        expect(new Set(types).size).toBe(types.length);
        const cancelledAt = sent.findIndex(({ type }) => type === 'order_cancelled');
        const after = cancelledAt < 0 ? [] : sent.slice(cancelledAt + 1);
        expect(after.filter(({ type }) => isSupersededByCancellation(type))).toEqual([]);
        expect(sent.map(({ position }) => position)).toEqual(
          sent.map(({ position }) => position).sort((a, b) => a - b),
        );
      }),
      { numRuns: 500 },
    );
  });
});

describe('an order whose money goes back in parts', () => {
  const refund = (of: KnownOrder, part: number | null) =>
    planNotifications(of, 'payment_refunded', [EMAIL], ids(), part);

  it('tells of each part once, and of the rest, whatever comes again', () => {
    let known = UNKNOWN_ORDER;
    for (const part of [400, 400, 650, 400, null, 650, null]) {
      known = afterPlan(known, 'payment_refunded', refund(known, part));
    }
    expect(known.notifications.map(({ part, resend }) => [part, resend])).toEqual([
      [400, 0],
      [650, 1],
      [null, 2],
    ]);
  });

  it('tells of the rest also after a part was asked for again', () => {
    const asked = [0, 1, 2].map((resend) => known('payment_refunded', { part: 400, resend, status: 'sent' }));
    expect(refund(order(asked), null).create).toMatchObject([{ part: null, resend: 3, status: 'pending' }]);
    expect(refund(order(asked), 400).create).toEqual([]);
  });
});
