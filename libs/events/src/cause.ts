import type { Cause, EventEnvelope } from '@app/cloudevents';

/** What an event is to the events that follow from it: their cause. The correlation and the trace go on. */
export function causeOf({ id, cause: { correlationId, traceparent } }: Pick<EventEnvelope, 'id' | 'cause'>): Cause {
  return traceparent === undefined
    ? { correlationId, causationId: id }
    : { correlationId, causationId: id, traceparent };
}

/** The service that says so, `payment-service`: `ce_source` is its name as a path. */
export function actorOf({ source }: Pick<EventEnvelope, 'source'>): string {
  return source.startsWith('/') ? source.slice(1) : source;
}
