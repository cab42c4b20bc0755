import { minorUnitsOf } from '@app/events';
import { Logger } from '@nestjs/common';
import { StripeStandIn, type StripeFault } from '../../test/stripe-stand-in';
import { GatewayUnavailable, OutcomeUnknown } from './payment-gateway';
import { stripeAmount } from './stripe-amount';
import { StripeGateway } from './stripe-gateway';

const KEY = 'sk_test_planted';
const amount = minorUnitsOf(4250);
const { signal } = new AbortController();
let stripe: StripeStandIn;
let gateway: StripeGateway;
let logged: string[];

/** Patient unless told, so that a busy machine is never taken for a silent Stripe. */
function gatewayWith({ secretKey = KEY, timeoutMs = 10_000 } = {}): StripeGateway {
  const options = { secretKey, apiUrl: stripe.url, timeoutMs, maxConnections: 10 };
  return new StripeGateway({ ...options, defaultPaymentMethod: 'pm_card_visa' });
}

/** Runs one call on a gateway that waits for an answer no longer than a second. */
async function withoutPatience<Answer>(call: (impatient: StripeGateway) => Promise<Answer>): Promise<Answer> {
  const impatient = gatewayWith({ timeoutMs: 1_000 });
  return call(impatient).finally(() => impatient.onApplicationShutdown());
}

beforeEach(async () => {
  logged = [];
  const note = (text: unknown): void => void logged.push(String(text));
  Logger.overrideLogger({ log: note, warn: note, error: note, debug: note });
  stripe = new StripeStandIn(KEY);
  await stripe.start();
  gateway = gatewayWith();
});

afterEach(async () => {
  await gateway.onApplicationShutdown();
  await stripe.stop();
  Logger.overrideLogger(false);
});

function authorization(orderId = 'order-1', paymentMethod = 'credit_card') {
  return { idempotencyKey: `${orderId}:authorize`, orderId, amount, currency: 'USD', paymentMethod };
}

function followUp(operation: 'capture' | 'void' | 'refund', reference: string, orderId = 'order-1') {
  return { idempotencyKey: `${orderId}:${operation}`, reference, amount, currency: 'USD' };
}

function question(operation: 'authorize' | 'capture' | 'void' | 'refund', reference: string | null = null) {
  return { idempotencyKey: `order-1:${operation}`, operation, orderId: 'order-1', reference };
}

async function hold(method?: string): Promise<string> {
  const answer = await gateway.authorize(authorization('order-1', method), signal);
  if (answer.kind !== 'authorized') throw new Error(answer.kind);
  return answer.reference;
}

describe('an authorisation at Stripe', () => {
  it('is a PaymentIntent with manual capture that names the order', async () => {
    expect(await gateway.authorize(authorization(), signal)).toEqual({ kind: 'authorized', reference: 'pi_1' });
    expect(Object.fromEntries(stripe.requests[0]!.form)).toEqual({
      amount: '4250',
      currency: 'usd',
      payment_method: 'pm_card_visa',
      capture_method: 'manual',
      confirm: 'true',
      error_on_requires_action: 'true',
      'metadata[order_id]': 'order-1',
      transfer_group: 'order-1',
    });
  });

  it('asked for again is answered the same, and placed once', async () => {
    const answers = [
      await gateway.authorize(authorization(), signal),
      await gateway.authorize(authorization(), signal),
    ];
    expect(answers[1]).toEqual(answers[0]);
    expect(stripe.books.intents).toHaveLength(1);
  });

  it.each([
    ['pm_card_visa_chargeDeclined', 'declined'],
    ['pm_card_visa_chargeDeclinedInsufficientFunds', 'insufficient_funds'],
    ['pm_unheard_of', 'declined'],
  ] as const)('with %s is declined', async (method, reason) => {
    expect(await gateway.authorize(authorization('order-1', method), signal)).toEqual({ kind: 'declined', reason });
  });

  it.each(['hang', 'hang_after', 'half_after', '500', '500_after', '409'] satisfies StripeFault[])(
    'that ends with %s has an unknown outcome, which a look-up settles without a second charge',
    async (fault) => {
      stripe.faults.push(fault);
      const lost = withoutPatience((impatient) => impatient.authorize(authorization(), signal));
      await expect(lost).rejects.toThrow(OutcomeUnknown);
      const found = await gateway.lookup(question('authorize'), signal);
      expect(found?.kind).toBe(fault.endsWith('_after') ? 'authorized' : undefined);
      if (found === undefined) await gateway.authorize(authorization(), signal).catch(() => undefined);
      expect(stripe.books.intents).toHaveLength(fault === '500' ? 0 : 1);
    },
  );

  it('that comes too often is certainly not placed, and is sent again without a question', async () => {
    stripe.faults.push('429');
    await expect(gateway.authorize(authorization(), signal)).rejects.toThrow(GatewayUnavailable);
    expect(await gateway.authorize(authorization(), signal)).toMatchObject({ kind: 'authorized' });
  });

  it('whose connection breaks is repeated at once, under the same key', async () => {
    stripe.faults.push('drop_after');
    expect(await gateway.authorize(authorization(), signal)).toMatchObject({ kind: 'authorized' });
    expect(stripe.requests).toHaveLength(2);
    expect(stripe.books.intents).toHaveLength(1);
  });

  it('is never sent under a second key, though Stripe repeats its failure', async () => {
    stripe.faults.push('500');
    for (let time = 0; time < 3; time += 1) {
      await expect(gateway.authorize(authorization(), signal)).rejects.toThrow(OutcomeUnknown);
    }
    expect(stripe.books.intents).toEqual([]);
  });

  it('that was declined is found declined', async () => {
    const method = 'pm_card_visa_chargeDeclinedInsufficientFunds';
    await gateway.authorize(authorization('order-1', method), signal);
    const found = await gateway.lookup(question('authorize'), signal);
    expect(found).toEqual({ kind: 'declined', reason: 'insufficient_funds' });
  });

  it('under a key that was used for something else is unknown, and loud', async () => {
    await gateway.authorize(authorization(), signal);
    const other = { ...authorization(), amount: minorUnitsOf(1) };
    await expect(gateway.authorize(other, signal)).rejects.toThrow(OutcomeUnknown);
    expect(logged).toEqual([expect.stringContaining('StripeIdempotencyError')]);
  });
});

describe('a hold at Stripe', () => {
  it('is captured once and refunded once, however often it is asked for', async () => {
    const reference = await hold();
    for (let time = 0; time < 2; time += 1) {
      expect(await gateway.capture(followUp('capture', reference), signal)).toEqual({ kind: 'captured' });
    }
    expect(await gateway.void(followUp('void', reference), signal)).toEqual({ kind: 'already_captured' });
    for (const orderId of ['order-1', 'order-1', 'with-another-key']) {
      const refunded = await gateway.refund(followUp('refund', reference, orderId), signal);
      expect(refunded).toEqual({ kind: 'refunded', reference: 're_1' });
    }
    expect(stripe.books.refunds).toMatchObject([{ amount: 4250 }]);
  });

  it('is voided, also when it is gone already, and cannot be captured then', async () => {
    const reference = await hold();
    stripe.books.expire(reference);
    expect(await gateway.void(followUp('void', reference), signal)).toEqual({ kind: 'voided' });
    expect(await gateway.capture(followUp('capture', reference), signal)).toEqual({ kind: 'capture_refused' });
    expect(await gateway.refund(followUp('refund', reference), signal)).toEqual({ kind: 'refused' });
  });

  it('whose capture is declined can be voided', async () => {
    const reference = await hold('pm_card_captureFails');
    expect(await gateway.capture(followUp('capture', reference), signal)).toEqual({ kind: 'capture_refused' });
    expect(await gateway.void(followUp('void', reference), signal)).toEqual({ kind: 'voided' });
  });

  it.each([
    ['capture', 'captured'],
    ['void', 'voided'],
    ['refund', 'refunded'],
  ] as const)('has its %s looked up when the answer was lost', async (operation, kind) => {
    const reference = await hold();
    if (operation === 'refund') await gateway.capture(followUp('capture', reference), signal);
    expect(await gateway.lookup(question(operation, reference), signal)).toBeUndefined();
    stripe.faults.push('hang_after');
    const lost = withoutPatience<unknown>((impatient) => impatient[operation](followUp(operation, reference), signal));
    await expect(lost).rejects.toThrow(OutcomeUnknown);
    expect(await gateway.lookup(question(operation, reference), signal)).toMatchObject({ kind });
  });

  it('is captured under a second key when Stripe only repeats a failure: that cannot happen twice', async () => {
    const reference = await hold();
    stripe.faults.push('500');
    await expect(gateway.capture(followUp('capture', reference), signal)).rejects.toThrow(OutcomeUnknown);
    expect(await gateway.capture(followUp('capture', reference), signal)).toEqual({ kind: 'captured' });
  });
});

describe('trouble with Stripe', () => {
  it('that nobody is there means nothing was done', async () => {
    await stripe.stop();
    await expect(gateway.authorize(authorization(), signal)).rejects.toThrow(GatewayUnavailable);
    await stripe.start();
  });

  it('with our key is loud, does nothing, and gives no secret away', async () => {
    const misconfigured = gatewayWith({ secretKey: 'sk_live_wrong_planted' });
    for (const call of [
      misconfigured.authorize(authorization(), signal),
      misconfigured.lookup(question('authorize'), signal),
    ]) {
      await expect(call).rejects.toThrow(GatewayUnavailable);
    }
    await misconfigured.onApplicationShutdown();
    expect(logged).toHaveLength(2);
    expect(logged[0]).toContain('StripeAuthenticationError 401');
    expect(logged.join()).not.toContain('planted');
  });

  it('ends when the caller gives up', async () => {
    stripe.faults.push('hang');
    await expect(gateway.authorize(authorization(), AbortSignal.timeout(20))).rejects.toThrow(OutcomeUnknown);
  });
});

describe('an amount at Stripe', () => {
  it.each([
    ['USD', 4250, 4250],
    ['JPY', 425_000, 4250],
    ['KWD', 4250, 42_500],
    ['ISK', 4200, 4200],
  ])('in %s of %d hundredths is %d', (currency, hundredths, expected) => {
    expect(stripeAmount(minorUnitsOf(hundredths), currency)).toBe(expected);
  });

  it('that a currency does not have is declined, and nothing is sent', async () => {
    const request = { ...authorization(), currency: 'JPY' };
    expect(await gateway.authorize(request, signal)).toEqual({ kind: 'declined', reason: 'declined' });
    expect(stripe.requests).toEqual([]);
  });
});
