import { contextOfSend, type EventEnvelope, headersOf, spanIdOf } from '@app/cloudevents';
import { orderCreated } from '../../test/events';
import type { Message } from 'kafkajs';
import { RecordedSpans, SAMPLED, UNSAMPLED } from '../../test/recorded-spans';
import { recordSends } from './send-spans';

function messageOf(event: EventEnvelope, traceparent?: string): Message {
  const cause = traceparent === undefined ? event.cause : { ...event.cause, traceparent };
  return { key: event.orderId, value: '{}', headers: headersOf({ ...event, cause }) };
}

let recorded: RecordedSpans;

beforeEach(() => {
  recorded = new RecordedSpans();
});

describe('events that Kafka has acknowledged', () => {
  it('have a span with the id their record carries, below the span in which they were written', () => {
    const event = orderCreated('01a22d4c-82f4-767d-aa64-d1cbdd3b3da0');
    const context = contextOfSend(SAMPLED, event.id);
    recordSends(recorded.tracing, [{ topic: 'order_created', messages: [messageOf(event, context)] }]);
    expect(recorded.shown).toEqual([['send order_created', spanIdOf(context), spanIdOf(SAMPLED)]]);
    expect(recorded.spans[0]).toMatchObject({
      kind: 'producer',
      startedAt: event.time.getTime(),
      attributes: {
        'messaging.message.id': event.id,
        'kafka.message.key': event.orderId,
        'messaging.destination.name': 'order_created',
      },
    });
  });

  it('have none when their trace is not sampled, when they have none, and as dead letters', () => {
    const event = orderCreated('01a22d4c-82f4-767d-aa64-d1cbdd3b3da0');
    const copy = Object.fromEntries(
      Object.entries(headersOf({ ...event, cause: { ...event.cause, traceparent: SAMPLED } })).map(([name, value]) => [
        name,
        Buffer.from(value),
      ]),
    );
    const messages = [messageOf(event, UNSAMPLED), messageOf(event), { value: '{}', headers: copy }, { value: '{}' }];
    recordSends(recorded.tracing, [{ topic: 'order_created', messages }]);
    expect(recorded.spans).toEqual([]);
  });

  it('are told of alone when Kafka has refused the others', () => {
    const [stored, refused] = [1, 2].map(() => {
      const event = orderCreated('01a22d4c-82f4-767d-aa64-d1cbdd3b3da0');
      return messageOf(event, contextOfSend(SAMPLED, event.id));
    }) as [Message, Message];
    const batch = [{ topic: 'order_created', messages: [stored, refused] }];
    recordSends(recorded.tracing, batch, (message) => message === stored);
    expect(recorded.spans.map(({ attributes }) => attributes['messaging.message.id'])).toEqual([
      stored.headers?.['ce_id'],
    ]);
    expect(recorded.spans[0]?.attributes['app.batch.message_count']).toBe(2);
  });
});
