import { actorOf, causeOf, type EventDefinition, type ReceivedEvent } from '@app/events';
import type { StepDetails } from '../domain/audit-details';
import type { OrderClaims } from '../domain/order-claims';
import type { OrderTrigger } from '../domain/order-lifecycle';
import type { OrderInput } from '../use-cases/advance-orders';

/** What events of other services mean for their orders, what they claim of them, and what the audit trail is to know. */
export function inputsOf<Definition extends EventDefinition>(
  events: readonly ReceivedEvent<Definition>[],
  trigger: OrderTrigger | ((event: ReceivedEvent<Definition>) => OrderTrigger),
  claims: (payload: ReceivedEvent<Definition>['payload']) => OrderClaims,
  details?: (payload: ReceivedEvent<Definition>['payload']) => StepDetails,
): OrderInput[] {
  return events.map((event) => ({
    orderId: event.orderId,
    trigger: typeof trigger === 'function' ? trigger(event) : trigger,
    actor: actorOf(event),
    cause: causeOf(event),
    claims: claims(event.payload),
    ...(details === undefined ? {} : { details: details(event.payload) }),
  }));
}
