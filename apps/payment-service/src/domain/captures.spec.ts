import { minorUnitsOf } from '@app/events';
import { deepFreeze } from '@app/testing';
import { aPayment, CONTEXT, LEASE, ORDER_ID } from '../../test/payments';
import { decideAll, decidePayment } from './decide-payment';
import type { GatewayOutcome } from './gateway-outcome';
import type { GatewayInput } from './payment-input';
import type { PaymentStage } from './payment-stage';

function outcome(given: GatewayOutcome): GatewayInput {
  return deepFreeze({ kind: 'gateway', orderId: ORDER_ID, lease: LEASE, outcome: given });
}

describe('a capture', () => {
  it('collects the whole amount, and tells of it', () => {
    const { payment, announcements } = decidePayment(aPayment('capturing'), outcome({ kind: 'captured' }), CONTEXT);
    expect(payment).toMatchObject({ stage: 'captured', capturedAmount: 4250, refundedAmount: 0 });
    expect(announcements).toMatchObject([
      { type: 'payment_captured', payload: { amount: 42.5, captured_amount: 42.5 }, cause: payment.cause },
    ]);
  });

  it.each<[string, PaymentStage, GatewayOutcome, number]>([
    ['that is answered', 'capturing_unwanted', { kind: 'captured' }, 42.5],
    ['that had been thought lost', 'voiding', { kind: 'captured' }, 42.5],
    ['of a part by somebody else', 'voiding', { kind: 'already_captured', amount: minorUnitsOf(400) }, 4],
  ])('%s after the order was cancelled is told once, and given back', (_what, stage, answer, captured) => {
    const { payment, announcements } = decideAll(aPayment(stage), [outcome(answer), outcome(answer)], CONTEXT);
    expect(payment).toMatchObject({ stage: 'refunding' });
    expect(announcements).toMatchObject([
      { type: 'payment_captured', payload: { amount: 42.5, captured_amount: captured } },
    ]);
  });
});
