import type { EventDefinition, PayloadOf } from './event-definition';

/** W3C Trace Context: where in a trace something happened. Of a received event it is the span that sent it. */
export interface Trace {
  readonly traceparent?: string;
  /** What other tracing systems have added, as they wrote it. Never without a traceparent. */
  readonly tracestate?: string;
}

/** Why the things happened: carried from the customer's request to the last mail. */
export interface Cause extends Trace {
  /** The order's first cause; the same on every event of an order. */
  readonly correlationId: string;
  /** The id of the event that caused this one; absent on what a person or a clock started. */
  readonly causationId?: string;
}

/** An event as it travels: CloudEvents 1.0 attributes and the payload. */
export interface EventEnvelope<Payload = unknown> {
  /** UUID v7. A retry, a replay or a duplicate has the same one. */
  readonly id: string;
  /** `ce_source`: `/order-service`. */
  readonly source: string;
  readonly type: string;
  readonly time: Date;
  /** The record key, `ce_partitionkey`: the id of the order, or of what else the definition's `key` says. */
  readonly orderId: string;
  /** 1, 2, 3 … per key and publishing service. */
  readonly sequence: number;
  readonly dataschema: string;
  readonly cause: Cause;
  readonly payload: Payload;
}

/** An event of a known definition, its payload checked. */
export type ReceivedEvent<Definition extends EventDefinition> = EventEnvelope<PayloadOf<Definition>>;

/** What a handler is called with: events of one definition, in offset order. `Events<typeof OrderCreated>`. */
export type Events<Definition extends EventDefinition> = readonly ReceivedEvent<Definition>[];

/** Digits of `ce_sequence`, zero-padded so that it sorts as text. */
export const SEQUENCE_DIGITS = 10;

/** The Kafka headers of an event (CloudEvents Kafka binary mode), all UTF-8 text. */
export function headersOf(envelope: EventEnvelope): Record<string, string> {
  return {
    ce_specversion: '1.0',
    ce_id: envelope.id,
    ce_source: envelope.source,
    ce_type: envelope.type,
    ce_time: envelope.time.toISOString(),
    'content-type': 'application/json',
    ce_correlationid: envelope.cause.correlationId,
    ...(envelope.cause.causationId === undefined ? {} : { ce_causationid: envelope.cause.causationId }),
    ce_partitionkey: envelope.orderId,
    ce_sequence: String(envelope.sequence).padStart(SEQUENCE_DIGITS, '0'),
    ce_dataschema: envelope.dataschema,
    ...(envelope.cause.traceparent === undefined ? {} : { traceparent: envelope.cause.traceparent }),
    ...(envelope.cause.tracestate === undefined ? {} : { tracestate: envelope.cause.tracestate }),
  };
}

/** A Kafka record as the client hands it over. */
export interface RawRecord {
  readonly topic: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** Kafka knows headers without a value, and kafkajs hands them over as null, whatever its types say. */
  readonly headers: Readonly<Record<string, HeaderValue | HeaderValue[] | undefined>>;
}

export type HeaderValue = Buffer | string | null;

/** `undecodable`: not an event at all. `unknown_type`: an event nobody here knows. `invalid`: breaks its contract. */
export type DecodingFailure = 'undecodable' | 'unknown_type' | 'invalid';

export type DecodedRecord =
  | { readonly ok: true; readonly event: EventEnvelope }
  | { readonly ok: false; readonly reason: DecodingFailure; readonly detail: string };
