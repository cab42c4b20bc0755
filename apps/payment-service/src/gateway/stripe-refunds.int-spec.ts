import { minorUnitsOf } from '@app/events';
import { Logger } from '@nestjs/common';
import { StripeStandIn } from '../../test/stripe-stand-in';
import { OutcomeUnknown } from './payment-gateway';
import { StripeGateway } from './stripe-gateway';

const amount = minorUnitsOf(1000);
const { signal } = new AbortController();
let stripe: StripeStandIn;
let gateway: StripeGateway;
let logged: string[];

/** Patient unless told, so that a busy machine is never taken for a silent Stripe. */
function gatewayWith(timeoutMs = 10_000): StripeGateway {
  const options = { secretKey: 'sk_test', apiUrl: stripe.url, timeoutMs, maxConnections: 10 };
  return new StripeGateway({ ...options, defaultPaymentMethod: 'pm_card_visa' });
}

beforeEach(async () => {
  logged = [];
  const note = (text: unknown): void => void logged.push(String(text));
  Logger.overrideLogger({ log: note, warn: note, error: note, debug: note });
  stripe = new StripeStandIn('sk_test');
  await stripe.start();
  gateway = gatewayWith();
});

afterEach(async () => {
  await gateway.onApplicationShutdown();
  await stripe.stop();
  Logger.overrideLogger(false);
});

const followUp = (operation: string) => ({
  idempotencyKey: `order-1:${operation}`,
  reference: 'pi_1',
  amount,
  currency: 'USD',
});
const refund = () => gateway.refund(followUp('refund'), signal);
const refundWithoutAnswer = async () => {
  const impatient = gatewayWith(1_000);
  await expect(impatient.refund(followUp('refund'), signal)).rejects.toThrow(OutcomeUnknown);
  await impatient.onApplicationShutdown();
};
const lookup = (operation: 'capture' | 'void' | 'refund') =>
  gateway.lookup({ ...followUp(operation), operation, orderId: 'order-1' }, signal);
const inspect = () => gateway.inspect(followUp('inspect'), signal);
const given = () =>
  stripe.books.refunds.flatMap(({ amount: refunded, status }) => (status === 'failed' ? [] : [refunded]));

async function hold(): Promise<void> {
  const request = { orderId: 'order-1', amount, currency: 'USD', paymentMethod: 'credit_card' };
  await gateway.authorize({ ...request, idempotencyKey: 'order-1:authorize' }, signal);
}

async function captured(): Promise<void> {
  await hold();
  await gateway.capture(followUp('capture'), signal);
}

describe('a capture of which somebody has given a part back', () => {
  beforeEach(async () => {
    await captured();
    stripe.books.refundByHand('pi_1', 400);
  });

  it('is not taken for refunded when our refund is lost: the rest is given back', async () => {
    stripe.faults.push('hang');
    await refundWithoutAnswer();
    expect(await lookup('refund')).toBeUndefined();
    expect(await refund()).toEqual({ kind: 'refunded', reference: 're_2' });
    expect(given()).toEqual([400, 600]);
  });

  it('is refunded when only the answer was lost, and nothing is given back twice', async () => {
    stripe.faults.push('hang_after');
    await refundWithoutAnswer();
    expect(await lookup('refund')).toEqual({ kind: 'refunded', reference: 're_2' });
    expect(await refund()).toEqual({ kind: 'refunded', reference: 're_2' });
    expect(given()).toEqual([400, 600]);
  });

  it('is refunded by a second key when Stripe only repeats a failure', async () => {
    stripe.faults.push('500');
    await expect(refund()).rejects.toThrow(OutcomeUnknown);
    expect(await refund()).toMatchObject({ kind: 'refunded' });
    expect(given()).toEqual([400, 600]);
  });

  it('is refunded without us once somebody has given the rest back as well', async () => {
    stripe.books.refundByHand('pi_1');
    expect(await lookup('refund')).toEqual({ kind: 'refunded', reference: 're_2' });
    expect(await refund()).toEqual({ kind: 'refunded', reference: 're_2' });
    expect(given()).toEqual([400, 600]);
  });

  it('has what failed afterwards given back again, once', async () => {
    expect(await refund()).toMatchObject({ kind: 'refunded' });
    stripe.books.failRefund(stripe.books.refunds[0]!);
    expect(await lookup('refund')).toBeUndefined();
    for (let time = 0; time < 2; time += 1) expect(await refund()).toEqual({ kind: 'refunded', reference: 're_3' });
    expect(given()).toEqual([600, 400]);
  });
});

describe('a refund at Stripe', () => {
  beforeEach(captured);

  it('that is pending counts until it fails, and is then a matter for a person', async () => {
    stripe.books.refundsBegin = 'pending';
    expect(await refund()).toEqual({ kind: 'refunded', reference: 're_1' });
    expect(await lookup('refund')).toEqual({ kind: 'refunded', reference: 're_1' });
    stripe.books.failRefund(stripe.books.refunds[0]!);
    expect(await lookup('refund')).toBeUndefined();
    expect(await refund()).toEqual({ kind: 'refused' });
    expect(logged.join()).toContain('refused to refund the remaining amount');
    stripe.books.refundByHand('pi_1');
    expect(await refund()).toEqual({ kind: 'refunded', reference: 're_2' });
  });

  it.each(['failed', 'canceled'] as const)('that is %s at once has given nothing back', async (status) => {
    stripe.books.refundsBegin = status;
    expect(await refund()).toEqual({ kind: 'refused' });
    expect(await lookup('refund')).toBeUndefined();
  });

  it('is the sum of however many there are', async () => {
    for (let piece = 0; piece < 120; piece += 1) stripe.books.refundByHand('pi_1', 8);
    expect(await inspect()).toMatchObject({ captured: 1000, returned: 960 });
    expect(await lookup('refund')).toBeUndefined();
    stripe.books.refundByHand('pi_1', 40);
    expect(await lookup('refund')).toMatchObject({ kind: 'refunded' });
  });

  it('under a key that an earlier version used with other parameters is sent under a second one', async () => {
    stripe.books.refundsBegin = 'failed';
    await refund();
    stripe.books.refundsBegin = 'succeeded';
    const otherParameters = { ...followUp('refund'), idempotencyKey: 'order-1:capture' };
    expect(await gateway.refund(otherParameters, signal)).toMatchObject({ kind: 'refunded' });
    expect(given()).toEqual([1000]);
  });
});

describe('a capture that the bank disputes', () => {
  beforeEach(captured);

  it('is ours until it is lost, and counts as given back from then on', async () => {
    stripe.books.refundByHand('pi_1', 400);
    stripe.books.dispute('pi_1', 'needs_response');
    expect(await inspect()).toMatchObject({ captured: 1000, returned: 400, dispute: 'open' });
    expect(await refund()).toEqual({ kind: 'refused' });
    stripe.books.dispute('pi_1', 'lost');
    expect(await inspect()).toMatchObject({ dispute: 'lost' });
    expect(await refund()).toMatchObject({ kind: 'refunded' });
  });

  it('is ours again when it is won', async () => {
    stripe.books.dispute('pi_1', 'needs_response');
    stripe.books.dispute('pi_1', 'won');
    expect(await inspect()).toEqual({
      kind: 'inspected',
      captured: 1000,
      returned: 0,
      dispute: 'won',
      refundReference: null,
    });
    expect(await refund()).toMatchObject({ kind: 'refunded' });
  });
});

describe('a hold that somebody has collected in Stripe’s own pages', () => {
  beforeEach(hold);

  it.each([
    ['all of it', 1000, {}],
    ['a part of it', 300, { amount: 300 }],
  ])('is captured: %s', async (_how, collected, said) => {
    stripe.books.captureByHand('pi_1', collected);
    expect(await lookup('capture')).toEqual({ kind: 'captured', ...said });
    expect(await lookup('void')).toEqual({ kind: 'already_captured', ...said });
    expect(await gateway.capture(followUp('capture'), signal)).toEqual({ kind: 'captured', ...said });
    expect(await gateway.void(followUp('void'), signal)).toEqual({ kind: 'already_captured', ...said });
    expect(await refund()).toMatchObject({ kind: 'refunded' });
    expect(given()).toEqual([collected]);
  });
});
