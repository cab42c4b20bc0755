import type { TopicMessages } from 'kafkajs';
import type { OutboxRow } from './outbox-reader';

/** Rows as kafkajs wants them, each topic's in their order. */
export function toTopicMessages(rows: readonly OutboxRow[]): TopicMessages[] {
  const byTopic = new Map<string, TopicMessages>();
  for (const row of rows) {
    let topic = byTopic.get(row.type);
    if (topic === undefined) byTopic.set(row.type, (topic = { topic: row.type, messages: [] }));
    topic.messages.push(row.message);
  }
  return [...byTopic.values()];
}
