import type { AnyEvent } from '@app/events';
import { payloadFields } from './json-schema';
import { code, fenced, GENERATED, table } from './write-markdown';

/** What the page shows of an event besides its contract. */
export interface EventWithConsumers {
  readonly event: AnyEvent;
  /** Services with an `@EventPattern` method for it. */
  readonly consumers: readonly string[];
  /** The golden record: key, headers and payload. */
  readonly example: unknown;
}

/** The page about the events, read from their contracts, their subscribers and their golden records. */
export function eventsPage(events: readonly EventWithConsumers[]): string {
  return `${GENERATED}

# Events

There is one topic for each event, with the same name.

- One service writes each topic. That is a convention, since Kafka keeps nobody out; readers refuse a record whose
  \`ce_source\` is not the publisher.
- The key of a record is the id of what the event is about, which is in no payload: an order, or a product where it says so.
- The value is the payload as JSON; everything else is a header (CloudEvents 1.0, Kafka binary mode).
- A contract gains optional fields only, and readers ignore fields they do not know.

${table(
  ['topic = event', 'published by', 'consumed by', 'what happened'],
  events.map(({ event, consumers }) => [
    `[${code(event.type)}](#${event.type})`,
    event.publisher,
    consumers.join(', ') || '—',
    event.summary,
  ]),
)}

## Headers

${table(['header', 'value'], HEADERS)}

${events.map(sectionOf).join('\n\n')}
`;
}

const HEADERS = [
  ['`ce_specversion`', '`1.0`'],
  ['`ce_id`', 'UUID v7; a retry, a replay or a duplicate has the same one'],
  ['`ce_source`', 'the publisher as a path, `/order-service`'],
  ['`ce_type`', 'the name of the event'],
  ['`ce_time`', 'when it happened, UTC'],
  ['`content-type`', '`application/json`'],
  ['`ce_correlationid`', "the order's first cause, the same on every event of an order"],
  ['`ce_causationid`', '`ce_id` of the event that caused this one; absent when a person or the clock did'],
  ['`ce_partitionkey`', 'the key of the record: the id of the order, or of the product'],
  ['`ce_sequence`', '1, 2, 3 … per key and publisher, ten digits'],
  ['`ce_dataschema`', 'contract and version, `order_created/1`'],
  [
    '`traceparent`, `tracestate`',
    'W3C Trace Context: the span that sent it, and what the first request’s caller added',
  ],
];

function sectionOf({ event, consumers, example }: EventWithConsumers): string {
  return `## ${event.type}

${event.summary}

Version ${event.version} (${code(event.dataschema)}), published by ${event.publisher}, consumed by ${consumers.join(', ') || 'nobody yet'}; the key is the id of the ${event.key}.

${table(
  ['field', 'type', 'required'],
  payloadFields(event.schema).map(({ path, type, required }) => [code(path), type, required ? 'yes' : 'no']),
)}

${fenced('json', JSON.stringify(example, null, 2))}`;
}
