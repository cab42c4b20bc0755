import type { Cause, DecodedRecord, DecodingFailure, EventEnvelope, RawRecord } from './envelope';
import type { EventCatalogue } from './event-catalogue';
import { contractViolations, keyProblem, ORDER_KEY, type EventDefinition } from './event-definition';
import { readTrace } from './trace-context';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** As RFC 3339 and with a year that a database knows; `Date.parse` takes much else. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;
/** Ids are copied into every event that follows: one without a bound would grow a record beyond what Kafka takes. */
const SHORT_TEXT = /^[\x21-\x7e]{1,255}$/;
/** The headers an event is read from. All of them in each object: it is made once a record, and has one shape then. */
const NO_HEADERS = {
  ce_specversion: undefined,
  ce_id: undefined,
  ce_source: undefined,
  ce_type: undefined,
  ce_time: undefined,
  ce_partitionkey: undefined,
  ce_sequence: undefined,
  ce_correlationid: undefined,
  ce_causationid: undefined,
  ce_dataschema: undefined,
  traceparent: undefined,
  tracestate: undefined,
};

const OTHER_KEY = 'ce_partitionkey is not the record key';
/** Of a topic that is not in the catalogue nobody knows what it is about. */
const UNKNOWN = { key: ORDER_KEY };

type Headers = Record<keyof typeof NO_HEADERS, string | undefined>;

const REQUIRED = ['ce_id', 'ce_type', 'ce_source', 'ce_time', 'ce_correlationid'] as const;
const BOUNDED = ['ce_correlationid', 'ce_causationid', 'ce_source'] as const;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads a record into an event of the catalogue, or says why it is none. Never throws, whatever the bytes are: a record that cannot be
 * read must become a dead letter, not a crash.
 */
export function decodeRecord(record: RawRecord, catalogue: EventCatalogue): DecodedRecord {
  const headers = readHeaders(record.headers);
  if (headers === undefined) return failure('undecodable', 'a header is not UTF-8 text or is repeated');
  const missing = REQUIRED.filter((name) => !headers[name]);
  if (missing.length > 0) return failure('undecodable', `missing header ${missing.join(', ')}`);
  const definition = catalogue.ofTopic(record.topic);
  const problem = attributeProblem(headers, record, definition ?? UNKNOWN);
  if (problem !== undefined) return failure('undecodable', problem);
  if (
    definition === undefined ||
    headers.ce_type !== definition.type ||
    headers.ce_dataschema !== definition.dataschema
  ) {
    return failure(
      'unknown_type',
      `${headers.ce_type} as ${headers.ce_dataschema ?? 'no ce_dataschema'} on ${record.topic}`,
    );
  }
  // One publisher per topic: a record that claims another source is invalid.
  if (headers.ce_source !== `/${definition.publisher}`) {
    return failure('invalid', `${headers.ce_source} does not publish ${definition.type}`);
  }
  return readPayload(definition, headers, record.value);
}

function attributeProblem(
  headers: Headers,
  record: RawRecord,
  definition: Pick<EventDefinition, 'key'>,
): string | undefined {
  if (headers.ce_specversion !== '1.0') return 'ce_specversion is not 1.0';
  if (!UUID.test(headers.ce_id ?? '')) return 'ce_id is not a UUID';
  if (!isTime(headers.ce_time ?? '')) return 'ce_time is not a time';
  const long = BOUNDED.find((name) => !isShort(headers[name]));
  if (long !== undefined) return `${long} is not 1 to 255 visible ASCII characters`;
  if (!/^\d{1,15}$/.test(headers.ce_sequence ?? '')) return 'ce_sequence is not a number';
  const key = record.key === null ? undefined : decodeText(record.key);
  return keyProblem(definition, key) ?? (headers.ce_partitionkey === key ? undefined : OTHER_KEY);
}

function isShort(text: string | undefined): boolean {
  return text === undefined || SHORT_TEXT.test(text);
}

function isTime(text: string): boolean {
  return TIME.test(text) && !Number.isNaN(Date.parse(text));
}

function readPayload(definition: EventDefinition, headers: Headers, value: Buffer | null): DecodedRecord {
  if (value === null) return failure('undecodable', 'the value is null');
  const text = decodeText(value);
  if (text === undefined) return failure('undecodable', 'the value is not UTF-8');
  let payload: unknown;
  try {
    payload = JSON.parse(text);
  } catch {
    return failure('undecodable', 'the value is not JSON');
  }
  const violations = contractViolations(definition, payload);
  if (violations.length > 0) return failure('invalid', violations.join('; '));
  return { ok: true, event: envelopeFrom(headers, definition, payload) };
}

function envelopeFrom(headers: Headers, definition: EventDefinition, payload: unknown): EventEnvelope {
  return {
    id: headers.ce_id ?? '',
    source: headers.ce_source ?? '',
    type: definition.type,
    time: new Date(headers.ce_time ?? ''),
    orderId: headers.ce_partitionkey ?? '',
    sequence: Number(headers.ce_sequence),
    dataschema: definition.dataschema,
    cause: causeFrom(headers),
    payload,
  };
}

function causeFrom(headers: Headers): Cause {
  const { ce_correlationid: correlationId = '', ce_causationid: causationId } = headers;
  const cause = causationId === undefined ? { correlationId } : { correlationId, causationId };
  // An invalid one is dropped; the event is still accepted.
  return { ...cause, ...readTrace(headers.traceparent, headers.tracestate) };
}

function failure(reason: DecodingFailure, detail: string): DecodedRecord {
  return { ok: false, reason, detail };
}

function readHeaders(headers: RawRecord['headers']): Headers | undefined {
  const texts: Headers = { ...NO_HEADERS };
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    // A foreign header may be of any kind; those that CloudEvents has a say in are text, once.
    if (value === undefined || !(isRead(name) || name.startsWith('ce_'))) continue;
    if (Array.isArray(value)) {
      if (name.startsWith('ce_')) return undefined;
      continue;
    }
    const text = value === null || typeof value === 'string' ? (value ?? undefined) : decodeText(value);
    if (text === undefined) return undefined;
    if (isRead(name)) texts[name] = text;
  }
  return texts;
}

function isRead(name: string): name is keyof Headers {
  return Object.hasOwn(NO_HEADERS, name);
}

/** Undefined when it is not UTF-8. */
function decodeText(bytes: Buffer): string | undefined {
  const text = bytes.toString();
  // The fast way replaces what it cannot read, and keeps a byte order mark.
  if (!text.includes('\ufffd') && text.charCodeAt(0) !== 0xfeff) return text;
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}
