import { Clock } from '@app/platform';
import { eventually } from '@app/testing';
import { Logger } from '@nestjs/common';
import { jest } from '@jest/globals';
import type { Consumer } from 'kafkajs';
import { ConsumerHealth } from './consumer-health';
import type { KafkaFactory } from './kafka-factory';
import { MessagingOptions } from './messaging-options';

Logger.overrideLogger(false);

class ManualClock extends Clock {
  ms = 1_000_000;
  now(): Date {
    return new Date(this.ms);
  }
}

/** Kafka as the watchdog asks it. */
class FakeKafka {
  reachable = true;
  lag = 5;
  asked = 0;

  readonly factory = {
    create: () => ({
      admin: () => ({
        connect: async () => {
          this.asked += 1;
          if (!this.reachable) throw new Error('unreachable');
        },
        fetchOffsets: async ({ topics }: { topics: string[] }) =>
          topics.map((topic) => ({ topic, partitions: [{ partition: 0, offset: '-1' }] })),
        fetchTopicOffsets: async () => [{ partition: 0, high: String(this.lag), low: '0' }],
        disconnect: async () => undefined,
      }),
    }),
  } as unknown as KafkaFactory;
}

const EVENTS = { GROUP_JOIN: 'join', REBALANCING: 'rebalancing', CRASH: 'crash', FETCH: 'fetch' };

function setUp() {
  const listeners = new Map<string, (event: unknown) => void>();
  const consumer = {
    events: EVENTS,
    on: (name: string, listener: (event: unknown) => void) => listeners.set(name, listener),
  } as unknown as Consumer;
  const clock = new ManualClock();
  const kafka = new FakeKafka();
  const options = new MessagingOptions({
    service: 'order-service',
    brokers: [],
    databaseUrl: '',
    partitions: 1,
    replicationFactor: 1,
    stallTimeoutMs: 80,
  });
  const health = new ConsumerHealth(options, kafka.factory, clock);
  health.observe(consumer, ['order_created'], { busySince: undefined });
  return { health, clock, kafka, emit: (name: string, event?: unknown) => listeners.get(name)?.(event) };
}

let exits: unknown[];
let health: ConsumerHealth | undefined;
beforeEach(() => {
  exits = [];
  jest.spyOn(process, 'exit').mockImplementation((code) => {
    exits.push(code);
    return undefined as never;
  });
});
afterEach(() => {
  health?.stopWatching();
  jest.restoreAllMocks();
});

describe('a consumer that stands still', () => {
  it('while records wait ends the process, even if nothing was ever committed', async () => {
    const { clock, ...rest } = setUp();
    health = rest.health;
    clock.ms += 100;
    await eventually(() => expect(exits).toEqual([1]));
  });

  it('because nothing waits is left alone', async () => {
    const { clock, kafka, ...rest } = setUp();
    health = rest.health;
    kafka.lag = 0;
    clock.ms += 100;
    await eventually(() => expect(kafka.asked).toBeGreaterThan(0));
    clock.ms += 50;
    const asked = kafka.asked;
    await eventually(() => expect(kafka.asked).toBeGreaterThan(asked));
    expect(exits).toEqual([]);
  });

  it('while Kafka is out of reach is given its time anew when Kafka is back', async () => {
    const { clock, kafka, ...rest } = setUp();
    health = rest.health;
    kafka.reachable = false;
    for (let n = 0; n < 3; n += 1) {
      const { asked } = kafka;
      clock.ms += 500;
      await eventually(() => expect(kafka.asked).toBeGreaterThan(asked));
    }
    kafka.reachable = true;
    const { asked } = kafka;
    clock.ms += 40;
    // It goes on watching, which it does not once it has decided to end the process.
    await eventually(() => expect(kafka.asked).toBeGreaterThan(asked + 2));
    expect(exits).toEqual([]);
    clock.ms += 60;
    await eventually(() => expect(exits).toEqual([1]));
  });
});

describe('the state of the consumer', () => {
  it('follows kafkajs and the batches', () => {
    const { emit, ...rest } = setUp();
    health = rest.health;
    const seen = [health.state];
    const step = (act: () => void) => {
      act();
      seen.push(rest.health.state);
    };
    step(() => emit('join'));
    step(() => emit('rebalancing'));
    step(() => emit('join'));
    step(() => rest.health.interrupted(Object.assign(new Error('down'), { code: 'ECONNREFUSED' })));
    step(() => rest.health.progressed());
    step(() => emit('crash', { payload: { error: new Error('x'), restart: true } }));
    expect(seen).toEqual(['connecting', 'consuming', 'rebalancing', 'consuming', 'paused', 'consuming', 'crashed']);
    expect(exits).toEqual([]);
  });

  it('is "consuming" as soon as it fetches, also after a re-join that failed: kafkajs then goes on as the member it was', () => {
    const { emit, ...rest } = setUp();
    health = rest.health;
    emit('join');
    emit('rebalancing');
    emit('fetch');
    expect(health.state).toBe('consuming');
  });

  it('is the end of the process when kafkajs has given the consumer up, unless the process is ending anyway', async () => {
    const { emit, ...rest } = setUp();
    const other = setUp();
    health = rest.health;
    other.health.stopWatching();
    const gone = { payload: { error: new Error('x'), restart: false } };
    other.emit('crash', gone);
    emit('crash', gone);
    await eventually(() => expect(exits).toEqual([1]));
  });
});
