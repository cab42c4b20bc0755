import { minorUnitsOf } from '@app/events';
import { CircuitBreaker } from '@app/platform';
import { eventually, TcpProxy } from '@app/testing';
import { Logger } from '@nestjs/common';
import { StripeStandIn } from '../../test/stripe-stand-in';
import { GuardedGateway } from './guarded-gateway';
import { OutcomeUnknown, saysUnwell } from './payment-gateway';
import { StripeGateway } from './stripe-gateway';

const TIMEOUT_MS = 1_000;
/** Of the breaker, for a call to end with its own error. */
const GRACE_MS = 250;
const { signal } = new AbortController();
let stripe: StripeStandIn;
let line: TcpProxy;
let gateway: GuardedGateway;
let orders = 0;

beforeEach(async () => {
  Logger.overrideLogger(false);
  stripe = new StripeStandIn('sk_test');
  await stripe.start();
  line = await TcpProxy.open({ port: Number(new URL(stripe.url).port) });
  const apiUrl = line.through(stripe.url);
  const options = { secretKey: 'sk_test', apiUrl, timeoutMs: TIMEOUT_MS, maxConnections: 10 };
  const limits = { name: 'gateway', timeoutMs: TIMEOUT_MS, maxConcurrent: 64, failuresInARow: 1_000, resetMs: 100 };
  const breaker = new CircuitBreaker({ ...limits, failurePercentage: 100, isFailure: saysUnwell });
  gateway = new GuardedGateway(new StripeGateway({ ...options, defaultPaymentMethod: 'pm_card_visa' }), breaker);
});

afterEach(async () => {
  await gateway.onApplicationShutdown();
  await line.close();
  await stripe.stop();
});

function anAuthorization() {
  const orderId = `order-${(orders += 1)}`;
  const facts = { orderId, amount: minorUnitsOf(4250), currency: 'USD', paymentMethod: 'credit_card' };
  return { ...facts, idempotencyKey: `${orderId}:authorize` };
}

const intentsOf = (orderId: string) => stripe.books.intents.filter(({ transfer_group }) => transfer_group === orderId);

/** An authorisation ends in time, is never taken for undone, and is found or placed once when the line works again. */
async function settlesOnce(request = anAuthorization()): Promise<void> {
  const began = performance.now();
  const answer = await gateway.authorize(request, signal).catch((error: unknown) => error);
  expect(performance.now() - began).toBeLessThan(TIMEOUT_MS + 2 * GRACE_MS);
  line.heal();
  if (answer instanceof Error) {
    expect(answer).toBeInstanceOf(OutcomeUnknown);
    const question = { ...request, operation: 'authorize', reference: null } as const;
    const found = await eventually(() => gateway.lookup(question, signal));
    expect(found ?? (await gateway.authorize(request, signal))).toMatchObject({ kind: 'authorized' });
  }
  expect(intentsOf(request.orderId)).toHaveLength(1);
}

describe('an authorisation whose line to Stripe', () => {
  it.each([0, 1, 12, 40, 100, 150, 200, 300, 400, 450])(
    'is cut after %i bytes of the answer is placed once',
    async (bytes) => {
      line.cutAfterAnswerBytes(bytes);
      await settlesOnce();
    },
  );

  it.each(['requests', 'answers'] as const)('freezes for %s ends in time', async (direction) => {
    line.freeze(direction);
    await settlesOnce();
  });

  it('is refused again and again ends in time', async () => {
    line.refuse();
    await settlesOnce();
  });

  it('was closed while it was idle is no failure', async () => {
    for (let time = 0; time < 5; time += 1) {
      expect(await gateway.authorize(anAuthorization(), signal)).toMatchObject({ kind: 'authorized' });
      line.cut();
    }
  });
});

describe('ten calls on frozen lines', () => {
  it('end in time, and leave the lines to those that come after', async () => {
    line.freeze('answers');
    const requests = Array.from({ length: 10 }, anAuthorization);
    const began = performance.now();
    const ends = await Promise.allSettled(requests.map((request) => gateway.authorize(request, signal)));
    expect(performance.now() - began).toBeLessThan(TIMEOUT_MS + 4 * GRACE_MS);
    expect(ends.every(({ status }) => status === 'rejected')).toBe(true);
    line.heal();
    await settlesOnce();
  });
});
