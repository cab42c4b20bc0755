import { answers, at, failed, mail, payment } from '../test/answers';
import type { AllocationAnswer } from './answers';
import { timelineOf } from './timeline';

function stock(status: string): AllocationAnswer {
  return { status, items: [], created_at: at(2), updated_at: at(2) };
}

describe('what an order needs', () => {
  it('says when a message is retried', () => {
    const retrying = failed({ status: 'retrying', attempts: 4, waiting_behind: 0, next_attempt_at: at(9) });
    expect(timelineOf(answers({ failed: { 'order-service': [retrying] } })).attention).toEqual([
      `order-service retries payment_successful at ${at(9)}, after 4 attempts`,
    ]);
  });

  it('says when the gateway is asked again, and that the outcome is unknown', () => {
    const pending = { operation: 'authorize', attempts: 2, outcome_unknown: true, next_attempt_at: at(8) };
    expect(timelineOf(answers({ payment: payment({ status: 'unknown', pending }) })).attention).toEqual([
      `the gateway is asked to authorize at ${at(8)}, after 2 attempts, of which the outcome is unknown`,
    ]);
  });

  it('says which messages are on their way, and which have failed', () => {
    const later = mail({ status: 'pending', sent_at: null, next_attempt_at: at(7), last_error: '451 try later' });
    const lost = mail({ notification_id: 'n-2', channel: 'sms', status: 'failed', sent_at: null });
    expect(timelineOf(answers({ notifications: [later, lost] })).attention).toEqual([
      `e-mail order_received is sent again at ${at(7)}: 451 try later`,
      'SMS order_received is failed; resend it: POST /notifications/n-2/resend',
    ]);
  });

  it('counts how the last delivery of a message ended, for each refund on its own', () => {
    const lost = mail({ status: 'failed', sent_at: null });
    const again = mail({ notification_id: 'n-2', resend_number: 1 });
    expect(timelineOf(answers({ notifications: [again, lost] })).attention).toEqual([]);
    const other = { ...again, message: 'another refund' };
    expect(timelineOf(answers({ notifications: [other, lost] })).attention).toEqual([
      'e-mail order_received is failed; resend it: POST /notifications/n-1/resend',
    ]);
  });

  it('is no message that nobody wants to hear after a cancellation', () => {
    const lost = mail({ status: 'failed', sent_at: null });
    const all = answers({ payment: null, notifications: [lost] }, 'cancelled');
    expect(timelineOf(all).attention).toEqual([]);
    const cancelled = { ...lost, notification_type: 'order_cancelled' };
    expect(timelineOf({ ...all, notifications: [cancelled] }).attention).toHaveLength(1);
  });

  it.each([
    ['confirmed', 'captured', 'taken'],
    ['cancelled', 'failed', 'refused'],
    ['cancelled', 'refunded', 'returned'],
    ['cancelled', 'voided', 'insufficient'],
    ['cancelled', 'cancelled', 'refused'],
  ])('is nothing when it is %s, its payment %s and its stock %s', (order, money, goods) => {
    const all = answers({ payment: payment({ status: money }), allocation: stock(goods) }, order);
    expect(timelineOf(all).attention).toEqual([]);
  });

  it.each([
    ['cancelled', 'captured', 'taken'],
    ['confirmed', 'refunded', 'returned'],
  ])('is that the others follow when it is %s, its payment still %s and its stock %s', (order, money, goods) => {
    const all = answers({ payment: payment({ status: money }), allocation: stock(goods) }, order);
    expect(timelineOf(all).attention).toEqual([
      `the order is ${order}, but its payment is ${money}`,
      `the order is ${order}, but its stock is ${goods}`,
    ]);
  });

  it('is that the payment is captured, which is not yet asked for', () => {
    expect(timelineOf(answers({ payment: payment({ status: 'authorized' }) })).attention).toEqual([
      'the payment is held, and not captured yet',
    ]);
  });
});
