import { v7 } from 'uuid';
import { KafkaProbe, type TopicRecord } from '../system/kafka';
import type { System } from '../system/system';

/** Does one kind of damage to an order that was confirmed. */
export type Damage = (system: System, orderId: string) => Promise<unknown>;

async function recordOf(kafka: KafkaProbe, topic: string, orderId: string): Promise<TopicRecord> {
  const record = (await kafka.read(topic)).find(({ key }) => key?.toString() === orderId);
  if (record === undefined) throw new Error(`nothing about ${orderId} in ${topic}`);
  return record;
}

async function publishStray(system: System, topic: string, orderId: string, sequences: readonly number[]) {
  const kafka = new KafkaProbe(system.stack.kafka);
  const { value, headers } = await recordOf(kafka, topic, orderId);
  const stray = (sequence: number) => ({
    key: orderId,
    value,
    headers: { ...headers, ce_id: v7(), ce_sequence: String(sequence).padStart(10, '0') },
  });
  await kafka.publish(topic, sequences.map(stray));
}

const sql =
  (statement: string): Damage =>
  (system, orderId) =>
    system.sql(statement, [orderId]);

/** What is done, and by which invariant and check it has to be found. */
export const DAMAGE: readonly (readonly [title: string, invariant: string, check: string, damage: Damage])[] = [
  [
    'a captured amount that was changed',
    'I3',
    'books',
    sql('UPDATE payments SET captured_amount = captured_amount - 1 WHERE order_id = $1'),
  ],
  [
    'an amount that is not the order’s',
    'I3',
    'amount',
    sql('UPDATE payments SET amount = amount + 1 WHERE order_id = $1'),
  ],
  [
    'a payment that was given back in the table only',
    'I5',
    'confirmed-and-paid',
    sql(`UPDATE payments SET stage = 'refunded', status = 'refunded', refunded_amount = amount WHERE order_id = $1`),
  ],
  [
    'a payment that stays unknown',
    'I3',
    'unknown-payment',
    sql(`UPDATE payments SET status = 'unknown', operation = 'capture', attempts = 9, uncertain = true,
         due_at = now() + interval '1 hour', look_at = now() + interval '1 hour' WHERE order_id = $1`),
  ],
  [
    'a second capture in the books',
    'I3',
    'one-capture',
    sql(`INSERT INTO gateway_ledger SELECT idempotency_key || '2', operation, reference || 'x', outcome, amount, currency,
         payment_method, created_at FROM gateway_ledger WHERE idempotency_key = $1::text || ':capture'`),
  ],
  ['a movement that was deleted', 'I5', 'pieces', sql('DELETE FROM stock_movements WHERE order_id = $1')],
  [
    'an allocation that says otherwise',
    'I5',
    'allocation',
    sql(`UPDATE stock_allocations SET status = 'returned' WHERE order_id = $1`),
  ],
  [
    'an order whose state was edited',
    'I5',
    'cancelled-and-repaid',
    sql(`UPDATE orders SET status = 'cancelled', cancellation_reason = 'timed_out' WHERE order_id = $1`),
  ],
  [
    'an audit entry that was edited',
    'I6',
    'trail',
    sql(`UPDATE order_events SET actor = 'nobody' WHERE order_id = $1 AND number = 2`),
  ],
  [
    'a cause that had its effect twice',
    'I8',
    'cause',
    sql(`INSERT INTO order_events SELECT order_id, 9, event, from_status, to_status, reason, actor, cause_event_id,
         correlation_id, occurred_at, previous_hash, hash FROM order_events
         WHERE order_id = $1 AND cause_event_id IS NOT NULL LIMIT 1`),
  ],
  [
    'a notification that is missing',
    'I12',
    'told',
    sql(`DELETE FROM notifications WHERE order_id = $1 AND notification_type = 'order_confirmed'`),
  ],
  [
    'a mail that was sent without anybody being told of it',
    'I2',
    'announced',
    sql(`INSERT INTO notifications
         SELECT (jsonb_populate_record(n, jsonb_build_object('notification_id', gen_random_uuid(), 'resend', 1))).*
         FROM notifications n WHERE order_id = $1 AND notification_type = 'order_paid'`),
  ],
  [
    'an event that nobody has published',
    'I2',
    'event-without-row',
    (system, orderId) => publishStray(system, 'order_confirmed', orderId, [99]),
  ],
  [
    'two events of one number',
    'I7',
    'numbers',
    (system, orderId) => publishStray(system, 'order_created', orderId, [1]),
  ],
  [
    'an event that is published twice under two ids',
    'I8',
    'announced-once',
    (system, orderId) => publishStray(system, 'order_confirmed', orderId, [2]),
  ],
  [
    'events that overtook each other',
    'I7',
    'order',
    (system, orderId) => publishStray(system, 'notification_sent', orderId, [98, 97]),
  ],
  [
    'an inbox that has forgotten',
    'I9',
    'consumed',
    async (system, orderId) => {
      const { headers } = await recordOf(new KafkaProbe(system.stack.kafka), 'payment_successful', orderId);
      const eventId = headers.ce_id?.toString();
      return system.sql('DELETE FROM inventory_service.inbox WHERE event_id = $1', [eventId]);
    },
  ],
];

/** What is done to an audit trail, the first entry that is wrong then, and what is said of it. */
export const EDITS: readonly (readonly [title: string, statement: string, entry: number | null, says: RegExp])[] = [
  [
    'its payload',
    `UPDATE order_events SET reason = 'timed_out' WHERE order_id = $1 AND number = 2`,
    2,
    /not what its hash/,
  ],
  [
    'an entry in the middle is gone',
    'DELETE FROM order_events WHERE order_id = $1 AND number = 2',
    3,
    /follows entry 1/,
  ],
  [
    'its last entry is gone',
    `DELETE FROM order_events e WHERE order_id = $1 AND number = (SELECT event_count FROM orders WHERE order_id = $1)`,
    null,
    /the trail ends with entry/,
  ],
  [
    'the order’s state',
    `UPDATE orders SET status = 'paid' WHERE order_id = $1`,
    null,
    /the trail leads to confirmed.*the order is paid/,
  ],
  [
    'an entry and its hash',
    `UPDATE order_events SET actor = 'me', hash = encode(sha256('made to fit'), 'hex') WHERE order_id = $1 AND number = 1`,
    1,
    /not what its hash/,
  ],
  [
    'who ordered',
    `UPDATE orders SET user_id = 'thief' WHERE order_id = $1`,
    null,
    /^the order is not what was ordered: customer changed$/,
  ],
  [
    'what was ordered',
    `UPDATE order_items SET product_name = 'Laptop', quantity = 3 WHERE order_id = $1`,
    null,
    /^the order is not what was ordered: line 1 \(name, quantity\) changed$/,
  ],
  [
    'what it costs, and how it is paid',
    `UPDATE orders SET total_amount = 0.01, currency = 'INR', payment_method = 'gift' WHERE order_id = $1`,
    null,
    /^the order is not what was ordered: payment method, currency, total changed$/,
  ],
];

/** Damage that is not, or not only, about an order; `untold` gets a dead letter for the notification it misses. */
export async function damageApartFromOrders(system: System, untold: string): Promise<void> {
  await system.sql(
    `
    INSERT INTO notification_service.failed_messages (id, consumer_group, topic, partition, "offset", "timestamp", headers,
      order_id, status, blocks_order, attempts)
    VALUES (gen_random_uuid(), 'notification-service', 'order_confirmed', 0, 1, 1, '{}', $1, 'dead_lettered', true, 9)`,
    [untold],
  );
  await system.sql(`INSERT INTO order_service.inbox VALUES ('order-service', $1)`, [v7()]);
  await system.sql(`INSERT INTO stock_allocations VALUES (gen_random_uuid(), 'refused', '[]', 'user', now(), now())`);
  await system.sql(
    `INSERT INTO gateway_ledger SELECT $1 || ':authorize', operation, reference || 'y', outcome, amount, currency,
       payment_method FROM gateway_ledger WHERE outcome = 'authorized' LIMIT 1`,
    [v7()],
  );
}
