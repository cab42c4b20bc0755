import {
  type Cause,
  contextOfSend,
  contractViolations,
  type EventEnvelope,
  headersOf,
  keyProblem,
  ORDER_KEY,
} from '@app/cloudevents';
import { Clock, Ids } from '@app/platform';
import { columnsOf, rowSet } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import { lockedAmong } from './locked-rows';
import { EventSequenceEntity, KeySequenceEntity, OutboxEntity } from './outbox.entity';
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

const PUBLISHED = columnsOf(OutboxEntity, 'type', 'payload', 'headers');

const EVENTS = rowSet({ ...columnsOf(OutboxEntity, 'id'), order_id: 'uuid', ...PUBLISHED, later: 'bigint' });
const COUNTERS = rowSet({ ...columnsOf(EventSequenceEntity, 'order_id'), events: 'bigint' }, EVENTS.next);

const OTHERS = rowSet({
  ...columnsOf(OutboxEntity, 'id', 'aggregatetype'),
  key: 'text',
  ...PUBLISHED,
  later: 'bigint',
});
const OTHER_COUNTERS = rowSet({ ...columnsOf(KeySequenceEntity, 'key'), events: 'bigint' }, OTHERS.next);

/*
 * The counters of the keys are advanced in the statement that stores the events. Their row locks also put the transactions
 * that speak of one order in a row, so that `position` order is commit order for each order even though a sequence alone
 * does not promise that.
 */
function storing(sequences: string, key: string, type: string, events: string, counters: string): string {
  return `
  WITH advanced AS (
    INSERT INTO ${sequences} AS s (${key}, last_sequence)
    SELECT ${key}, events FROM ${counters}
    ON CONFLICT (${key}) DO UPDATE SET last_sequence = s.last_sequence + excluded.last_sequence
    RETURNING ${key}, last_sequence
  )
  INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, headers, sequence)
  SELECT e.id, ${type}, e.${key}::text, e.type, e.payload, e.headers, a.last_sequence - e.later
  FROM ${events} JOIN advanced a USING (${key})
  ORDER BY e.n`;
}

const STORE_EVENTS = storing(
  'event_sequences',
  'order_id',
  `'${ORDER_KEY}'`,
  EVENTS.numbered('e'),
  COUNTERS.unnest('o'),
);
const STORE_OTHERS = storing(
  'key_sequences',
  'key',
  'e.aggregatetype',
  OTHERS.numbered('e'),
  OTHER_COUNTERS.unnest('o'),
);

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
   * Writes events to the outbox, numbering them per key. Of what is about something else than an order, whoever publishes holds
   * the row of that already: nobody is waited for at its counter.
   * @returns them as they will be sent, but for their sequence number, which the database gives.
   * @throws TypeError when a payload or a key breaks the contract: a defect of the publisher, which must never reach the topic.
   */
  async store(unitOfWork: UnitOfWork, events: readonly OutgoingEvent[]): Promise<EventEnvelope[]> {
    const others = events.filter(({ definition }) => definition.key !== ORDER_KEY);
    const ofOrders = others.length === 0 ? events : events.filter((event) => !others.includes(event));
    return [...(await this.storeOrders(unitOfWork, ofOrders)), ...(await this.storeOthers(unitOfWork, others))];
  }

  private async storeOrders(unitOfWork: UnitOfWork, events: readonly OutgoingEvent[]): Promise<EventEnvelope[]> {
    if (events.length === 0) return [];
    const rows = events.map((event) => this.row(event));
    const { later, counters } = numbering(rows.map((row) => row.orderId));
    const orderIds = counters.map(([orderId]) => orderId);
    await unitOfWork.expectFree(LOCKED_COUNTERS, orderIds);
    await unitOfWork.query(STORE_EVENTS, [
      ...EVENTS.parameters(rows.map((row, index) => storedRow(row, later[index] ?? 0))),
      ...COUNTERS.parameters(counters.map(([order_id, events]) => ({ order_id, events }))),
    ]);
    return rows;
  }

  private async storeOthers(unitOfWork: UnitOfWork, events: readonly OutgoingEvent[]): Promise<EventEnvelope[]> {
    if (events.length === 0) return [];
    const rows = events.map((event) => this.row(event));
    const { later, counters } = numbering(rows.map((row) => row.orderId));
    const stored = rows.map((row, index) => {
      const { order_id: key, ...columns } = storedRow(row, later[index] ?? 0);
      return { ...columns, key, aggregatetype: events[index]?.definition.key ?? '' };
    });
    await unitOfWork.query(STORE_OTHERS, [
      ...OTHERS.parameters(stored),
      ...OTHER_COUNTERS.parameters(counters.map(([key, events]) => ({ key, events }))),
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
    const orderId = definition.key === ORDER_KEY ? event.key.toLowerCase() : event.key;
    const violations = contractViolations(definition, payload);
    const wrongKey = keyProblem(definition, orderId);
    if (wrongKey !== undefined) violations.push(wrongKey);
    if (cause.correlationId === '') violations.push('the correlation id is empty');
    if (violations.length > 0)
      throw new TypeError(`${definition.dataschema} breaks its contract: ${violations.join('; ')}`);
    const id = this.ids.next();
    return {
      id,
      source: `/${this.options.service}`,
      type: definition.type,
      time: this.clock.now(),
      orderId,
      sequence: 0,
      dataschema: definition.dataschema,
      cause: causeToSend(cause, id),
      payload,
    };
  }
}

/** The event's own span takes the place of the one in which it was written. */
function causeToSend(cause: Cause, eventId: string): Cause {
  const { traceparent } = cause;
  return traceparent === undefined ? cause : { ...cause, traceparent: contextOfSend(traceparent, eventId) };
}

function storedRow(envelope: EventEnvelope, later: number) {
  const { id, orderId, type, payload } = envelope;
  return { id, order_id: orderId, type, payload: JSON.stringify(payload), headers: headersAsStored(envelope), later };
}

/** The sequence is known only to the database: the relay adds its header from the row. */
function headersAsStored(envelope: EventEnvelope): string {
  return JSON.stringify({ ...headersOf(envelope), ce_sequence: undefined });
}

/** For each event how many later ones have its key, and how many there are of each key: counters are locked in one order by everybody. */
function numbering(keys: readonly string[]): { later: number[]; counters: readonly (readonly [string, number])[] } {
  const counts = new Map<string, number>();
  const later = keys
    .toReversed()
    .map((key) => {
      const behind = counts.get(key) ?? 0;
      counts.set(key, behind + 1);
      return behind;
    })
    .toReversed();
  return { later, counters: [...counts].sort(([a], [b]) => (a < b ? -1 : 1)) };
}
