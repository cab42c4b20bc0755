import { minorUnitsOf } from '@app/events';
import type { DueWorkers } from '@app/messaging';
import { SystemClock } from '@app/platform';
import { Logger } from '@nestjs/common';
import type { GatewayAnswer } from '../domain/gateway-outcome';
import type { GatewayCall } from '../domain/payment';
import {
  GatewayNotAsked,
  GatewayUnavailable,
  OutcomeUnknown,
  PaymentGateway,
  RequestRefused,
  type AuthorizationResult,
  type CaptureResult,
  type Inspection,
  type RefundResult,
  type VoidResult,
} from '../gateway/payment-gateway';
import type { PaymentReader } from '../persistence/payment.reader';
import type { PaymentRepository } from '../persistence/payment.repository';
import { CallGateway, type DueCall } from './call-gateway';
import { GatewayCallLimits } from './gateway-call-limits';
import type { StepPayments } from './advance-payments';

/** Remembers what it was asked, and answers as it is told. */
class ScriptedGateway extends PaymentGateway {
  readonly asked: string[] = [];
  found: GatewayAnswer | Error | undefined;
  voids: VoidResult = { kind: 'voided' };

  async authorize({ idempotencyKey }: { idempotencyKey: string }): Promise<AuthorizationResult> {
    this.asked.push(`authorize ${idempotencyKey}`);
    return { kind: 'authorized', reference: 'hold-1' };
  }
  async capture({ reference }: { reference: string }): Promise<CaptureResult> {
    this.asked.push(`capture ${reference}`);
    return { kind: 'captured' };
  }
  async void({ reference }: { reference: string }): Promise<VoidResult> {
    this.asked.push(`void ${reference}`);
    return this.voids;
  }
  async refund({ reference }: { reference: string }): Promise<RefundResult> {
    this.asked.push(`refund ${reference}`);
    return { kind: 'refunded', reference: 'refund-1' };
  }
  async inspect({ reference }: { reference: string }): Promise<Inspection> {
    this.asked.push(`inspect ${reference}`);
    if (this.found instanceof Error) throw this.found;
    return {
      kind: 'inspected',
      captured: minorUnitsOf(1),
      returned: minorUnitsOf(0),
      dispute: null,
      refundReference: null,
    };
  }
  async orderOf(): Promise<undefined> {
    return undefined;
  }
  async eventsSince(): Promise<[]> {
    return [];
  }
  async lookup({ idempotencyKey: key }: { idempotencyKey: string }): Promise<GatewayAnswer | undefined> {
    this.asked.push(`lookup ${key}`);
    if (this.found instanceof Error) throw this.found;
    return this.found;
  }
}

const { signal } = new AbortController();
const authorization: GatewayCall = {
  operation: 'authorize',
  idempotencyKey: 'o:authorize',
  orderId: 'o',
  amount: minorUnitsOf(4250),
  currency: 'USD',
  paymentMethod: 'credit_card',
  reference: null,
  manner: 'send',
};
const due = (call: GatewayCall): DueCall => ({
  id: 'payment-1',
  orderId: call.orderId,
  leasedUntil: new Date(0),
  call,
});
let gateway: ScriptedGateway;
let calls: CallGateway;

beforeEach(() => {
  Logger.overrideLogger(false);
  gateway = new ScriptedGateway();
  const workers = { create: () => undefined } as unknown as DueWorkers;
  const [payments, steps, reader] = [{} as PaymentRepository, {} as StepPayments, {} as PaymentReader];
  calls = new CallGateway(workers, new GatewayCallLimits(), gateway, payments, steps, new SystemClock(), reader);
});

describe('a first attempt', () => {
  it('is sent without asking', async () => {
    await expect(calls.perform(due(authorization), signal)).resolves.toEqual({
      kind: 'authorized',
      reference: 'hold-1',
    });
    expect(gateway.asked).toEqual(['authorize o:authorize']);
  });

  it.each(['capture', 'void', 'refund'] as const)('to %s names the hold', async (operation) => {
    await calls.perform(due({ ...authorization, operation, reference: 'hold-1' }), signal);
    expect(gateway.asked).toEqual([`${operation} hold-1`]);
  });

  it('reports a void the gateway refuses as what it is', async () => {
    gateway.voids = { kind: 'refused' };
    const call: GatewayCall = { ...authorization, operation: 'void', reference: 'hold-1' };
    await expect(calls.perform(due(call), signal)).resolves.toEqual({ kind: 'refused' });
  });
});

describe('an attempt after a lost answer', () => {
  const again: GatewayCall = { ...authorization, manner: 'ask_first' };

  it('charges nothing when the answer is found', async () => {
    gateway.found = { kind: 'authorized', reference: 'hold-1' };
    await expect(calls.perform(due(again), signal)).resolves.toEqual(gateway.found);
    expect(gateway.asked).toEqual(['lookup o:authorize']);
  });

  it('is sent under the same key when nothing is found', async () => {
    await calls.perform(due(again), signal);
    expect(gateway.asked).toEqual(['lookup o:authorize', 'authorize o:authorize']);
  });

  it('is not sent when the order was cancelled meanwhile', async () => {
    await expect(calls.perform(due({ ...again, manner: 'only_ask' }), signal)).resolves.toEqual({
      kind: 'nothing_found',
    });
    expect(gateway.asked).toEqual(['lookup o:authorize']);
  });

  it('is not sent when asking fails, and makes nothing more uncertain than it was', async () => {
    gateway.found = new OutcomeUnknown('no answer in time');
    const error = await calls.perform(due(again), signal).catch((thrown: unknown) => thrown);
    expect(calls.failed(due(again), error)).toEqual({ kind: 'unavailable' });
    expect(gateway.asked).toEqual(['lookup o:authorize']);
  });
});

describe('an error of the gateway', () => {
  it('that was not asked is no attempt, whether it was to be asked or to act', async () => {
    gateway.found = new GatewayNotAsked('the breaker is open');
    const again: GatewayCall = { ...authorization, manner: 'ask_first' };
    const error = await calls.perform(due(again), signal).catch((thrown: unknown) => thrown);
    expect(calls.failed(due(again), error)).toEqual({ kind: 'not_asked' });
  });

  it('is an unknown outcome, unless it says that nothing was done', () => {
    expect(calls.failed(due(authorization), new GatewayUnavailable('refused'))).toEqual({ kind: 'unavailable' });
    expect(calls.failed(due(authorization), new OutcomeUnknown('500'))).toEqual({ kind: 'outcome_unknown' });
    expect(calls.failed(due(authorization), new Error('socket hang up'))).toEqual({ kind: 'outcome_unknown' });
  });
});

describe('a call that the gateway refuses for what it is', () => {
  it('has not been made, and neither has a look at the money that failed in whatever way', () => {
    expect(calls.failed(due(authorization), new RequestRefused('404'))).toEqual({ kind: 'unavailable' });
    const inspection: GatewayCall = { ...authorization, operation: 'inspect', reference: 'hold-1' };
    for (const error of [new OutcomeUnknown('lost'), new GatewayUnavailable('away'), new Error('any')]) {
      expect(calls.failed(due(inspection), error)).toEqual({ kind: 'unavailable' });
    }
    expect(calls.failed(due(inspection), new GatewayNotAsked('open'))).toEqual({ kind: 'not_asked' });
  });
});
