import { minorUnitsOf } from '@app/events';
import { answerOf, authorizationOutcome, judge, type FollowUp, type LedgerEntry } from './simulator-rules';

const amount = minorUnitsOf(4250);
const facts = { reference: 'hold-1', amount, currency: 'USD', paymentMethod: 'credit_card' };
const hold: LedgerEntry = { ...facts, idempotencyKey: 'o:authorize', operation: 'authorize', outcome: 'authorized' };
const captured: LedgerEntry = { ...facts, idempotencyKey: 'o:capture', operation: 'capture', outcome: 'captured' };
const voided: LedgerEntry = { ...facts, idempotencyKey: 'o:void', operation: 'void', outcome: 'voided' };
const refunded: LedgerEntry = { ...facts, idempotencyKey: 'o:refund', operation: 'refund', outcome: 'refunded' };

function ask(operation: FollowUp['operation'], key = `o:${operation}`): FollowUp {
  return { operation, idempotencyKey: key, reference: 'hold-1', amount, currency: 'USD' };
}

const written = (outcome: string) => ({ kind: 'write', entry: { outcome } });
const answered = (kind: string) => ({ kind: 'answer', answer: { kind } });

describe('an authorisation', () => {
  it.each([
    ['credit_card', 'authorized'],
    ['anything', 'authorized'],
    ['test_declined', 'declined'],
    ['test_insufficient_funds', 'insufficient_funds'],
    ['test_capture_fails', 'authorized'],
    ['test_error_after_charge', 'authorized'],
  ])('with %s is %s', (method, outcome) => {
    expect(authorizationOutcome(method)).toBe(outcome);
  });
});

describe('a hold', () => {
  it('is captured once, whatever key is used for the second time', () => {
    expect(judge(ask('capture'), [hold])).toMatchObject(written('captured'));
    expect(judge(ask('capture'), [hold, captured])).toEqual(answered('captured'));
    expect(judge(ask('capture', 'other'), [hold, captured])).toMatchObject(written('capture_refused'));
  });

  it('is not captured without an authorisation, after a void, for another amount, or when the method says so', () => {
    expect(judge(ask('capture'), [])).toEqual(answered('capture_refused'));
    expect(judge(ask('capture'), [hold, voided])).toMatchObject(written('capture_refused'));
    expect(judge({ ...ask('capture'), amount: minorUnitsOf(9999) }, [hold])).toEqual(answered('capture_refused'));
    const doomed = { ...hold, paymentMethod: 'test_capture_fails' };
    expect(judge(ask('capture'), [doomed])).toMatchObject(written('capture_refused'));
  });

  it('is voided, unless it was captured', () => {
    expect(judge(ask('void'), [hold])).toMatchObject(written('voided'));
    expect(judge(ask('void', 'other'), [hold, voided])).toEqual(answered('voided'));
    expect(judge(ask('void'), [hold, captured])).toEqual(answered('already_captured'));
    expect(judge(ask('void'), [])).toEqual(answered('refused'));
  });

  it('is refunded once, and only what was captured', () => {
    expect(judge(ask('refund'), [hold, captured])).toMatchObject(written('refunded'));
    expect(judge(ask('refund'), [hold])).toEqual(answered('refused'));
    const back = { kind: 'answer', answer: { kind: 'refunded', reference: 'o:refund' } };
    expect(judge(ask('refund', 'other'), [hold, captured, refunded])).toEqual(back);
    expect(judge({ ...ask('refund'), amount: minorUnitsOf(9999) }, [hold, captured])).toEqual(answered('refused'));
  });
});

describe('a line of the books', () => {
  it('is answered in the same way forever', () => {
    expect(answerOf(hold)).toEqual({ kind: 'authorized', reference: 'hold-1' });
    expect(answerOf({ ...hold, outcome: 'declined' })).toEqual({ kind: 'declined', reason: 'declined' });
    expect(answerOf(refunded)).toEqual({ kind: 'refunded', reference: 'o:refund' });
    expect(answerOf(voided)).toEqual({ kind: 'voided' });
  });
});
