import {
  type CallDescription,
  type DueBacklog,
  type DueItem,
  type DueWork,
  type DueWorker,
  DueWorkers,
  type UnitOfWork,
} from '@app/messaging';
import { Clock } from '@app/platform';
import { Injectable, Logger } from '@nestjs/common';
import type { GatewayOutcome } from '../domain/gateway-outcome';
import { callFor, handOver, isFreshlyDue, type GatewayCall, type Payment } from '../domain/payment';
import type { GatewayInput } from '../domain/payment-input';
import {
  GatewayNotAsked,
  GatewayUnavailable,
  PaymentGateway,
  RequestRefused,
  type FollowUpRequest,
} from '../gateway/payment-gateway';
import { PaymentReader } from '../persistence/payment.reader';
import { PaymentRepository } from '../persistence/payment.repository';
import { StepPayments, type GatewayCalls } from './advance-payments';
import { GatewayCallLimits } from './gateway-call-limits';

/** A call that is due, in the hands of a worker. */
export interface DueCall extends DueItem {
  readonly call: GatewayCall;
}

/** Of a call, not of a payment: a declined card is an answer. */
const FAILED: ReadonlySet<GatewayOutcome['kind']> = new Set(['not_asked', 'unavailable', 'outcome_unknown', 'refused']);

interface CallResult {
  readonly item: DueCall;
  readonly outcome: GatewayOutcome;
}

/** Makes the calls that are due at the gateway, a bounded number at a time, and records what came of them. */
@Injectable()
export class CallGateway implements DueWork<DueCall, GatewayOutcome>, GatewayCalls {
  readonly name = 'payment gateway';
  private readonly logger = new Logger(CallGateway.name);

  private readonly worker: DueWorker<DueCall, GatewayOutcome>;

  constructor(
    workers: DueWorkers,
    limits: GatewayCallLimits,
    private readonly gateway: PaymentGateway,
    private readonly payments: PaymentRepository,
    private readonly steps: StepPayments,
    private readonly clock: Clock,
    private readonly reader: PaymentReader,
  ) {
    this.worker = workers.create<DueCall, GatewayOutcome>(this, limits);
  }

  /** Without capacity for all, or while the gateway does not work, a sweep will find them. */
  lease(payments: readonly Payment[]): Payment[] {
    const count = payments.filter(isFreshlyDue).length;
    if (this.gateway.capacity(count) < count) return [...payments];
    const { dueAt, mine } = this.worker.leaseFor(count);
    if (!mine) return [...payments];
    const now = this.clock.now();
    return payments.map((payment) => (isFreshlyDue(payment) ? handOver(payment, now, dueAt) : payment));
  }

  offer(payments: readonly Payment[]): void {
    this.worker.offer(payments.map(itemOf));
  }

  /** While the gateway does not work payments stay where they are, except for a probe now and then. */
  async claim(unitOfWork: UnitOfWork, limit: number, leasedUntil: Date): Promise<DueCall[]> {
    const capacity = this.gateway.capacity(limit);
    if (capacity === 0) return [];
    return (await this.payments.claim(unitOfWork, capacity, this.clock.now(), leasedUntil)).map(itemOf);
  }

  /** Rejects when the gateway's word could not be had; {@link failed} says what that means. */
  async perform({ call }: DueCall, signal: AbortSignal): Promise<GatewayOutcome> {
    if (call.manner === 'send') return this.send(call, signal);
    const answer = await this.ask(call, signal);
    if (answer !== undefined) return answer;
    return call.manner === 'only_ask' ? { kind: 'nothing_found' } : this.send(call, signal);
  }

  /** What it means that {@link perform} rejected. */
  failed({ call: { orderId, operation } }: DueCall, error: unknown): GatewayOutcome {
    this.logger.debug(`Gateway call ${operation} failed: ${String(error)}`, { orderId });
    if (error instanceof GatewayNotAsked) return { kind: 'not_asked' };
    // Nothing is done by reading.
    if (operation === 'inspect') return { kind: 'unavailable' };
    const isUndone = error instanceof GatewayUnavailable || error instanceof RequestRefused;
    return { kind: isUndone ? 'unavailable' : 'outcome_unknown' };
  }

  backlog(now: Date): Promise<DueBacklog> {
    return this.reader.due(now);
  }

  describe({ call: { operation, manner } }: DueCall, { kind }: GatewayOutcome): CallDescription {
    return {
      name: `${operation} payment`,
      attributes: {
        'server.service.name': 'payment gateway',
        'rpc.method': `PaymentGateway/${operation}`,
        'app.payment.manner': manner,
        'app.payment.outcome': kind,
      },
      error: FAILED.has(kind) ? { type: kind } : undefined,
    };
  }

  async settle(unitOfWork: UnitOfWork, results: readonly CallResult[]): Promise<void> {
    await this.steps.execute(unitOfWork, results.map(inputOf), this);
  }

  private ask({ idempotencyKey, operation, orderId, reference }: GatewayCall, signal: AbortSignal) {
    return onlyReading(this.gateway.lookup({ idempotencyKey, operation, orderId, reference }, signal));
  }

  private async send(call: GatewayCall, signal: AbortSignal): Promise<GatewayOutcome> {
    switch (call.operation) {
      case 'authorize':
        return this.gateway.authorize(call, signal);
      case 'capture':
        return this.gateway.capture(followUpOf(call), signal);
      case 'void':
        return this.reportRefusal(call, await this.gateway.void(followUpOf(call), signal));
      case 'refund':
        return this.reportRefusal(call, await this.gateway.refund(followUpOf(call), signal));
      case 'inspect':
        return onlyReading(this.gateway.inspect(followUpOf(call), signal));
    }
  }

  private reportRefusal<Outcome extends GatewayOutcome>(call: GatewayCall, outcome: Outcome): Outcome {
    if (outcome.kind === 'refused') {
      this.logger.error(`Gateway refused to ${call.operation}; manual action required`, {
        orderId: call.orderId,
        idempotencyKey: call.idempotencyKey,
      });
    }
    return outcome;
  }
}

/** A look-up that fails changes nothing at the gateway, whatever the reason. */
async function onlyReading<Answer>(reading: Promise<Answer>): Promise<Answer> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof GatewayNotAsked) throw error;
    throw new GatewayUnavailable('the look-up failed', { cause: error });
  }
}

function followUpOf({ idempotencyKey, reference, amount, currency, orderId }: GatewayCall): FollowUpRequest {
  if (reference === null) throw new TypeError(`nothing is held for order ${orderId}`);
  return { idempotencyKey, reference, amount, currency };
}

function itemOf(payment: Payment): DueCall {
  const { paymentId, orderId, operation, cause } = payment;
  if (operation === null) throw new TypeError(`nothing is due for order ${orderId}`);
  return { id: paymentId, orderId, leasedUntil: operation.dueAt, call: callFor(payment), cause };
}

function inputOf({ item, outcome }: CallResult): GatewayInput {
  return { kind: 'gateway', orderId: item.orderId, lease: item.leasedUntil, outcome };
}
