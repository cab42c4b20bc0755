import type { EventCatalogue, EventEnvelope } from '@app/cloudevents';

/** Of several copies of an event in one batch only the first is kept, and that only if it is new. */
export function firstCopies<Message extends { readonly event: Pick<EventEnvelope, 'id'> }>(
  messages: readonly Message[],
  fresh: ReadonlySet<string>,
): Message[] {
  const left = new Set(fresh);
  return messages.filter(({ event }) => left.delete(event.id));
}

/** Topics in the order of the catalogue, that of an order's life: fewer events then arrive before their cause. */
export function byTopic(events: readonly EventEnvelope[], catalogue: EventCatalogue): [string, EventEnvelope[]][] {
  const groups = Map.groupBy(events, (event) => event.type);
  return catalogue.events.flatMap(({ type }) => {
    const group = groups.get(type);
    return group === undefined ? [] : [[type, group] as [string, EventEnvelope[]]];
  });
}
