import { minorUnitsOf } from '@app/events';
import { CircuitBreaker } from '@app/platform';
import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { GatewayAnswer } from '../domain/gateway-outcome';
import { GuardedGateway } from './guarded-gateway';
import {
  GatewayNotAsked,
  GatewayUnavailable,
  KeyInUse,
  OutcomeUnknown,
  PaymentGateway,
  RequestRefused,
  saysUnwell,
  type AuthorizationResult,
  type CaptureResult,
  type Inspection,
  type PaymentHint,
  type RefundResult,
  type VoidResult,
} from './payment-gateway';

const hold = { idempotencyKey: 'o:authorize', reference: 'hold', amount: minorUnitsOf(1), currency: 'USD' };
const request = { ...hold, orderId: 'o', paymentMethod: 'credit_card' };
const { signal } = new AbortController();

/** Does what the test says to every call. */
class OtherCompany extends PaymentGateway {
  calls = 0;
  answer: GatewayAnswer | Error | 'hang' = { kind: 'authorized', reference: 'hold' };

  authorize = () => this.say<AuthorizationResult>();
  capture = () => this.say<CaptureResult>();
  void = () => this.say<VoidResult>();
  refund = () => this.say<RefundResult>();
  lookup = () => this.say<GatewayAnswer>();
  inspect = () => this.say<Inspection>();
  orderOf = () => this.say<string>();
  eventsSince = () => this.say<PaymentHint[]>();

  private say<Answer>(): Promise<Answer> {
    this.calls += 1;
    if (this.answer === 'hang') return new Promise(() => undefined);
    return this.answer instanceof Error ? Promise.reject(this.answer) : Promise.resolve(this.answer as Answer);
  }
}

let company: OtherCompany;
let gateway: GuardedGateway;

beforeEach(() => {
  Logger.overrideLogger(false);
  jest.useFakeTimers();
  company = new OtherCompany();
  const limits = { name: 'payment_gateway', timeoutMs: 100, maxConcurrent: 20, failuresInARow: 5, resetMs: 1_000 };
  gateway = new GuardedGateway(company, new CircuitBreaker({ ...limits, isFailure: saysUnwell }));
});
afterEach(() => jest.useRealTimers());

describe('a gateway that works', () => {
  it('may decline one card after the other', async () => {
    company.answer = { kind: 'declined', reason: 'declined' };
    for (let n = 0; n < 100; n += 1) expect(await gateway.authorize(request, signal)).toEqual(company.answer);
    expect(gateway.capacity(64)).toBe(64);
  });
});

describe('a gateway that answers', () => {
  it.each([
    ['that it will not do one request', new RequestRefused('404')],
    ['that another request is at it', new KeyInUse('409')],
  ])('%s is well, however often', async (_what, error) => {
    company.answer = error;
    for (let n = 0; n < 100; n += 1) await expect(gateway.inspect(hold, signal)).rejects.toThrow(error);
    expect(company.calls).toBe(100);
    expect(gateway.capacity(64)).toBe(64);
  });
});

describe('a gateway that does not work', () => {
  it.each([
    ['refuses connections', new GatewayUnavailable('refused')],
    ['fails', new OutcomeUnknown('500')],
  ])('and %s is asked no more, whatever the operation, until a probe is answered', async (_how, error) => {
    company.answer = error;
    for (let n = 0; n < 5; n += 1) await expect(gateway.authorize(request, signal)).rejects.toThrow(error);
    for (const operation of ['capture', 'void', 'refund'] as const) {
      await expect(gateway[operation](hold, signal)).rejects.toThrow(GatewayNotAsked);
    }
    await expect(gateway.lookup({ ...request, operation: 'authorize', reference: null }, signal)).rejects.toThrow(
      GatewayNotAsked,
    );
    expect(company.calls).toBe(5);
    expect(gateway.capacity(64)).toBe(0);
    company.answer = { kind: 'captured' };
    await jest.advanceTimersByTimeAsync(1_000);
    expect(gateway.capacity(64)).toBe(1);
    expect(await gateway.capture(hold, signal)).toEqual({ kind: 'captured' });
    expect(gateway.capacity(64)).toBe(64);
  });

  it('and hangs leaves the outcome unknown', async () => {
    company.answer = 'hang';
    const checked = expect(gateway.authorize(request, signal)).rejects.toThrow(OutcomeUnknown);
    await jest.advanceTimersByTimeAsync(1_000);
    await checked;
  });
});
