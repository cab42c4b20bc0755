import {
  decodeRecord as decode,
  EventCatalogue,
  type DecodedRecord,
  type EventDefinition,
  type RawRecord,
} from '@app/cloudevents';
import type { TSchema } from 'typebox';
import type { ServiceName } from './contract';
import { InventoryInsufficient, InventoryUpdated, LowStock, StockAdjusted } from './inventory-events';
import { NotificationFailed, NotificationSent } from './notification-events';
import { OrderCancelled, OrderConfirmed, OrderCreated } from './order-events';
import { PaymentAdjusted, PaymentCaptured, PaymentFailed, PaymentRefunded, PaymentSuccessful } from './payment-events';

/**
 * Every event of the system, in the order it occurs in an order's life, and then those that are about a product. There is
 * one topic per event type, named like it, and every record in it is keyed by the id of what the event is about. That only the event's publisher writes to it is a convention: Kafka
 * keeps nobody away. Readers hold it against `ce_source` (`decodeRecord`), which any writer can fill in.
 */
export const EVENTS = [
  OrderCreated,
  PaymentSuccessful,
  PaymentFailed,
  InventoryUpdated,
  InventoryInsufficient,
  OrderConfirmed,
  PaymentCaptured,
  OrderCancelled,
  PaymentRefunded,
  PaymentAdjusted,
  NotificationSent,
  NotificationFailed,
  StockAdjusted,
  LowStock,
] as const satisfies readonly EventDefinition<string, TSchema, ServiceName>[];

/** The same for `libs/messaging`, which knows no event by itself. */
export const CATALOGUE = new EventCatalogue(EVENTS);

export type AnyEvent = (typeof EVENTS)[number];
export type EventType = AnyEvent['type'];

/** Looks an event up by topic (= `ce_type`); undefined when no such event is declared. */
export function eventOfTopic(topic: string): AnyEvent | undefined {
  return EVENTS.find((event) => event.type === topic);
}

/** The events a service publishes: the only topics it writes, apart from its own dead letters. */
export function eventsPublishedBy(service: ServiceName): AnyEvent[] {
  return EVENTS.filter((event) => event.publisher === service);
}

/** The topic that keeps what a service's consumer group could not handle: `payment_service_dlq`, … */
export function deadLetterTopicOf(service: ServiceName): string {
  return `${service.replaceAll('-', '_')}_dlq`;
}

/** Who a service is to `libs/messaging`, which knows no product: for `messagingOptionsOf`. */
export function messagingIdentityOf(service: ServiceName) {
  return { service, catalogue: CATALOGUE, deadLetterTopic: deadLetterTopicOf(service) };
}

/**
 * Reads a record into an event of this system, or says why it is none. Never throws, whatever the bytes are: a record that
 * cannot be read must become a dead letter, not a crash.
 */
export function decodeRecord(record: RawRecord): DecodedRecord {
  return decode(record, CATALOGUE);
}
