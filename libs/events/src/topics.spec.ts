import type { ServiceName } from './contract';
import { deadLetterTopicOf, eventOfTopic, EVENTS, eventsPublishedBy } from './topics';

const SERVICES: ServiceName[] = ['order-service', 'payment-service', 'inventory-service', 'notification-service'];

describe('the topics', () => {
  it('have one event and one writer each', () => {
    expect(new Set(EVENTS.map(({ type }) => type)).size).toBe(EVENTS.length);
    const written = SERVICES.flatMap((service) => eventsPublishedBy(service).map(({ type }) => type));
    expect(written.toSorted()).toEqual(EVENTS.map(({ type }) => type).toSorted());
  });

  it('are named in the past tense and snake case, as Kafka and its tools allow', () => {
    for (const { type } of EVENTS) expect(type).toMatch(/^[a-z]+(_[a-z]+)+$/);
  });

  it('lead back to their events, and unknown ones to none', () => {
    for (const event of EVENTS) expect(eventOfTopic(event.type)).toBe(event);
    expect(eventOfTopic('__proto__')).toBeUndefined();
    expect(eventOfTopic('ORDER_CREATED')).toBeUndefined();
  });

  it('have schemas named after type and version, and a sentence for the documentation', () => {
    for (const event of EVENTS) {
      expect(event.dataschema).toBe(`${event.type}/${event.version}`);
      expect(event.summary).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('of dead letters are one per service and no event’s', () => {
    expect(SERVICES.map(deadLetterTopicOf)).toEqual([
      'order_service_dlq',
      'payment_service_dlq',
      'inventory_service_dlq',
      'notification_service_dlq',
    ]);
    for (const service of SERVICES) expect(eventOfTopic(deadLetterTopicOf(service))).toBeUndefined();
  });
});
