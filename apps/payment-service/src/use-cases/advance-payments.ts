import { PaymentAdjusted, PaymentCaptured, PaymentFailed, PaymentRefunded, PaymentSuccessful } from '@app/events';
import type { UnitOfWork } from '@app/messaging';
import { Chance, Clock, Ids } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { decideAll } from '../domain/decide-payment';
import { isFailedAttempt, isFreshlyDue, type Payment } from '../domain/payment';
import type { Announcement } from '../domain/payment-announcement';
import type { PaymentInput } from '../domain/payment-input';
import { RetryPolicy } from '../domain/retry-policy';
import { PaymentMetrics } from '../metrics/payment-metrics';
import { PaymentRepository } from '../persistence/payment.repository';

/** Makes the calls that become due; also its own injection token. */
export abstract class GatewayCalls {
  /** Payments as they are to be written: all that are freshly due leased to this process, or none of them. */
  abstract lease(payments: readonly Payment[]): Payment[];
  /** After the commit: begins with what was leased. */
  abstract offer(payments: readonly Payment[]): void;
}

/** Takes a batch of what happened to payments: locks them in one order, decides one by one, writes, and announces. */
@Injectable()
export class StepPayments {
  constructor(
    private readonly payments: PaymentRepository,
    private readonly policy: RetryPolicy,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly chance: Chance,
    private readonly metrics: PaymentMetrics,
  ) {}

  /** @param calls are handed, at commit, what has become due at the gateway. */
  async execute(unitOfWork: UnitOfWork, inputs: readonly PaymentInput[], calls: GatewayCalls): Promise<void> {
    const groups = byOrder(inputs);
    // An order that begins is most likely heard of for the first time: it is stored without looking first.
    const mayBeKnown = [...groups].filter(([, [first]]) => first?.kind !== 'order_created').map(([orderId]) => orderId);
    let left = await this.take(unitOfWork, groups, await this.payments.lock(unitOfWork, mayBeKnown), calls);
    // Another round is for payments that were stored before, or by another process in between.
    while (left.length > 0) {
      const again = byOrder(left);
      left = await this.take(unitOfWork, again, await this.payments.lock(unitOfWork, [...again.keys()]), calls);
    }
  }

  /** @returns what happened to those payments which, though not among the known, turned out to be stored already. */
  private async take(
    unitOfWork: UnitOfWork,
    groups: ReadonlyMap<string, readonly PaymentInput[]>,
    known: ReadonlyMap<string, Payment>,
    calls: GatewayCalls,
  ): Promise<PaymentInput[]> {
    const context = { now: this.clock.now(), jitter: this.chance.next(), policy: this.policy };
    const decisions = [...groups]
      .map(([id, inputs]) => decideAll(known.get(id), inputs, { ...context, paymentId: this.ids.next() }))
      .filter(({ payment }) => payment !== known.get(payment.orderId));
    const due = decisions.map(({ payment }) => payment).filter(isFreshlyDue);
    const leased = new Map(calls.lease(due).map((payment) => [payment.orderId, payment]));
    const changed = decisions.map(({ payment }) => leased.get(payment.orderId) ?? payment);
    const isKnown = ({ orderId }: Payment): boolean => known.has(orderId);
    const begun = changed.filter((payment) => !isKnown(payment));
    const stored = await this.payments.insert(unitOfWork, begun);
    await this.payments.update(unitOfWork, changed.filter(isKnown), known);

    const isWritten = (payment: Payment): boolean => isKnown(payment) || stored.has(payment.orderId);
    for (const { payment, announcements } of decisions) {
      if (!isWritten(payment)) continue;
      announcements.forEach((announcement) => publish(unitOfWork, announcement));
      noteAttempt(unitOfWork, known.get(payment.orderId), payment);
      this.metrics.stepped(unitOfWork, known.get(payment.orderId), payment, announcements);
    }
    const handedOver = [...leased.values()].filter((payment) => isWritten(payment) && !isFreshlyDue(payment));
    if (handedOver.length > 0) unitOfWork.afterCommit(() => calls.offer(handedOver));
    return begun.flatMap((payment) => (isWritten(payment) ? [] : (groups.get(payment.orderId) ?? [])));
  }
}

/**
 * Takes what events and webhooks say to the payments they concern. All inputs of a unit of work, whichever topic brought them, are
 * taken together at its end, so that payments are locked once and in one order.
 */
@Injectable()
export class AdvancePayments {
  constructor(
    private readonly steps: StepPayments,
    private readonly calls: GatewayCalls,
  ) {}

  /**
   * Resolves at once; the payments step, each in the order of its inputs, when the unit of work concludes. That fails with
   * OrderContradicted when an order says something else of itself than before, and PaymentTransitionRefused for what is impossible.
   */
  enqueue(unitOfWork: UnitOfWork, inputs: readonly PaymentInput[]): Promise<void> {
    unitOfWork.gather(this, inputs, (concluded, all) => this.steps.execute(concluded, all, this.calls));
    return Promise.resolve();
  }
}

/** In the order of the ids: rows are always inserted and locked in that order. */
function byOrder(inputs: readonly PaymentInput[]): Map<string, PaymentInput[]> {
  const groups = Map.groupBy(inputs, ({ orderId }) => orderId);
  return new Map([...groups].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** An attempt at the gateway that ended without its word, and when it is asked again. */
function noteAttempt(
  unitOfWork: UnitOfWork,
  before: Payment | undefined,
  { orderId, cause, operation }: Payment,
): void {
  if (operation === null || !isFailedAttempt(before?.operation, operation)) return;
  const { kind, attempts, dueAt, uncertain } = operation;
  const outcome = uncertain ? 'without an answer, the outcome is unknown' : 'in vain';
  unitOfWork.note({
    orderId,
    cause,
    message: `Gateway asked to ${kind} ${outcome}; attempt ${attempts}, next at ${dueAt.toISOString()}`,
    fields: { operation: kind, attempts, next_attempt_at: dueAt.toISOString(), outcome_unknown: uncertain },
  });
}

function publish(unitOfWork: UnitOfWork, announcement: Announcement): void {
  const { orderId, cause } = announcement;
  switch (announcement.type) {
    case 'payment_successful':
      return unitOfWork.publish(PaymentSuccessful, { orderId, cause, payload: announcement.payload });
    case 'payment_failed':
      return unitOfWork.publish(PaymentFailed, { orderId, cause, payload: announcement.payload });
    case 'payment_captured':
      return unitOfWork.publish(PaymentCaptured, { orderId, cause, payload: announcement.payload });
    case 'payment_adjusted':
      return unitOfWork.publish(PaymentAdjusted, { orderId, cause, payload: announcement.payload });
    case 'payment_refunded':
      return unitOfWork.publish(PaymentRefunded, { orderId, cause, payload: announcement.payload });
  }
}
