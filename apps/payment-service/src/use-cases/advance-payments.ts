import type { UnitOfWork } from '@app/messaging';
import { Clock, Ids } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { decideAll } from '../domain/decide-payment';
import type { PaymentInput } from '../domain/payment-input';
import { isFreshlyDue, type Payment } from '../domain/payment';
import { RetryPolicy } from '../domain/retry-policy';
import { PaymentRepository } from '../persistence/payment.repository';
import { GatewayWorker } from './gateway-worker';
import { publishAnnouncement } from './publish-announcement';

/**
 * Takes whole batches of news, from the order service or from the gateway, to the payments they concern: locks them,
 * decides one by one, writes, announces, and hands what is due at the gateway to the worker at commit.
 */
@Injectable()
export class AdvancePayments {
  constructor(
    private readonly payments: PaymentRepository,
    private readonly worker: GatewayWorker,
    private readonly policy: RetryPolicy,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {
    this.worker.reportTo((unitOfWork, inputs) => this.advance(unitOfWork, inputs));
  }

  /** News of orders that are most likely heard of for the first time: stored without looking first. */
  async begin(unitOfWork: UnitOfWork, inputs: readonly PaymentInput[]): Promise<void> {
    await this.advance(unitOfWork, await this.take(unitOfWork, byOrder(inputs), new Map()));
  }

  /** News of orders that are most likely known. */
  async advance(unitOfWork: UnitOfWork, inputs: readonly PaymentInput[]): Promise<void> {
    let left = inputs;
    // A second round is for payments that another process stored in between.
    while (left.length > 0) {
      const groups = byOrder(left);
      left = await this.take(unitOfWork, groups, await this.payments.lock(unitOfWork, [...groups.keys()]));
    }
  }

  /** @returns the news of those orders whose payment, though not among the known, turned out to be stored already. */
  private async take(
    unitOfWork: UnitOfWork,
    groups: ReadonlyMap<string, readonly PaymentInput[]>,
    known: ReadonlyMap<string, Payment>,
  ): Promise<PaymentInput[]> {
    const context = { now: this.clock.now(), jitter: Math.random(), policy: this.policy };
    const decisions = [...groups]
      .map(([id, inputs]) => decideAll(known.get(id), inputs, { ...context, paymentId: this.ids.next() }))
      .filter(({ payment }) => payment !== known.get(payment.orderId));
    const due = decisions.map(({ payment }) => payment).filter(isFreshlyDue);
    const leased = new Map(this.worker.lease(due).map((payment) => [payment.orderId, payment]));
    const changed = decisions.map(({ payment }) => leased.get(payment.orderId) ?? payment);
    const isKnown = ({ orderId }: Payment): boolean => known.has(orderId);
    const begun = changed.filter((payment) => !isKnown(payment));
    const stored = await this.payments.insert(unitOfWork, begun);
    await this.payments.update(unitOfWork, changed.filter(isKnown), known);

    const isWritten = (payment: Payment): boolean => isKnown(payment) || stored.has(payment.orderId);
    for (const { payment, announcements } of decisions) {
      if (isWritten(payment)) announcements.forEach((news) => publishAnnouncement(unitOfWork, news));
    }
    const handedOver = [...leased.values()].filter((payment) => isWritten(payment) && !isFreshlyDue(payment));
    if (handedOver.length > 0) unitOfWork.afterCommit(() => this.worker.begin(handedOver));
    return begun.flatMap((payment) => (isWritten(payment) ? [] : (groups.get(payment.orderId) ?? [])));
  }
}

/** In the order of the ids: rows are always inserted and locked in that order. */
function byOrder(inputs: readonly PaymentInput[]): Map<string, PaymentInput[]> {
  const groups = Map.groupBy(inputs, ({ orderId }) => orderId);
  return new Map([...groups].sort(([a], [b]) => (a < b ? -1 : 1)));
}
