import { actorOf, decodeRecord, EVENTS } from '@app/events';
import { stepOf, type OrderRecord } from '@app/timeline';
import type { ShownRecord } from '../topics/read-command.ts';
import type { FoundRecord } from '../topics/record-reader.ts';

/** A record of an order: as `ops read` shows it, and as its timeline wants it; undefined if it breaks its contract. */
export interface FoundEvent {
  readonly shown: ShownRecord;
  readonly event: OrderRecord | undefined;
}

/** No order has that many events of one type. */
const MOST_OF_A_TYPE = 100;
const TOPICS = EVENTS.filter((event) => event.key === 'order').map(({ type }) => type);

/** All records with that key in the topics of orders, oldest first. @throws OpsError when Kafka cannot be read */
export async function recordsOf(brokers: readonly string[], key: string): Promise<FoundEvent[]> {
  // The client of Kafka is loaded by those only who ask for records.
  const { findRecords } = await import('../topics/record-reader.ts');
  const { shownRecord } = await import('../topics/read-command.ts');
  const found: FoundEvent[] = [];
  for (const topic of TOPICS) {
    const records = await findRecords(brokers, { topic, key, max: MOST_OF_A_TYPE });
    found.push(...records.map((record) => ({ shown: shownRecord(topic, record), event: eventOf(topic, record) })));
  }
  return found.toSorted((a, b) => (a.shown.at < b.shown.at ? -1 : 1));
}

/** The event in a record, worded. */
export function eventOf(topic: string, { message }: Pick<FoundRecord, 'message'>): OrderRecord | undefined {
  const { key, value, headers = {} } = message;
  const decoded = decodeRecord({ topic, key, value, headers });
  if (!decoded.ok) return undefined;
  const { id, type, time, cause, payload } = decoded.event;
  return {
    event_id: id,
    type,
    service: actorOf(decoded.event),
    at: time.toISOString(),
    text: stepOf(decoded.event).message,
    cause: cause.causationId ?? null,
    trace_id: cause.traceparent?.split('-')[1] ?? null,
    payload: payload as Record<string, unknown>,
  };
}
