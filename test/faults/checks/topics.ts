import { KafkaProbe, type TopicRecord } from '../../system/kafka.ts';
import { PUBLICATIONS, SUBSCRIPTIONS } from '../kafka-admin.ts';
import type { World } from '../world.ts';
import { finding, type Finding } from './invariant.ts';

/** What a relay has in hand when it is interrupted, at the rates of this suite; that much may be sent once more. */
const IN_HAND = 150;

interface Event {
  readonly topic: string;
  readonly position: string;
  readonly id: string;
  readonly orderId: string;
  readonly sequence: number;
}

/** What is in the topics, against what the services know of it. */
export async function checkTopics(world: World): Promise<{ findings: Finding[]; records: TopicRecord[] }> {
  const probe = new KafkaProbe(world.cluster.system.stack.kafka);
  const events = Object.values(PUBLICATIONS).flat();
  const letters = Object.keys(PUBLICATIONS).map((service) => `${service.replaceAll('-', '_')}_dlq`);
  const read = await Promise.all([...events, ...letters].map((topic) => probe.read(topic).catch(() => [])));
  const records = [...world.removedRecords, ...read.flat()];
  const findings: Finding[] = [];
  for (const [service, topics] of Object.entries(PUBLICATIONS)) {
    findings.push(...(await checkPublisher(world, service, eventsIn(records, topics))));
  }
  for (const [group, topics] of Object.entries(SUBSCRIPTIONS)) {
    findings.push(...(await checkConsumer(world, group, eventsIn(records, topics))));
  }
  return { findings, records };
}

/** Only what the system sent: what a scenario planted has no number, or an id of its own. */
function eventsIn(records: readonly TopicRecord[], topics: readonly string[]): Event[] {
  return records.flatMap(({ topic, partition, offset, key, headers }) => {
    const text = (name: string): string => headers[name]?.toString() ?? '';
    if (!topics.includes(topic) || headers['x-planted'] !== undefined || text('ce_sequence') === '') return [];
    const [id, orderId, sequence] = [text('ce_id'), key?.toString() ?? '', Number(text('ce_sequence'))];
    return [{ topic, position: `${topic}/${partition}/${offset}`, id, orderId, sequence }];
  });
}

async function checkPublisher(world: World, service: string, events: readonly Event[]): Promise<Finding[]> {
  const schema = service.replaceAll('-', '_');
  const rows = await world.database.query<{ order_id: string; last: string }>(
    `SELECT order_id::text, last_sequence AS last FROM ${schema}.event_sequences
     UNION ALL SELECT key, last_sequence FROM ${schema}.key_sequences`,
  );
  const committed = new Map(rows.map(({ order_id, last }) => [order_id, Number(last)]));
  const sent = new Map<string, Map<number, string>>();
  const contradictions: string[] = [];
  let copies = 0;
  for (const { orderId, sequence, id } of events) {
    const ofOrder = sent.get(orderId) ?? new Map<number, string>();
    sent.set(orderId, ofOrder);
    const known = ofOrder.get(sequence);
    if (known === id) copies += 1;
    else if (known !== undefined) contradictions.push(`${orderId} ${sequence}: ${known} and ${id}`);
    ofOrder.set(sequence, id);
  }
  const lost = [...committed].flatMap(([orderId, last]) =>
    Array.from({ length: last }, (_, index) => index + 1).flatMap((sequence) =>
      sent.get(orderId)?.has(sequence) === true ? [] : [`${orderId} ${sequence}`],
    ),
  );
  const invented = [...sent].flatMap(([orderId, sequences]) =>
    [...sequences.keys()].filter((n) => n > (committed.get(orderId) ?? 0)).map((n) => `${orderId} ${n}`),
  );
  const allowed = world.cluster.relayInterruptions * IN_HAND + world.republished;
  return [
    ...finding('I2', `${service}: committed events that are in no topic`, lost),
    ...finding('I2', `${service}: events in a topic that nobody committed`, invented),
    ...finding('I7', `${service}: two events with one number`, contradictions),
    ...finding('I7', `${service}: numbers out of order within a topic`, outOfOrder(events)),
    ...(copies <= allowed
      ? []
      : finding('I7', `${service}: ${copies} copies in its topics, ${allowed} at most`, [service])),
  ];
}

/** First occurrences only: a copy may come at any time. */
function outOfOrder(events: readonly Event[]): string[] {
  const wrong: string[] = [];
  const seen = new Set<string>();
  const last = new Map<string, number>();
  for (const { topic, orderId, sequence, id, position } of events) {
    if (seen.has(id)) continue;
    seen.add(id);
    const key = `${topic} ${orderId}`;
    if (sequence < (last.get(key) ?? 0)) wrong.push(`${position} ${orderId}: ${sequence} after ${last.get(key)}`);
    last.set(key, sequence);
  }
  return wrong;
}

async function checkConsumer(world: World, group: string, events: readonly Event[]): Promise<Finding[]> {
  const schema = group.replaceAll('-', '_');
  const rows = await world.database.query<{ id: string }>(
    `SELECT event_id AS id FROM ${schema}.inbox WHERE consumer_group = $1
     UNION SELECT event_id FROM ${schema}.failed_messages WHERE event_id IS NOT NULL`,
    [group],
  );
  const handled = new Set(rows.map(({ id }) => id));
  const missing = events.filter(({ id }) => !handled.has(id)).map(({ position, id }) => `${position} ${id}`);
  return finding('I9', `${group}: records that were neither handled nor put aside`, missing);
}
