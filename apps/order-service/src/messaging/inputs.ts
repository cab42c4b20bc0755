import { actorOf, causeOf, type EventDefinition, type ReceivedEvent } from '@app/events';
import type { OrderClaims } from '../domain/order-claims';
import type { OrderTrigger } from '../domain/order-lifecycle';
import type { OrderInput } from '../use-cases/advance-orders';

/** What events of other services mean for their orders, and what they say of them. */
export function inputsOf<Definition extends EventDefinition>(
  events: readonly ReceivedEvent<Definition>[],
  trigger: OrderTrigger | ((event: ReceivedEvent<Definition>) => OrderTrigger),
  claims: (payload: ReceivedEvent<Definition>['payload']) => OrderClaims,
): OrderInput[] {
  return events.map((event) => ({
    orderId: event.orderId,
    trigger: typeof trigger === 'function' ? trigger(event) : trigger,
    actor: actorOf(event),
    cause: causeOf(event),
    claims: claims(event.payload),
  }));
}
