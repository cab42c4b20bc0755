import type { UnitOfWork } from '@app/messaging';
import { Injectable } from '@nestjs/common';
import type { PaymentInput } from '../domain/payment-input';
import { CallGateway } from './call-gateway';
import { StepPayments } from './step-payments';

/**
 * Takes what events and webhooks say to the payments they concern. All inputs of a unit of work, whichever topic brought them, are
 * taken together at its end, so that payments are locked once and in one order.
 */
@Injectable()
export class AdvancePayments {
  constructor(
    private readonly steps: StepPayments,
    private readonly calls: CallGateway,
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
