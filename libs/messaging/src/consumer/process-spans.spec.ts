import { spanIdOf } from '@app/cloudevents';
import { CATALOGUE, causeOf, messagingIdentityOf, type EventEnvelope } from '@app/events';
import { SystemClock } from '@app/platform';
import { anOrderId, asKafkaMessage } from '@app/testing';
import { Logger } from '@nestjs/common';
import { orderCreated } from '../../test/events';
import { MemoryCore } from '../../test/memory-core';
import { RecordedSpans, SAMPLED, UNSAMPLED } from '../../test/recorded-spans';
import { MessagingOptions } from '../messaging-options';
import { toConsumedRecord, type ConsumedRecord } from '../record/consumed-record';
import { MessagingMetrics } from '../metrics/messaging-metrics';
import { EventBatchProcessor } from './event-batch-processor';
import { ProcessSpans } from './process-spans';

Logger.overrideLogger(false);

let offset = 0;
function recordOf(event: EventEnvelope): ConsumedRecord {
  const { key, value, headers } = asKafkaMessage(event);
  const message = { key: Buffer.from(key), value: Buffer.from(value), headers, timestamp: '0', attributes: 0 };
  return toConsumedRecord(CATALOGUE, event.type, 3, { ...message, offset: String((offset += 1)) });
}

function sent(traceparent: string | undefined): EventEnvelope {
  const event = orderCreated(anOrderId());
  return traceparent === undefined ? event : { ...event, cause: { ...event.cause, traceparent, tracestate: 'v=1' } };
}

let recorded: RecordedSpans;
let core: MemoryCore;
/** What the handler was called with. */
let seen: EventEnvelope[];

beforeEach(() => {
  [recorded, core, seen] = [new RecordedSpans(), new MemoryCore(), []];
});

async function process(
  events: readonly EventEnvelope[],
  fail: (events: readonly EventEnvelope[]) => void = () => undefined,
) {
  const options = new MessagingOptions({
    ...messagingIdentityOf('payment-service'),
    ...{ brokers: [], databaseUrl: '', partitions: 1, replicationFactor: 1, immediateRetries: 1 },
  });
  const spans = new ProcessSpans(options, recorded.tracing);
  const { transactions, inbox, failedMessages } = core;
  const parts = [options, transactions, inbox, failedMessages, new SystemClock(), MessagingMetrics.OFF, spans] as const;
  const processor = new EventBatchProcessor(...parts);
  const handle = (_: string, handled: readonly EventEnvelope[]) => {
    seen.push(...handled);
    fail(handled);
    return Promise.resolve();
  };
  await processor.process(events.map(recordOf), handle, { interrupted: () => false, progressed: () => undefined });
}

describe('a message of a sampled trace', () => {
  it('has a span below the one that sent it, and what its handler causes is below that', async () => {
    const event = sent(SAMPLED);
    await process([event]);
    const [[name, spanId, parent] = []] = recorded.shown;
    expect([name, parent]).toEqual(['process order_created', spanIdOf(SAMPLED)]);
    const cause = causeOf(seen[0] as EventEnvelope);
    expect(cause).toMatchObject({ causationId: event.id, tracestate: 'v=1' });
    expect(spanIdOf(cause.traceparent ?? '')).toBe(spanId);
    expect(recorded.spans[0]?.attributes).toEqual({
      'messaging.system': 'kafka',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.consumer.group.name': 'payment-service',
      'messaging.destination.name': 'order_created',
      'messaging.destination.partition.id': '3',
      'kafka.offset': offset,
      'kafka.message.key': event.orderId,
      'messaging.message.id': event.id,
    });
  });

  it('has a span for each attempt that failed, with the class of the error and nothing of its text', async () => {
    let failures = 0;
    await process([sent(SAMPLED)], () => {
      failures += 1;
      if (failures === 1) throw new Error('the customer is jane@example.test');
    });
    expect(recorded.spans.map(({ error }) => error?.type)).toEqual(['Error', undefined]);
    expect(new Set(recorded.shown.map(([, spanId]) => spanId)).size).toBe(2);
    expect(JSON.stringify(recorded.spans)).not.toContain('jane');
  });

  it('has one when it comes twice, and none when it was handled before', async () => {
    const event = sent(SAMPLED);
    await process([event, event]);
    await process([event]);
    expect(recorded.spans).toHaveLength(1);
  });

  it('has one that says so when PostgreSQL goes away before its transaction is committed', async () => {
    core.onCommit = () => {
      throw Object.assign(new Error('terminating connection'), { code: '57P01' });
    };
    await expect(process([sent(SAMPLED)])).rejects.toThrow('terminating connection');
    expect(recorded.spans.map(({ name, error }) => [name, error?.type])).toEqual([['process order_created', 'Error']]);
  });
});

describe('messages that share a transaction', () => {
  it('have spans of their own where their trace is sampled, linked with one of the batch that is in no order’s trace', async () => {
    await process([sent(SAMPLED), sent(UNSAMPLED), sent(undefined), sent(SAMPLED)]);
    const batch = recorded.spans.find(({ name }) => name === 'process batch');
    const each = recorded.spans.filter((span) => span !== batch);
    expect(each.map(({ name }) => name)).toEqual(['process order_created', 'process order_created']);
    expect(each.map(({ links }) => links)).toEqual([[batch?.context], [batch?.context]]);
    expect(batch?.links).toEqual(each.map(({ context }) => context));
    expect(batch?.parentSpanId).toBeUndefined();
    expect(batch?.context.slice(3, 35)).not.toBe(SAMPLED.slice(3, 35));
    expect(batch?.attributes['messaging.batch.message_count']).toBe(4);
  });

  it('have none when no trace is sampled, and their handler sees them as they came', async () => {
    const events = [sent(UNSAMPLED), sent(undefined)];
    await process(events);
    expect(recorded.spans).toEqual([]);
    expect(seen.map(({ cause }) => cause.traceparent)).toEqual([UNSAMPLED, undefined]);
  });
});
