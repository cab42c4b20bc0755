import { DueWorkers, type DueItem, type DueWorker, type UnitOfWork } from '@app/messaging';
import { Clock } from '@app/platform';
import { Injectable } from '@nestjs/common';
import type { GatewayInput } from '../domain/payment-input';
import type { GatewayOutcome } from '../domain/gateway-outcome';
import { callFor, handOver, isFreshlyDue, type GatewayCall, type Payment } from '../domain/payment';
import { PaymentGateway } from '../gateway/payment-gateway';
import { PaymentRepository } from '../persistence/payment.repository';
import { CallGateway } from './call-gateway';
import { GatewayCallLimits } from './gateway-call-limits';

/** A call that is due, in the hands of a worker. */
interface DueCall extends DueItem {
  readonly call: GatewayCall;
}

/** Records how calls ended. */
export type Settle = (unitOfWork: UnitOfWork, inputs: readonly GatewayInput[]) => Promise<void>;

/** Makes the calls that are due at the gateway, a bounded number at a time. */
@Injectable()
export class GatewayWorker {
  private readonly worker: DueWorker<DueCall, GatewayOutcome>;
  private settle: Settle | undefined;

  constructor(
    workers: DueWorkers,
    limits: GatewayCallLimits,
    callGateway: CallGateway,
    private readonly gateway: PaymentGateway,
    private readonly payments: PaymentRepository,
    private readonly clock: Clock,
  ) {
    this.worker = workers.create(
      {
        name: 'payment gateway',
        claim: (unitOfWork, limit, leasedUntil) => this.claim(unitOfWork, limit, leasedUntil),
        perform: ({ call }, signal) => callGateway.perform(call, signal),
        failed: ({ call }, error) => callGateway.failed(call, error),
        settle: async (unitOfWork, results) => this.settle?.(unitOfWork, results.map(inputOf)),
      },
      limits,
    );
  }

  /** Whom to tell how calls ended; to be called once, before the application starts. */
  reportTo(settle: Settle): void {
    this.settle = settle;
  }

  /**
   * Leases what has just become due to this process, all of it or nothing: without room, or while the gateway does not work,
   * a sweep will find it.
   */
  lease(payments: readonly Payment[]): Payment[] {
    const count = payments.filter(isFreshlyDue).length;
    if (this.gateway.capacity(count) < count) return [...payments];
    const { dueAt, mine } = this.worker.leaseFor(count);
    if (!mine) return [...payments];
    const now = this.clock.now();
    return payments.map((payment) => (isFreshlyDue(payment) ? handOver(payment, now, dueAt) : payment));
  }

  /** While the gateway does not work payments stay where they are, except for a probe now and then. */
  private async claim(unitOfWork: UnitOfWork, limit: number, leasedUntil: Date): Promise<DueCall[]> {
    const free = this.gateway.capacity(limit);
    if (free === 0) return [];
    return (await this.payments.claim(unitOfWork, free, this.clock.now(), leasedUntil)).map(itemOf);
  }

  /** Begins with what {@link lease} leased, after the commit. */
  begin(payments: readonly Payment[]): void {
    this.worker.offer(payments.map(itemOf));
  }
}

function itemOf(payment: Payment): DueCall {
  const { paymentId, orderId, operation } = payment;
  if (operation === null) throw new TypeError(`nothing is due for order ${orderId}`);
  return { id: paymentId, orderId, leasedUntil: operation.dueAt, call: callFor(payment) };
}

function inputOf({ item, outcome }: { item: DueCall; outcome: GatewayOutcome }): GatewayInput {
  return { kind: 'gateway', orderId: item.orderId, lease: item.leasedUntil, outcome };
}
