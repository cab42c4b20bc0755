import { isSampled, parentOfSend } from '@app/cloudevents';
import type { Tracing } from '@app/platform';
import type { Message, TopicMessages } from 'kafkajs';

/**
 * Spans of events that Kafka has acknowledged, `send order_created`: from the moment an event was written to the outbox on. Their ids
 * are those that the records carry.
 */
export function recordSends(
  tracing: Tracing,
  batch: readonly TopicMessages[],
  isStored: (message: Message) => boolean = () => true,
): void {
  if (!tracing.isOn) return;
  const count = batch.reduce((sum, { messages }) => sum + messages.length, 0);
  for (const { topic, messages } of batch) {
    for (const message of messages) {
      // Of dead letters they are bytes: a copy is not part of the order's way.
      const { traceparent, ce_id: id, ce_time: time } = message.headers ?? {};
      if (typeof traceparent !== 'string' || typeof id !== 'string' || typeof time !== 'string') continue;
      if (isSampled(traceparent) && isStored(message))
        recordSend(tracing, { topic, message, traceparent, id, time, count });
    }
  }
}

interface Sent {
  readonly topic: string;
  readonly message: Message;
  readonly traceparent: string;
  readonly id: string;
  readonly time: string;
  readonly count: number;
}

function recordSend(tracing: Tracing, { topic, message, traceparent, id, time, count }: Sent): void {
  const startedAt = Date.parse(time);
  tracing.record({
    name: `send ${topic}`,
    kind: 'producer',
    context: traceparent,
    parentSpanId: parentOfSend(traceparent, id),
    startedAt,
    durationMs: tracing.stopwatch().startedAt - startedAt,
    attributes: {
      'messaging.system': 'kafka',
      'messaging.operation.name': 'send',
      'messaging.operation.type': 'send',
      'messaging.destination.name': topic,
      'messaging.message.id': id,
      'kafka.message.key': message.key?.toString(),
      ...(count > 1 && { 'app.batch.message_count': count }),
    },
  });
}
