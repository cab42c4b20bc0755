import { minorUnitsOf } from '@app/events';
import { CircuitBreaker } from '@app/platform';
import { Logger } from '@nestjs/common';
import { StripeStandIn, type StripeFault } from '../../test/stripe-stand-in';
import { GuardedGateway } from './guarded-gateway';
import { GatewayUnavailable, RequestRefused, saysUnwell } from './payment-gateway';
import { StripeGateway } from './stripe-gateway';

const { signal } = new AbortController();
let stripe: StripeStandIn;
let gateway: GuardedGateway;
let breaker: CircuitBreaker;
let logged: string[];

/** Patient unless told, so that a busy machine is never taken for a silent Stripe. */
function connect(timeoutMs = 10_000): void {
  const options = { secretKey: 'sk_test', apiUrl: stripe.url, timeoutMs, maxConnections: 10 };
  const limits = { name: 'payment_gateway', timeoutMs, maxConcurrent: 64, failuresInARow: 3, resetMs: 60_000 };
  breaker = new CircuitBreaker({ ...limits, isFailure: saysUnwell });
  gateway = new GuardedGateway(new StripeGateway({ ...options, defaultPaymentMethod: 'pm_card_visa' }), breaker);
}

beforeEach(async () => {
  logged = [];
  const note = (text: unknown): void => void logged.push(String(text));
  Logger.overrideLogger({ log: note, warn: note, error: note, debug: note });
  stripe = new StripeStandIn('sk_test');
  await stripe.start();
  connect();
});

afterEach(async () => {
  await gateway.onApplicationShutdown();
  await stripe.stop();
  Logger.overrideLogger(false);
});

function authorize(paymentMethod: string, cents = 4250, orderId = 'order-1') {
  const request = { orderId, amount: minorUnitsOf(cents), currency: 'USD', paymentMethod };
  return gateway.authorize({ ...request, idempotencyKey: `${orderId}:authorize` }, signal);
}

const followUp = (reference: string, key: string) => ({
  idempotencyKey: key,
  reference,
  amount: minorUnitsOf(4250),
  currency: 'USD',
});

describe('an authorisation that Stripe refuses for what it is', () => {
  it.each([
    ['an amount that is no amount', 'pm_card_visa', 0, 'parameter_invalid_integer amount'],
    ['an amount that is too small', 'pm_card_visa', 49, 'amount_too_small amount'],
    ['a payment method that was used before', 'pm_card_usedBefore', 4250, '400 payment_method'],
    ['a payment method that does not exist', 'pm_unheard_of', 4250, 'resource_missing payment_method'],
    ['a parameter', 'pm_card_parameterUnknown', 4250, 'parameter_unknown confirm'],
    ['a declined card', 'pm_card_visa_chargeDeclined', 4250, 'card_declined generic_decline'],
  ])(
    'is declined at once, named in the log, and tells nothing about the gateway: %s',
    async (_what, method, cents, code) => {
      for (let time = 0; time < 30; time += 1) {
        expect(await authorize(method, cents, `order-${time}`)).toEqual({ kind: 'declined', reason: 'declined' });
      }
      expect(stripe.requests).toHaveLength(30);
      expect(logged[0]).toContain(code);
      expect(breaker.snapshot()).toMatchObject({ state: 'closed', failed: 0, opened: 0 });
      expect(await authorize('pm_card_visa', 4250, 'paying')).toMatchObject({ kind: 'authorized' });
    },
  );
});

describe('a follow-up that Stripe refuses for what it is', () => {
  it('is no outage, and stays due', async () => {
    for (let time = 0; time < 10; time += 1) {
      await expect(gateway.capture(followUp('pi_gone', 'o:capture'), signal)).rejects.toThrow(RequestRefused);
      await expect(gateway.void(followUp('pi_gone', 'o:void'), signal)).rejects.toThrow(RequestRefused);
      await expect(gateway.refund(followUp('pi_gone', 'o:refund'), signal)).rejects.toThrow(RequestRefused);
    }
    expect(breaker.snapshot()).toMatchObject({ state: 'closed', failed: 0 });
  });

  it('is asked for under a key in use: no outage either, and nothing is taken for done', async () => {
    for (let time = 0; time < 10; time += 1) {
      stripe.faults.push('409');
      await expect(authorize('pm_card_visa')).rejects.toThrow('409 idempotency_key_in_use');
    }
    expect(breaker.snapshot()).toMatchObject({ state: 'closed', failed: 0 });
    expect(await authorize('pm_card_visa')).toMatchObject({ kind: 'authorized' });
  });
});

describe('what is of the gateway or of our account', () => {
  it.each(['500', '429', '401', 'hang'] satisfies StripeFault[])(
    '%s opens the breaker, and declines nothing',
    async (fault) => {
      await gateway.onApplicationShutdown();
      connect(fault === 'hang' ? 1_000 : undefined);
      stripe.faults.push(fault, fault, fault);
      for (let time = 0; time < 3; time += 1)
        await expect(authorize('pm_card_visa', 4250, `o-${time}`)).rejects.toThrow();
      expect(breaker.snapshot()).toMatchObject({ state: 'open', opened: 1 });
    },
  );

  it('is also a 400 about the account', async () => {
    await expect(authorize('pm_card_accountInvalid')).rejects.toThrow(GatewayUnavailable);
    expect(logged[0]).toContain('check the configuration');
    expect(breaker.snapshot()).toMatchObject({ failed: 1 });
  });
});
