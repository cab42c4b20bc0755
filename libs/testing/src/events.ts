import type { EventDefinition, EventEnvelope, PayloadOf, ReceivedEvent } from '@app/events';
import { headersOf } from '@app/events';
import { v7 } from 'uuid';

/** An order id as the system makes them. */
export function anOrderId(): string {
  return v7();
}

/** An event as a consumer receives it, with a new id, about the order with the given id. */
export function anEvent<Definition extends EventDefinition>(
  definition: Definition,
  orderId: string,
  payload: PayloadOf<Definition>,
  overrides: Partial<EventEnvelope> = {},
): ReceivedEvent<Definition> {
  return {
    id: v7(),
    source: `/${definition.publisher}`,
    type: definition.type,
    time: new Date('2026-01-15T09:30:00.000Z'),
    orderId,
    sequence: 1,
    dataschema: definition.dataschema,
    cause: { correlationId: 'correlation-1' },
    ...overrides,
    payload,
  };
}

/** The Kafka message of an event, for a test that plays its publisher. */
export function asKafkaMessage(event: EventEnvelope): { key: string; value: string; headers: Record<string, string> } {
  return { key: event.orderId, value: JSON.stringify(event.payload), headers: headersOf(event) };
}
