import type { EventType } from '@app/events';
import { roleOf, serviceNames, type ServiceName } from '../../stack/service-names.ts';
import type { Check, RowCheck as TopicCheck } from './check.ts';

/** How many events of one type an order's rows speak for: a query of `order_id`, `least` and `most`. */
type Expectation = string;

/** No order speaks for these. */
type AboutProducts = 'stock_adjusted' | 'low_stock';

/*
 * An event that is new, or was not always published, must not be expected of orders that were there before it: `least` 0 for those.
 * The payment's table does not tell whether a refund that followed an unwanted authorisation had been announced as paid before.
 */
const EXPECTED_OF: Readonly<Record<Exclude<EventType, AboutProducts>, Expectation>> = {
  order_created: 'SELECT order_id, 1 AS least, 1 AS most FROM recent_scope',
  order_confirmed: decidedAs('confirmed'),
  order_cancelled: decidedAs('cancelled'),
  payment_successful: `
    SELECT order_id, (stage IN ('authorized', 'capturing', 'capturing_unwanted', 'captured', 'inspecting', 'reversed', 'releasing',
      'releasing_unwanted', 'released'))::integer AS least, (gateway_reference IS NOT NULL OR amount = 0)::integer AS most
    FROM recent_scope JOIN payments USING (order_id)`,
  payment_failed: `
    SELECT order_id, (stage IN ('releasing', 'releasing_unwanted', 'released'))::integer AS least,
      (stage IN ('releasing', 'releasing_unwanted', 'released', 'failed'))::integer AS most
    FROM recent_scope JOIN payments USING (order_id)`,
  payment_refunded: `
    SELECT order_id, announced AS least, announced AS most
    FROM (SELECT order_id, (stage IN ('voided', 'reversed', 'refunded', 'checking_refund', 'repeating_refund')
            OR stage = 'failed' AND gateway_reference IS NOT NULL)::integer AS announced FROM recent_scope JOIN payments USING (order_id)) AS returned`,
  // Captures of before there was this event were not told; of a new one the outbox has a gap in its numbers if it is lost.
  payment_captured:
    'SELECT order_id, 0 AS least, (captured_amount > 0)::integer AS most FROM recent_scope JOIN payments USING (order_id)',
  payment_adjusted:
    'SELECT order_id, adjustments AS least, adjustments AS most FROM recent_scope JOIN payments USING (order_id)',
  inventory_updated: `
    SELECT order_id, count(DISTINCT reason)::integer AS least, count(DISTINCT reason)::integer AS most
    FROM recent_scope JOIN stock_movements USING (order_id) GROUP BY 1`,
  inventory_insufficient: `
    SELECT order_id, 1 AS least, 1 AS most FROM recent_scope JOIN stock_allocations USING (order_id)
    WHERE status = 'insufficient'`,
  notification_sent: toldWith(`'sent'`),
  notification_failed: toldWith(`'failed', 'undeliverable'`),
};

function decidedAs(state: 'confirmed' | 'cancelled'): Expectation {
  return `
    SELECT order_id, 1 AS least, 1 AS most FROM recent_scope JOIN order_events USING (order_id)
    WHERE to_status = '${state}' AND from_status <> to_status`;
}

function toldWith(outcomes: string): Expectation {
  return `
    SELECT order_id, count(*)::integer AS least, count(*)::integer AS most
    FROM recent_scope JOIN notifications USING (order_id) WHERE status IN (${outcomes}) GROUP BY 1`;
}

const EXPECTED = `
  expected AS (${Object.entries(EXPECTED_OF)
    .map(([type, query]) => `SELECT order_id, '${type}' AS type, least, most FROM (${query}) AS e`)
    .join(' UNION ALL ')}
  ), published AS (
    SELECT DISTINCT order_id, name AS type, event_id FROM events JOIN topics USING (topic) JOIN recent_scope USING (order_id)
    ${serviceNames.map(waitingInOutbox).join('')}
  ), counted AS (
    SELECT order_id, type, coalesce(least, 0) AS least, coalesce(most, 0) AS most, coalesce(published, 0) AS published,
      publisher
    FROM expected
    FULL JOIN (SELECT order_id, type, count(*)::integer AS published FROM published GROUP BY 1, 2) AS p USING (order_id, type)
    JOIN topics ON name = type
  )`;

function waitingInOutbox(service: ServiceName): string {
  return `
    UNION SELECT aggregateid::uuid, type, id FROM ${roleOf(service)}.outbox
    WHERE aggregatetype = 'order' AND aggregateid::uuid IN (SELECT order_id FROM recent_scope)`;
}

function announced(service: ServiceName): TopicCheck[] {
  return [
    {
      invariant: 'I2',
      name: 'announced',
      service,
      sql: `
        WITH ${EXPECTED}
        SELECT order_id::text AS subject, order_id, format('%s × %s, as the rows say', least, type) AS expected,
          published || ' in the topic' AS found
        FROM counted WHERE published < least AND publisher = '${service}'`,
    },
    {
      invariant: 'I8',
      name: 'announced-once',
      service,
      sql: `
        WITH ${EXPECTED}
        SELECT order_id::text AS subject, order_id, format('at most %s × %s, as the rows say', most, type) AS expected,
          published || ' different events' AS found
        FROM counted WHERE published > most AND publisher = '${service}'`,
    },
  ];
}

function publishedBy(service: ServiceName): string {
  return `events JOIN topics USING (topic) WHERE publisher = '${service}'`;
}

function rowsAndEvents(service: ServiceName): TopicCheck[] {
  const schema = roleOf(service);
  const mine = publishedBy(service);
  return [
    {
      invariant: 'I2',
      name: 'row-without-event',
      service,
      sql: `
        WITH gap AS (
          SELECT s.order_id, number
          FROM recent_scope JOIN ${schema}.event_sequences s USING (order_id)
          LEFT JOIN (SELECT order_id, count(DISTINCT sequence) AS published FROM ${mine} GROUP BY 1) e USING (order_id)
          CROSS JOIN LATERAL generate_series(1, s.last_sequence) AS number
          WHERE coalesce(e.published, 0) < s.last_sequence
            AND NOT EXISTS (SELECT FROM ${schema}.outbox b
              WHERE b.aggregatetype = 'order' AND b.aggregateid = s.order_id::text AND b.sequence = number))
        SELECT format('event %s of %s about %s', number, '${service}', g.order_id) AS subject, g.order_id,
          'in a topic, or waiting in the outbox' AS expected, 'nowhere' AS found
        FROM gap g LEFT JOIN (SELECT order_id, sequence FROM ${mine}) e ON e.order_id = g.order_id AND e.sequence = number
        WHERE e.order_id IS NULL`,
    },
    {
      invariant: 'I2',
      name: 'event-without-row',
      service,
      sql: `
        SELECT format('event %s in %s, partition %s, offset %s', event_id, name, partition, first_offset) AS subject,
          e.order_id, format('number 1 to %s of the order, by %s', coalesce(last_sequence, 0), '${service}') AS expected,
          format('number %s%s', sequence, CASE WHEN from_publisher THEN '' ELSE ', by somebody else' END) AS found
        FROM events e JOIN topics USING (topic) LEFT JOIN ${schema}.event_sequences s ON s.order_id = e.order_id
        WHERE publisher = '${service}'
          AND (sequence > coalesce(last_sequence, 0) OR sequence < 1 OR NOT from_publisher)`,
    },
  ];
}

function numbering(service: ServiceName): TopicCheck[] {
  const mine = publishedBy(service);
  return [
    {
      invariant: 'I7',
      name: 'numbers',
      service,
      sql: `
        SELECT format('number %s of %s about %s', sequence, '${service}', order_id) AS subject, order_id,
          'one event' AS expected, 'events ' || string_agg(DISTINCT event_id::text, ', ') AS found
        FROM ${mine} GROUP BY order_id, sequence HAVING count(DISTINCT event_id) > 1
        UNION ALL
        SELECT 'event ' || event_id, (array_agg(order_id))[1], 'one number, in one topic',
          'numbers ' || string_agg(format('%s in %s', sequence, name), ', ' ORDER BY sequence)
        FROM ${mine} GROUP BY event_id HAVING count(DISTINCT (topic, order_id, sequence)) > 1`,
    },
    {
      invariant: 'I7',
      name: 'order',
      service,
      sql: `
        SELECT format('event %s in %s, partition %s, offset %s', event_id, name, partition, first_offset) AS subject,
          order_id, format('after number %s of the order, at offset %s', previous, previous_offset) AS expected,
          'number ' || sequence || ' before it' AS found
        FROM (SELECT e.*, lag(sequence) OVER w AS previous, lag(first_offset) OVER w AS previous_offset
              FROM (SELECT * FROM ${mine}) AS e
              WINDOW w AS (PARTITION BY order_id, topic ORDER BY sequence, first_offset)) AS followed
        WHERE first_offset < previous_offset AND sequence > previous`,
    },
  ];
}

/** An inbox forgets after eight days, a topic after seven; an id's own time says whether its record must still be there. */
const ID_TIME = `to_timestamp((('x' || left(replace(i.event_id::text, '-', ''), 12))::bit(48)::bigint) / 1000.0)`;

function consumption(service: ServiceName): TopicCheck[] {
  const schema = roleOf(service);
  return [
    {
      invariant: 'I9',
      name: 'consumed',
      service,
      sql: `
        SELECT format('record at %s, partition %s, offset %s%s', name, partition, "offset", ', event ' || r.event_id)
            AS subject,
          r.order_id, 'handled, waiting, dead-lettered or discarded by ' || consumer_group AS expected,
          'its offset is committed, and there is no trace of it' AS found
        FROM consumed c JOIN records r USING (topic, partition) JOIN topics USING (topic)
        WHERE consumer_group = '${service}' AND r."offset" < c.next
          AND NOT EXISTS (SELECT FROM ${schema}.inbox i
            WHERE i.consumer_group = c.consumer_group AND i.event_id = r.event_id)
          AND NOT EXISTS (SELECT FROM ${schema}.failed_messages f
            WHERE f.consumer_group = c.consumer_group AND f.topic = name AND f.partition = r.partition
              AND f."offset" = r."offset")`,
    },
    {
      invariant: 'I2',
      name: 'effect-without-event',
      service,
      sql: `
        SELECT 'event ' || i.event_id AS subject, NULL::uuid AS order_id, 'in a topic' AS expected,
          format('only in the inbox of %s, received %s', i.consumer_group,
            to_char(i.received_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) AS found
        FROM ${schema}.inbox i CROSS JOIN bounds LEFT JOIN events e USING (event_id)
        WHERE e.event_id IS NULL AND i.received_at < settled_before AND substr(i.event_id::text, 15, 1) = '7'
          AND ${ID_TIME} >= topics_since`,
    },
  ];
}

/** What takes the topics as well. */
export const TOPIC_CHECKS: readonly Check[] = serviceNames
  .flatMap((service) => [
    ...announced(service),
    ...rowsAndEvents(service),
    ...numbering(service),
    ...consumption(service),
  ])
  .map((check) => ({ ...check, readsTopics: true }));
