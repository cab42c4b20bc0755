import type { Cause, EventEnvelope } from '@app/cloudevents';

/** What an event is to the events that follow from it: their cause. The correlation and the trace go on. */
export function causeOf({ id, cause }: Pick<EventEnvelope, 'id' | 'cause'>): Cause {
  return { ...cause, causationId: id };
}

/** The service that says so, `payment-service`: `ce_source` is its name as a path. */
export function actorOf({ source }: Pick<EventEnvelope, 'source'>): string {
  return source.startsWith('/') ? source.slice(1) : source;
}
