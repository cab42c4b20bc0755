import { messagingIdentityOf } from '@app/events';
import { Clock } from '@app/platform';
import { eventually } from '@app/testing';
import { Logger } from '@nestjs/common';
import { jest } from '@jest/globals';
import type { Consumer } from 'kafkajs';
import { ConsumerHealth, type ConsumerWork } from './consumer-health';
import { ConsumerLag } from './consumer-lag';
import { ConsumerWatchdog } from './consumer-watchdog';
import type { KafkaFactory } from '../kafka/kafka-factory';
import { MessagingOptions } from '../messaging-options';

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
  topics = ['order_created'];

  failure: Error | undefined;

  private answer(topic: string): true {
    if (this.failure !== undefined) throw this.failure;
    if (!this.topics.includes(topic)) throw new Error('This server does not host this topic-partition');
    return true;
  }

  readonly factory = {
    create: () => ({
      admin: () => ({
        connect: async () => {
          this.asked += 1;
          if (!this.reachable) throw Object.assign(new Error('unreachable'), { name: 'KafkaJSConnectionError' });
        },
        listTopics: async () => this.topics,
        fetchOffsets: async ({ topics }: { topics: string[] }) =>
          topics.map((topic) => ({ topic, partitions: [{ partition: 0, offset: '-1' }] })),
        fetchTopicOffsets: async (topic: string) =>
          this.answer(topic) && [{ partition: 0, high: String(this.lag), low: '0' }],
        disconnect: async () => undefined,
      }),
    }),
  } as unknown as KafkaFactory;
}

const EVENTS = { GROUP_JOIN: 'join', REBALANCING: 'rebalancing', CRASH: 'crash', FETCH: 'fetch', REQUEST: 'request' };
const STALL_MS = 80;

function setUp(work: ConsumerWork = { busySince: undefined, unreadable: [] }) {
  const listeners = new Map<string, (event: unknown) => void>();
  const consumer = {
    events: EVENTS,
    on: (name: string, listener: (event: unknown) => void) => listeners.set(name, listener),
  } as unknown as Consumer;
  const clock = new ManualClock();
  const kafka = new FakeKafka();
  const options = new MessagingOptions({
    ...messagingIdentityOf('order-service'),
    brokers: [],
    databaseUrl: '',
    partitions: 1,
    replicationFactor: 1,
    stallTimeoutMs: STALL_MS,
  });
  const health = new ConsumerHealth(clock);
  health.observe(consumer, work, () => undefined);
  const emit = (name: string, event?: unknown) => listeners.get(name)?.(event);
  emit('join', { payload: { memberAssignment: {} } });
  const lag = new ConsumerLag(options, kafka.factory, clock);
  lag.of(['order_created', 'payment_failed']);
  watchdog = new ConsumerWatchdog(options, lag, health);
  const replaced: string[] = [];
  watchdog.start((why) => replaced.push(why));
  /** Lets so much time pass, and the watchdog look at it. */
  const pass = async (ms: number): Promise<void> => {
    const { asked } = kafka;
    clock.ms += ms;
    await eventually(() => expect(kafka.asked).toBeGreaterThan(asked + 1));
  };
  return { health, clock, kafka, emit, replaced, pass };
}

let exits: unknown[];
let watchdog: ConsumerWatchdog | undefined;
beforeEach(() => {
  exits = [];
  jest.spyOn(process, 'exit').mockImplementation((code) => {
    exits.push(code);
    return undefined as never;
  });
});
afterEach(() => {
  watchdog?.stop();
  jest.restoreAllMocks();
});

describe('a consumer that stands still', () => {
  it('while records wait is replaced once, and when that does not help it ends the process', async () => {
    const { clock, replaced, pass } = setUp();
    await pass(STALL_MS / 2);
    expect(replaced).toEqual(['no progress for 0 s while 5 records wait']);
    expect(exits).toEqual([]);
    clock.ms += STALL_MS / 2;
    await eventually(() => expect(exits).toEqual([1]));
    expect(replaced).toHaveLength(1);
  });

  it('is not replaced with a batch in its hands, but ends the process when that takes too long', async () => {
    const { clock, replaced, pass } = setUp({ busySince: 1_000_000, unreadable: [] });
    await pass(STALL_MS / 2);
    expect(replaced).toEqual([]);
    clock.ms += STALL_MS / 2;
    await eventually(() => expect(exits).toEqual([1]));
  });

  it('is replaced again when it had got on in between', async () => {
    const { emit, replaced, pass } = setUp();
    await pass(STALL_MS / 2);
    emit('fetch');
    await pass(STALL_MS / 2);
    expect(replaced).toHaveLength(2);
    expect(exits).toEqual([]);
  });

  it('because nothing waits is left alone', async () => {
    const { clock, kafka, replaced } = setUp();
    kafka.lag = 0;
    for (let n = 1; n <= 2; n += 1) {
      clock.ms += STALL_MS + 20;
      await eventually(() => expect(kafka.asked).toBe(n));
    }
    expect([exits, replaced]).toEqual([[], []]);
  });

  it('while Kafka is out of reach is given its time anew when Kafka is back', async () => {
    const { clock, kafka, pass } = setUp();
    kafka.reachable = false;
    for (let n = 0; n < 3; n += 1) {
      const { asked } = kafka;
      clock.ms += 500;
      await eventually(() => expect(kafka.asked).toBeGreaterThan(asked));
    }
    kafka.reachable = true;
    await pass(STALL_MS / 2);
    expect(exits).toEqual([]);
    clock.ms += STALL_MS / 2 + 20;
    await eventually(() => expect(exits).toEqual([1]));
  });

  it('is not excused by a topic that is gone, nor by an error that Kafka answers with', async () => {
    const { clock, kafka, pass } = setUp();
    // `payment_failed` is read and does not exist.
    kafka.failure = Object.assign(new Error('no'), { name: 'KafkaJSProtocolError', type: 'UNKNOWN_SERVER_ERROR' });
    await pass(STALL_MS / 2);
    kafka.failure = undefined;
    clock.ms += STALL_MS / 2;
    await eventually(() => expect(exits).toEqual([1]));
  });

  it('because there is no consumer to be had is left alone: a restart would meet the same', async () => {
    const { clock, emit, health, kafka, replaced } = setUp();
    emit('crash', { payload: { error: new Error('x'), restart: false } });
    clock.ms += STALL_MS * 10;
    await eventually(() => expect(health.standstillMs).toBe(0));
    expect([exits, replaced, kafka.asked]).toEqual([[], [], 0]);
  });
});
