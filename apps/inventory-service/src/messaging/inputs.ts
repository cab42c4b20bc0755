import { actorOf, causeOf, type EventDefinition, type ReceivedEvent } from '@app/events';
import type { StockEvent } from '../domain/stock-allocation';
import type { StockInput } from '../use-cases/settle-stock';

/** What events of other services mean for the stock. */
export function inputsOf<Definition extends EventDefinition>(
  events: readonly ReceivedEvent<Definition>[],
  read: (payload: ReceivedEvent<Definition>['payload']) => StockEvent,
): StockInput[] {
  return events.map((event) => ({
    orderId: event.orderId,
    event: read(event.payload),
    actor: actorOf(event),
    cause: causeOf(event),
  }));
}
