import { minorUnitsOf } from '@app/events';
import { deepFreeze } from '@app/testing';
import { aPayment, AMOUNT, CONTEXT, LEASE, anInput, ORDER_ID } from '../../test/payments';
import { decidePayment } from './decide-payment';
import type { PaymentInput } from './payment-input';
import { PaymentTransitionRefused } from './payment.errors';
import type { GatewayOutcome, MoneyAtGateway } from './gateway-outcome';
import { PAYMENT_TRIGGERS, type AnnouncementKind, type PaymentTrigger } from './lifecycle-entry';
import { PAYMENT_LIFECYCLE } from './payment-lifecycle';
import { checkPaymentLifecycle } from './payment-state-machine';
import { PAYMENT_STAGES, type PaymentStage } from './payment-stage';

/**
 * `-`: ignored. `x`: impossible, refused. `~`: the same stage, the operation, if any, stays due. `+`: remembered. Otherwise the next
 * stage, and behind `!` what is announced.
 */
const COLUMNS =
  'created confirmed cancelled authorized declined captured cap_refused voided already_cap refunded moved changed stands returned nothing unknown';
const EXPECTED: Record<PaymentStage, string> = {
  //                     created               confirmed             cancelled
  expected: 'authorizing_confirmed -                     cancelled            x x x x x x x - - - - x ~',
  authorizing:
    '-                     authorizing_confirmed authorizing_unwanted authorized!payment_successful failed!payment_failed x x x x x + + - - x ~',
  authorizing_confirmed:
    '-                     -                     authorizing_unwanted capturing!payment_successful  failed!payment_failed x x x x x + + - - x ~',
  authorizing_unwanted:
    '-                     -                     -                    voiding                       failed                x x x x x - - - - cancelled ~',
  authorized: '-                     capturing             voiding              -         x x x x x x + + - - x ~',
  capturing:
    '-                     -                     capturing_unwanted   -         x captured!payment_captured releasing!payment_failed x x x + + - - x ~',
  capturing_unwanted:
    '-                     -                     -                    -         x refunding!payment_captured voiding x x x - - - - voiding ~',
  captured:
    '-                     -                     refunding            -         x - x x x x inspecting inspecting - - x ~',
  inspecting:
    '-                     -                     refunding            -         x - x x x x + + captured!payment_adjusted reversed!capture_reversed x ~',
  reversed: '-                     -                     refunded             -         x - x x x x - + - - x ~',
  refunding:
    '-                     -                     -                    -         x - x x - refunded!capture_refunded - + - - - ~',
  refunded:
    '-                     -                     -                    -         x - x x - - - checking_refund - - - ~',
  checking_refund:
    '-                     -                     -                    -         x - x x - - - + repeating_refund refunded - ~',
  repeating_refund:
    '-                     -                     -                    -         x - x x - refunded - + - - - ~',
  voiding:
    '-                     -                     -                    -         x refunding!payment_captured - voided!hold_voided refunding!payment_captured x - - - - - ~',
  voided: '-                     -                     -                    -         x x - - x x - - - - - ~',
  releasing:
    '-                     -                     releasing_unwanted   -         x x - released x x - - - - x ~',
  releasing_unwanted:
    '-                     -                     -                    -         x x - failed!hold_voided x x - - - - x ~',
  released: '-                     -                     failed!hold_voided   -         x x - - x x - - - - x ~',
  failed: '-                     -                     -                    -         - x - - x x - - - - - ~',
  cancelled:
    '-                     -                     -                    voiding   - x x x x x - - - - - authorizing_unwanted',
};

const ANSWERS: Partial<Record<PaymentTrigger, GatewayOutcome>> = {
  authorized: { kind: 'authorized', reference: 'hold-1' },
  declined: { kind: 'declined', reason: 'insufficient_funds' },
  refunded: { kind: 'refunded', reference: 'refund-1' },
  money_stands: { kind: 'inspected', ...money(400) },
  money_returned: { kind: 'inspected', ...money(4250) },
};

function money(returned: number): MoneyAtGateway {
  return { captured: AMOUNT, returned: minorUnitsOf(returned), dispute: null, refundReference: 'refund-1' };
}

function inputOf(trigger: PaymentTrigger): PaymentInput {
  if (trigger === 'order_created' || trigger === 'order_confirmed' || trigger === 'order_cancelled')
    return anInput(trigger);
  if (trigger === 'money_moved' || trigger === 'refund_changed') return { kind: trigger, orderId: ORDER_ID };
  const outcome = ANSWERS[trigger] ?? ({ kind: trigger } as GatewayOutcome);
  return deepFreeze({ kind: 'gateway', orderId: ORDER_ID, lease: LEASE, outcome });
}

/** Long after the last sending, so that a gateway that finds nothing is believed. */
const LATER = deepFreeze({ ...CONTEXT, now: new Date('2026-01-15T13:00:00Z') });

const ANNOUNCED: Record<AnnouncementKind, object> = {
  payment_successful: { type: 'payment_successful' },
  payment_failed: { type: 'payment_failed' },
  payment_captured: { type: 'payment_captured', payload: { amount: 42.5, captured_amount: 42.5 } },
  hold_voided: { type: 'payment_refunded', payload: { method: 'void' } },
  capture_refunded: { type: 'payment_refunded', payload: { method: 'refund' } },
  capture_reversed: { type: 'payment_refunded', payload: { method: 'refund', initiator: 'operator' } },
  payment_adjusted: { type: 'payment_adjusted', payload: { given_back: 4, refunded_amount: 4, captured_amount: 42.5 } },
};

describe('every stage and everything that can happen', () => {
  const cells = PAYMENT_STAGES.flatMap((stage) => {
    const row = EXPECTED[stage].split(/\s+/);
    if (row.length !== COLUMNS.split(' ').length) throw new Error(`${stage} has ${row.length} cells`);
    return PAYMENT_TRIGGERS.map((trigger, index) => [stage, trigger, row[index] ?? ''] as const);
  });

  it.each(cells)('%s, %s → %s', (stage, trigger, cell) => {
    const before = aPayment(stage);
    const decide = () => decidePayment(before, inputOf(trigger), LATER);
    if (cell === 'x') return expect(decide).toThrow(PaymentTransitionRefused);
    const { payment, announcements } = decide();
    if (cell === '-') {
      expect(payment).toBe(before);
      return expect(announcements).toEqual([]);
    }
    if (cell === '+') {
      expect(payment).toEqual({ ...before, heard: true });
      return expect(announcements).toEqual([]);
    }
    if (cell === '~') {
      expect([payment.stage, payment.operation?.kind]).toEqual([stage, before.operation?.kind]);
      return expect(announcements).toEqual([]);
    }
    const [stageAfter, announced] = cell.split('!') as [PaymentStage, AnnouncementKind | undefined];
    expect(payment.stage).toBe(stageAfter);
    expect(announcements).toHaveLength(announced === undefined ? 0 : 1);
    if (announced !== undefined) expect(announcements[0]).toMatchObject(ANNOUNCED[announced]);
  });
});

describe('the table of the lifecycle', () => {
  it('is sound', () => {
    expect(() => checkPaymentLifecycle(PAYMENT_LIFECYCLE)).not.toThrow();
  });

  it('is refused when a stage cannot be reached or waits forever', () => {
    const deadEnd = { ...PAYMENT_LIFECYCLE, authorized: {}, voiding: {} };
    expect(() => checkPaymentLifecycle(deadEnd)).toThrow(/voided cannot be reached.*voiding is a dead end/);
    const { order_cancelled: leave } = PAYMENT_LIFECYCLE.authorized;
    const silent = {
      ...PAYMENT_LIFECYCLE,
      authorizing_unwanted: leave === undefined ? {} : { order_cancelled: leave },
    };
    expect(() => checkPaymentLifecycle(silent)).toThrow('wrong: no answer ends authorizing_unwanted');
  });
});
