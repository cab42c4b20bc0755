import { Clock } from '@app/platform';
import { Logger } from '@nestjs/common';
import type { Consumer } from 'kafkajs';
import { ConsumerHealth, type ConsumerWork } from './consumer-health';

Logger.overrideLogger(false);

class ManualClock extends Clock {
  ms = 1_000_000;
  now(): Date {
    return new Date(this.ms);
  }
}

const EVENTS = {
  GROUP_JOIN: 'join',
  REBALANCING: 'rebalancing',
  CRASH: 'crash',
  FETCH: 'fetch',
  REQUEST: 'request',
};
const JOINED = { payload: { memberAssignment: { payment_failed: [0, 1], payment_successful: [2] } } };

function setUp(work: ConsumerWork = { busySince: undefined, unreadable: [] }) {
  const listeners = new Map<string, (event: unknown) => void>();
  const consumer = {
    events: EVENTS,
    on: (name: string, listener: (event: unknown) => void) => listeners.set(name, listener),
  } as unknown as Consumer;
  const clock = new ManualClock();
  const health = new ConsumerHealth(clock);
  const gone: Error[] = [];
  health.observe(consumer, work, (error) => gone.push(error));
  return { health, clock, gone, emit: (name: string, event?: unknown) => listeners.get(name)?.(event) };
}

/** As kafkajs has it: what Kafka said, wrapped into what kafkajs makes of it. */
function kafkaError(type: string): Error {
  const cause = Object.assign(new Error('broker 10.0.0.1 says no'), { name: 'KafkaJSProtocolError', type });
  return Object.assign(new Error('no'), { name: 'KafkaJSNonRetriableError', cause });
}

describe('the state of the consumer', () => {
  it('follows kafkajs and the batches', () => {
    const { emit, health, gone } = setUp();
    const seen = [health.state];
    const step = (act: () => void) => {
      act();
      seen.push(health.state);
    };
    step(() => emit('join', JOINED));
    step(() => emit('rebalancing'));
    step(() => emit('join', JOINED));
    step(() => health.interrupted(Object.assign(new Error('down'), { code: 'ECONNREFUSED' })));
    step(() => health.progressed());
    step(() => emit('crash', { payload: { error: new Error('x'), restart: false } }));
    expect(seen).toEqual(['connecting', 'consuming', 'rebalancing', 'consuming', 'paused', 'consuming', 'crashed']);
    expect(gone).toEqual([new Error('x')]);
  });

  it('is "consuming" as soon as it fetches, also after a re-join that failed: kafkajs then goes on as the member it was', () => {
    const { emit, health } = setUp();
    emit('join', JOINED);
    emit('rebalancing');
    emit('fetch');
    expect(health.state).toBe('consuming');
  });
});

describe('the health page', () => {
  it('has the consumer up while it fetches, and says how many partitions it reads', () => {
    const { emit, health } = setUp();
    emit('join', JOINED);
    expect(health.report()).toEqual({ status: 'up', details: { consumer: 'consuming', partitions: 3 } });
  });

  it('has it down when no fetch came back for five seconds, and up with the next one', () => {
    const { emit, health, clock } = setUp();
    emit('join', JOINED);
    clock.ms += 4_000;
    expect(health.report().status).toBe('up');
    clock.ms += 1_000;
    expect(health.report()).toEqual({
      status: 'down',
      details: { consumer: 'silent', partitions: 3, reason: 'no answer from Kafka for 5 s' },
    });
    emit('request');
    expect(health.report().status).toBe('down');
    emit('fetch');
    expect(health.report().status).toBe('up');
  });

  it('has it up while a batch takes long, as long as heartbeats are answered', () => {
    const { emit, health, clock } = setUp({ busySince: 1_000_000, unreadable: [] });
    emit('join', JOINED);
    for (let second = 1; second <= 20; second += 1) {
      clock.ms += 1_000;
      if (second % 3 === 0) emit('request');
      expect(health.report().status).toBe('up');
    }
    clock.ms += 3_000;
    expect(health.report()).toMatchObject({ status: 'down', details: { consumer: 'silent' } });
  });

  it.each([
    ['INCONSISTENT_GROUP_PROTOCOL', 'another kind of client is in the consumer group'],
    ['GROUP_AUTHORIZATION_FAILED', 'GROUP_AUTHORIZATION_FAILED'],
  ])('tells why there is no consumer, without addresses: %s', (type, reason) => {
    const { emit, health } = setUp();
    emit('join', JOINED);
    emit('crash', { payload: { error: kafkaError(type), restart: false } });
    expect(health.report()).toEqual({ status: 'down', details: { consumer: 'crashed', partitions: 0, reason } });
    emit('join', JOINED);
    expect(health.report().details).not.toHaveProperty('reason');
  });

  it('names the place that cannot be read', () => {
    const place = { topic: 'payment_failed', partition: 2, offset: '17', error: new Error('x') };
    const { emit, health } = setUp({ busySince: undefined, unreadable: [place] });
    emit('join', JOINED);
    expect(health.report()).toMatchObject({
      status: 'degraded',
      details: { consumer: 'consuming', unreadable: ['payment_failed/2 at 17'] },
    });
  });
});
