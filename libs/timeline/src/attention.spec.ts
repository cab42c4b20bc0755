import { answers, at, failed, mail, payment, told } from '../test/answers';
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
    expect(timelineOf(answers({ notifications: [told('confirmed'), later, lost] })).attention).toEqual([
      `e-mail order_received is sent again at ${at(7)}: 451 try later`,
      'SMS order_received is failed; resend it: POST /notifications/n-2/resend',
    ]);
  });

  it('counts how the last delivery of a message ended, for each refund on its own', () => {
    const lost = mail({ status: 'failed', sent_at: null });
    const again = mail({ notification_id: 'n-2', resend_number: 1 });
    expect(timelineOf(answers({ notifications: [told('confirmed'), again, lost] })).attention).toEqual([]);
    const other = { ...again, message: 'another refund' };
    expect(timelineOf(answers({ notifications: [told('confirmed'), other, lost] })).attention).toEqual([
      'e-mail order_received is failed; resend it: POST /notifications/n-1/resend',
    ]);
  });

  it('is no message that nobody wants to hear after a cancellation', () => {
    const lost = mail({ status: 'failed', sent_at: null });
    const all = answers({ payment: null, notifications: [told('cancelled'), lost] }, 'cancelled');
    expect(timelineOf(all).attention).toEqual([]);
    const cancelled = { ...lost, notification_type: 'order_cancelled' };
    expect(timelineOf({ ...all, notifications: [cancelled] }).attention).toHaveLength(1);
  });

  it.each(['confirmed', 'cancelled'])('is a message about its end, which is not there yet when it is %s', (status) => {
    const earlier = mail({ notification_type: 'order_received' });
    const all = answers({ payment: null, notifications: [earlier] }, status);
    const missing = `the order is ${status}, but there is no message about it yet`;
    expect(timelineOf(all).attention).toEqual([missing]);
    expect(timelineOf({ ...all, notifications: [earlier, told(status)] }).attention).toEqual([]);
  });

  it('is no message of a service that is blocked or does not answer: that is said already', () => {
    const unanswered = [{ service: 'notification-service', why: 'no answer in 3 s' }];
    expect(timelineOf(answers({ notifications: [], unanswered })).attention).toEqual([]);
    const blocked = answers({ notifications: [], failed: { 'notification-service': [failed()] } });
    expect(timelineOf(blocked).attention).toEqual([expect.stringContaining('notification-service has given up')]);
  });

  it('says what was not read to its end', () => {
    const truncated = [{ service: 'payment-service', what: 'failed messages', shown: 1_000 }];
    expect(timelineOf(answers({ truncated })).attention).toEqual([
      'payment-service has more failed messages of this order than these 1000',
    ]);
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
