import type { DueWorkerLimits } from '@app/messaging';
import type { DeliveryPolicy } from '../domain/delivery-settlement';

/** How this process delivers. A class, so that it is its own injection token. */
export class DeliverySettings {
  constructor(
    readonly limits: DueWorkerLimits,
    readonly policy: DeliveryPolicy,
    /** See `recipientsOf`. */
    readonly fallbackDomain: string | undefined,
  ) {}
}
