import type { Cause, EventDefinition, ReceivedEvent } from '@app/events';
import type { StockNews } from '../domain/stock-allocation';
import type { ReceivedNews } from '../use-cases/settle-stock';

/** What events of other services mean for the stock. */
export function newsOf<Definition extends EventDefinition>(
  events: readonly ReceivedEvent<Definition>[],
  read: (payload: ReceivedEvent<Definition>['payload']) => StockNews,
): ReceivedNews[] {
  return events.map((event) => ({
    orderId: event.orderId,
    news: read(event.payload),
    // `ce_source` is the service's name as a path.
    actor: event.source.replace(/^\//, ''),
    cause: causeOf(event),
  }));
}

function causeOf({ id, cause }: Pick<ReceivedEvent<EventDefinition>, 'id' | 'cause'>): Cause {
  const { correlationId, traceparent } = cause;
  return { correlationId, causationId: id, ...(traceparent === undefined ? {} : { traceparent }) };
}
