import { contractViolations, headersOf, type EventEnvelope } from '@app/cloudevents';
import { Clock, Ids } from '@app/platform';
import { columnsOf, rowSet } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import { lockedAmong } from './locked-rows';
import { EventSequenceEntity, OutboxEntity } from './outbox.entity';
import { MessagingOptions } from '../messaging-options';
import type { StoredHeaders } from './stored-headers';
import type { OutgoingEvent, UnitOfWork } from './unit-of-work';

/** A record that is not one of our events (a dead letter): bytes go out as they came in. */
export interface RawOutgoingRecord {
  readonly id: string;
  readonly topic: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: StoredHeaders;
}

const EVENTS = rowSet({
  ...columnsOf(OutboxEntity, 'id'),
  order_id: 'uuid',
  ...columnsOf(OutboxEntity, 'type', 'payload', 'headers'),
  later: 'bigint',
});
const COUNTERS = rowSet({ ...columnsOf(EventSequenceEntity, 'order_id'), events: 'bigint' }, EVENTS.next);

/*
 * The per-order counters are advanced in the statement that stores the events. Their row locks also put the transactions
 * that speak of one order in a row, so that `position` order is commit order for each order even though a sequence alone
 * does not promise that.
 */
const STORE_EVENTS = `
  WITH advanced AS (
    INSERT INTO event_sequences AS s (order_id, last_sequence)
    SELECT order_id, events FROM ${COUNTERS.unnest('o')}
    ON CONFLICT (order_id) DO UPDATE SET last_sequence = s.last_sequence + excluded.last_sequence
    RETURNING order_id, last_sequence
  )
  INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, headers, sequence)
  SELECT e.id, 'order', e.order_id::text, e.type, e.payload, e.headers, a.last_sequence - e.later
  FROM ${EVENTS.numbered('e')} JOIN advanced a USING (order_id)
  ORDER BY e.n`;

const LOCKED_COUNTERS = lockedAmong('event_sequences', 'order_id');

const RAW = rowSet(columnsOf(OutboxEntity, 'id', 'aggregateid', 'type', 'payload', 'headers'));

const STORE_RAW = `
  INSERT INTO outbox (${RAW.columns()}, aggregatetype, encoding)
  SELECT *, 'dead_letter', 'base64' FROM ${RAW.unnest('r')}`;

/** Stores what a unit of work wants published. The columns are those of Debezium's outbox event router. */
@Injectable()
export class Outbox {
  constructor(
    private readonly options: MessagingOptions,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  /**
   * Writes events to the outbox, numbering them per order.
   * @returns them as they will be sent, but for their sequence number, which the database gives.
   * @throws TypeError when a payload breaks its contract: a defect of the publisher, which must never reach the topic.
   */
  async store(unitOfWork: UnitOfWork, events: readonly OutgoingEvent[]): Promise<EventEnvelope[]> {
    if (events.length === 0) return [];
    const rows = events.map((event) => this.row(event));
    const { later, counts } = numbering(rows.map((row) => row.orderId));
    // Counters are locked in one order by everybody.
    const counters = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
    const orderIds = counters.map(([orderId]) => orderId);
    await unitOfWork.expectFree(LOCKED_COUNTERS, orderIds);
    await unitOfWork.query(STORE_EVENTS, [
      ...EVENTS.parameters(rows.map((row, index) => storedRow(row, later[index] ?? 0))),
      ...COUNTERS.parameters(counters.map(([order_id, events]) => ({ order_id, events }))),
    ]);
    return rows;
  }

  /** Writes records whose bytes must not change, without numbering them. */
  async storeRaw(unitOfWork: UnitOfWork, records: readonly RawOutgoingRecord[]): Promise<void> {
    if (records.length === 0) return;
    const rows = records.map(({ id, key, topic, value, headers }) => ({
      id,
      aggregateid: key?.toString('base64') ?? null,
      type: topic,
      payload: value?.toString('base64') ?? null,
      headers: JSON.stringify(headers),
    }));
    await unitOfWork.query(STORE_RAW, RAW.parameters(rows));
  }

  private row(event: OutgoingEvent): EventEnvelope {
    const { definition, payload, cause } = event;
    // As PostgreSQL will write it into the record key, from which it must not differ.
    const orderId = event.orderId.toLowerCase();
    const violations = contractViolations(definition, payload);
    if (cause.correlationId === '') violations.push('the correlation id is empty');
    if (violations.length > 0)
      throw new TypeError(`${definition.dataschema} breaks its contract: ${violations.join('; ')}`);
    return {
      id: this.ids.next(),
      source: `/${this.options.service}`,
      type: definition.type,
      time: this.clock.now(),
      orderId,
      sequence: 0,
      dataschema: definition.dataschema,
      cause,
      payload,
    };
  }
}

function storedRow(envelope: EventEnvelope, later: number) {
  const { id, orderId, type, payload } = envelope;
  return { id, order_id: orderId, type, payload: JSON.stringify(payload), headers: headersAsStored(envelope), later };
}

/** The sequence is known only to the database: the relay adds its header from the row. */
function headersAsStored(envelope: EventEnvelope): string {
  return JSON.stringify({ ...headersOf(envelope), ce_sequence: undefined });
}

/** For each event how many later ones are of its order, and how many there are of each order. */
function numbering(orderIds: readonly string[]): { later: number[]; counts: ReadonlyMap<string, number> } {
  const counts = new Map<string, number>();
  const later = orderIds
    .toReversed()
    .map((orderId) => {
      const behind = counts.get(orderId) ?? 0;
      counts.set(orderId, behind + 1);
      return behind;
    })
    .toReversed();
  return { later, counts };
}
