import { deepFreeze } from '@app/testing';
import { aPayment, CONTEXT, LEASE, anInput, NOON, ORDER_ID } from '../../test/payments';
import { decideAll, decidePayment } from './decide-payment';
import type { GatewayInput } from './payment-input';
import type { GatewayOutcome } from './gateway-outcome';
import { callFor, handOver, isFreshlyDue, statusOf, type Payment } from './payment';
const after = (seconds: number): Date => new Date(NOON.getTime() + seconds * 1_000);
const at = (seconds: number) => deepFreeze({ ...CONTEXT, now: after(seconds) });

function outcome(given: GatewayOutcome, lease = LEASE): GatewayInput {
  return deepFreeze({ kind: 'gateway', orderId: ORDER_ID, lease, outcome: given });
}

describe('an order nobody has heard of', () => {
  it('is authorised at once when it is created', () => {
    const { payment, announcements } = decidePayment(undefined, anInput('order_created'), CONTEXT);
    expect(payment).toMatchObject({
      paymentId: 'new-payment',
      stage: 'authorizing',
      paymentMethod: 'credit_card',
      items: [{ productId: 'MOUSE001', quantity: 2 }],
      operation: { kind: 'authorize', dueAt: NOON, attempts: 0, uncertain: false, sentAt: null },
      cause: { correlationId: 'first-cause', causationId: 'event-order_created' },
    });
    expect(statusOf(payment)).toBe('pending');
    expect(announcements).toEqual([]);
  });

  it('is never charged when its cancellation comes first', () => {
    const inputs = [anInput('order_cancelled'), anInput('order_created')];
    const { payment, announcements } = decideAll(undefined, inputs, CONTEXT);
    expect(payment).toMatchObject({ stage: 'cancelled', paymentMethod: 'credit_card', operation: null });
    expect(announcements).toEqual([]);
  });

  it('is collected as soon as it is authorised when its confirmation comes first', () => {
    const { payment } = decideAll(undefined, [anInput('order_confirmed'), anInput('order_created')], CONTEXT);
    expect(payment).toMatchObject({
      stage: 'authorizing_confirmed',
      paymentMethod: 'credit_card',
      items: [{ productId: 'MOUSE001', quantity: 2 }],
    });
    const paid = decidePayment(payment, outcome({ kind: 'authorized', reference: 'hold-1' }), CONTEXT);
    expect(paid.payment).toMatchObject({ stage: 'capturing', operation: { kind: 'capture' } });
    expect(paid.announcements).toHaveLength(1);
  });

  it('cannot have an answer from the gateway', () => {
    expect(() => decidePayment(undefined, outcome({ kind: 'captured' }), CONTEXT)).toThrow('absent');
  });
});

describe('an authorisation', () => {
  it('is announced with everything the warehouse needs, and with its cause', () => {
    const answer = outcome({ kind: 'authorized', reference: 'hold-9' });
    const { payment, announcements } = decidePayment(aPayment('authorizing'), answer, CONTEXT);
    expect(payment).toMatchObject({ gatewayReference: 'hold-9', operation: null });
    expect(announcements).toEqual([
      {
        type: 'payment_successful',
        orderId: ORDER_ID,
        cause: { correlationId: 'first-cause', causationId: 'event-before' },
        payload: {
          payment_id: 'payment-1',
          user_id: 'user_123',
          payment_method: 'credit_card',
          currency: 'USD',
          amount: 42.5,
          items: [{ product_id: 'MOUSE001', quantity: 2 }],
        },
      },
    ]);
  });

  it('says why it was declined', () => {
    const answer = outcome({ kind: 'declined', reason: 'insufficient_funds' });
    const { payment, announcements } = decidePayment(aPayment('authorizing'), answer, CONTEXT);
    expect(payment).toMatchObject({ stage: 'failed', failureReason: 'insufficient_funds', operation: null });
    expect(announcements).toMatchObject([{ type: 'payment_failed', payload: { reason: 'insufficient_funds' } }]);
  });

  it('that no worker was handed is dropped when the order is cancelled', () => {
    const { payment } = decideAll(undefined, [anInput('order_created'), anInput('order_cancelled')], CONTEXT);
    expect(payment).toMatchObject({ stage: 'cancelled', operation: null });
  });

  it('that was cancelled meanwhile is voided without ever being announced as successful', () => {
    const answers = [outcome({ kind: 'authorized', reference: 'hold-1' }), outcome({ kind: 'voided' })];
    const { payment, announcements } = decideAll(
      aPayment('authorizing'),
      [anInput('order_cancelled'), ...answers],
      CONTEXT,
    );
    expect(payment).toMatchObject({ stage: 'voided', capturedAmount: 0 });
    expect(announcements).toMatchObject([
      { type: 'payment_refunded', payload: { method: 'void' }, cause: { causationId: 'event-order_cancelled' } },
    ]);
  });
});

describe('a capture', () => {
  it('that is refused fails the payment and releases the hold; the refund is told only after the cancellation', () => {
    const refused = decidePayment(aPayment('capturing'), outcome({ kind: 'capture_refused' }), CONTEXT);
    expect(refused.payment).toMatchObject({ failureReason: 'capture_failed', operation: { kind: 'void' } });
    expect(statusOf(refused.payment)).toBe('failed');
    const voided = decidePayment(refused.payment, outcome({ kind: 'voided' }), CONTEXT);
    expect(voided.announcements).toEqual([]);
    const cancelled = decidePayment(voided.payment, anInput('order_cancelled'), CONTEXT);
    expect(cancelled.payment).toMatchObject({ stage: 'failed', failureReason: 'capture_failed', operation: null });
    expect(cancelled.announcements).toMatchObject([{ type: 'payment_refunded', payload: { method: 'void' } }]);
  });

  it('that is refused after the cancellation leaves a voided payment without a failure', () => {
    const { payment } = decidePayment(aPayment('capturing_unwanted'), outcome({ kind: 'capture_refused' }), CONTEXT);
    expect(payment).toMatchObject({ stage: 'voiding', failureReason: null });
  });

  it('that got through although it was thought lost is refunded', () => {
    const { payment } = decidePayment(aPayment('voiding'), outcome({ kind: 'already_captured' }), CONTEXT);
    expect(payment).toMatchObject({ stage: 'refunding', capturedAmount: 4250, operation: { kind: 'refund' } });
  });

  it('that no worker was handed gives way to a void', () => {
    const inputs = [anInput('order_confirmed'), anInput('order_cancelled')];
    const { payment } = decideAll(aPayment('authorized'), inputs, CONTEXT);
    expect(payment).toMatchObject({ stage: 'voiding', operation: { kind: 'void', sentAt: null } });
  });
});

describe('a refund', () => {
  it('gives back all that was collected', () => {
    const answer = outcome({ kind: 'refunded', reference: 'refund-7' });
    const { payment, announcements } = decidePayment(aPayment('refunding'), answer, CONTEXT);
    expect(payment).toMatchObject({ capturedAmount: 4250, refundedAmount: 4250, refundReference: 'refund-7' });
    expect(announcements).toMatchObject([{ type: 'payment_refunded', payload: { method: 'refund', amount: 42.5 } }]);
  });

  it('that the gateway refuses stays due', () => {
    const { payment } = decidePayment(aPayment('refunding'), outcome({ kind: 'refused' }), CONTEXT);
    expect(payment).toMatchObject({ stage: 'refunding', operation: { kind: 'refund', attempts: 1, uncertain: false } });
  });
});

describe('a call without an answer', () => {
  const lost = outcome({ kind: 'outcome_unknown' });

  it('makes the payment unknown, to be asked about under the same key', () => {
    const { payment, announcements } = decidePayment(aPayment('authorizing'), lost, CONTEXT);
    expect(statusOf(payment)).toBe('unknown');
    expect(payment.operation).toEqual({
      kind: 'authorize',
      attempts: 1,
      uncertain: true,
      dueAt: after(0.25),
      sentAt: NOON,
    });
    expect(callFor(payment)).toMatchObject({ idempotencyKey: `${ORDER_ID}:authorize`, manner: 'ask_first' });
    expect(announcements).toEqual([]);
  });

  it('leaves the payment as it was when the gateway was certainly not reached', () => {
    const { payment } = decidePayment(aPayment('authorizing'), outcome({ kind: 'unavailable' }), CONTEXT);
    expect(statusOf(payment)).toBe('pending');
    expect(callFor(payment).manner).toBe('send');
  });

  it.each(['authorizing', 'voiding'] as const)('costs no attempt when the gateway was not asked: %s', (stage) => {
    const before = aPayment(stage);
    const { payment } = decidePayment(before, outcome({ kind: 'not_asked' }), CONTEXT);
    expect(payment).toEqual({ ...before, operation: { ...before.operation, dueAt: after(0.75) } });
    expect(decidePayment(before, outcome({ kind: 'not_asked' }, after(7)), CONTEXT).payment).toBe(before);
  });

  it('stays unknown when the gateway cannot be reached afterwards', () => {
    const { payment } = decidePayment(aPayment('authorizing'), lost, CONTEXT);
    const again = outcome({ kind: 'unavailable' }, payment.operation?.dueAt);
    expect(statusOf(decidePayment(payment, again, CONTEXT).payment)).toBe('unknown');
  });

  it('is never given up and never declared failed', () => {
    let payment = aPayment('authorizing');
    for (let attempt = 0; attempt < 50; attempt += 1) {
      payment = decidePayment(payment, outcome({ kind: 'outcome_unknown' }, payment.operation?.dueAt), CONTEXT).payment;
    }
    expect(statusOf(payment)).toBe('unknown');
    expect(payment.operation).toMatchObject({ attempts: 50, dueAt: after(30) });
  });

  it('changes nothing when somebody else has the operation by now', () => {
    const before = aPayment('authorizing');
    expect(decidePayment(before, outcome({ kind: 'outcome_unknown' }, after(7)), CONTEXT).payment).toBe(before);
    const settled = aPayment('captured');
    expect(decidePayment(settled, lost, CONTEXT).payment).toBe(settled);
  });

  it('is settled when the order was cancelled and nothing is found, but not while it may still be under way', () => {
    const nothing = outcome({ kind: 'nothing_found' });
    const early = decidePayment(aPayment('authorizing_unwanted'), nothing, at(29)).payment;
    expect(early).toMatchObject({ stage: 'authorizing_unwanted', operation: { attempts: 1 } });
    expect(callFor(early).manner).toBe('only_ask');
    expect(decidePayment(aPayment('authorizing_unwanted'), nothing, at(30)).payment.stage).toBe('cancelled');
    expect(decidePayment(aPayment('capturing_unwanted'), nothing, at(30)).payment).toMatchObject({
      stage: 'voiding',
      operation: { kind: 'void', attempts: 0, uncertain: false },
    });
  });

  it('is asked for again when a frozen worker sent it after nothing was found', () => {
    const { payment } = decidePayment(aPayment('cancelled'), lost, at(100));
    expect(payment).toMatchObject({
      stage: 'authorizing_unwanted',
      operation: { dueAt: after(100), sentAt: after(100) },
    });
    expect(callFor(payment).manner).toBe('only_ask');
    const nothing = outcome({ kind: 'nothing_found' });
    expect(decidePayment(payment, nothing, at(129)).payment.stage).toBe('authorizing_unwanted');
    expect(decidePayment(payment, nothing, at(130)).payment.stage).toBe('cancelled');
  });

  it('counts as sent just now when a frozen worker lost its answer while another one is asking', () => {
    const asking = aPayment('authorizing_unwanted');
    const { payment } = decidePayment(asking, outcome({ kind: 'outcome_unknown' }, after(-60)), at(20));
    expect(payment.operation).toEqual({ ...asking.operation, sentAt: after(20) });
  });

  it('keeps a failed payment failed while its hold is being released', () => {
    const { payment } = decidePayment(aPayment('releasing'), lost, CONTEXT);
    expect(statusOf(payment)).toBe('failed');
    expect(callFor(payment).manner).toBe('ask_first');
  });
});

describe('an operation that is due', () => {
  it('is fresh until a worker is handed it', () => {
    const due: Payment = decidePayment(aPayment('authorized'), anInput('order_confirmed'), CONTEXT).payment;
    expect(isFreshlyDue(due)).toBe(true);
    const handed = handOver(due, NOON, LEASE);
    expect(isFreshlyDue(handed)).toBe(false);
    expect(handed.operation).toMatchObject({ dueAt: LEASE, sentAt: NOON });
    expect(callFor(handed)).toMatchObject({ operation: 'capture', reference: 'hold-1', manner: 'send', amount: 4250 });
  });

  it('has a call only if there is one', () => {
    expect(() => callFor(aPayment('captured'))).toThrow(TypeError);
  });
});
