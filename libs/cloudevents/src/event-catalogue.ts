import type { EventDefinition } from './event-definition';

/**
 * Every event of a system, in the order in which they occur in the life of what they are about. There is one topic per event
 * type, named like it. Immutable.
 */
export class EventCatalogue {
  private readonly byTopic: ReadonlyMap<string, EventDefinition>;

  /** @throws TypeError when two events have one type */
  constructor(readonly events: readonly EventDefinition[]) {
    this.byTopic = new Map(events.map((event) => [event.type, event]));
    if (this.byTopic.size !== events.length) throw new TypeError('two events of a catalogue have the same type');
  }

  /** The event of a topic (= `ce_type`); undefined when the catalogue has none. */
  ofTopic(topic: string): EventDefinition | undefined {
    return this.byTopic.get(topic);
  }

  /** The events that a service publishes: the only topics it writes, apart from its own dead letters. */
  publishedBy(service: string): EventDefinition[] {
    return this.events.filter(({ publisher }) => publisher === service);
  }
}
