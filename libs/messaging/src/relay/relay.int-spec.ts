import { OrderCreated } from '@app/events';
import { anOrderId, eventually } from '@app/testing';
import type { TopicMessages } from 'kafkajs';
import { openCore } from '../../test/core';
import { ORDER } from '../../test/events';
import type { FoundRecord } from '../../test/kafka-probe';
import { MessagingBed, type Replica } from '../../test/messaging-app';
import { KafkaFactory } from '../kafka/kafka-factory';
import { OutboxRelay } from './relay';
import { MessagingMetrics } from '../metrics/messaging-metrics';
import { RelayProducer } from './relay-producer';
import { sendFailureOf } from './send-failure';
import { TopicCreator } from '../kafka/topic-creator';
import type { UnitOfWork } from '../unit-of-work/unit-of-work';

const CAUSE = { correlationId: 'correlation-1' };

let bed: MessagingBed;
let replica: Replica;
let stopFollowing: () => Promise<void>;
const records: FoundRecord[] = [];

beforeAll(async () => {
  bed = await MessagingBed.create();
  replica = await bed.start();
  stopFollowing = await bed.kafka.follow([OrderCreated.type], (record) => records.push(record));
});
afterAll(async () => {
  await stopFollowing();
  await bed.destroy();
});

function publish(unitOfWork: UnitOfWork, orderId: string, times = 1): void {
  for (let n = 0; n < times; n += 1) unitOfWork.publish(OrderCreated, { orderId, payload: ORDER, cause: CAUSE });
}

/** `ce_sequence` of what the topic has of an order, in the topic's order. */
function sequencesOf(orderId: string): number[] {
  const mine = records.filter(({ key }) => key?.toString() === orderId);
  return mine.map(({ headers }) => Number(String(headers?.ce_sequence)));
}

const firstOccurrences = (orderId: string) => [...new Set(sequencesOf(orderId))];
const upTo = (n: number) => Array.from({ length: n }, (_, index) => index + 1);
const outboxIsEmpty = () => eventually(async () => expect(await bed.rows('SELECT 1 FROM outbox')).toEqual([]));

describe('a unit of work', () => {
  it('that is rolled back publishes nothing, one that commits publishes exactly its events, numbered per order', async () => {
    const orders = Array.from({ length: 5 }, anOrderId);
    const works = Array.from({ length: 60 }, (_, n) =>
      replica.transactions.run(async (unitOfWork) => {
        publish(unitOfWork, orders[n % 5]!, 2);
        await unitOfWork.query('SELECT pg_sleep(random() * 0.01)');
        if (n % 3 === 0) throw new Error('rolled back');
      }),
    );
    const outcomes = await Promise.allSettled(works);
    const committed = (order: number) =>
      outcomes.filter(({ status }, n) => n % 5 === order && status === 'fulfilled').length;
    await outboxIsEmpty();
    await eventually(() => {
      orders.forEach((order, n) => expect(sequencesOf(order)).toEqual(upTo(2 * committed(n))));
    });
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(40);
  });

  it('that took its place early and commits late is published all the same', async () => {
    const [early, late] = [anOrderId(), anOrderId()];
    const gate = Promise.withResolvers<void>();
    const stored = Promise.withResolvers<void>();
    const slow = replica.transactions.run((unitOfWork) => {
      publish(unitOfWork, early);
      // Its position is taken when its events are stored, which is before this hook.
      unitOfWork.beforeCommit(async () => {
        stored.resolve();
        await gate.promise;
      });
      return Promise.resolve();
    });
    await stored.promise;
    await replica.transactions.run(async (unitOfWork) => publish(unitOfWork, late));
    await eventually(() => expect(sequencesOf(late)).toEqual([1]));
    expect(sequencesOf(early)).toEqual([]);
    gate.resolve();
    await slow;
    await eventually(() => expect(sequencesOf(early)).toEqual([1]));
  });

  it('waits for another one about the same order, so that their events go out in the order of their numbers', async () => {
    const order = anOrderId();
    const gate = Promise.withResolvers<void>();
    const stored = Promise.withResolvers<void>();
    const first = replica.transactions.run(async (unitOfWork) => {
      publish(unitOfWork, order);
      unitOfWork.beforeCommit(() => {
        stored.resolve();
        return gate.promise;
      });
    });
    await stored.promise;
    let secondDone = false;
    const second = replica.transactions
      .run(async (unitOfWork) => publish(unitOfWork, order))
      .then(() => (secondDone = true));
    await eventually(async () => {
      const waiting = await bed.rows(`SELECT 1 FROM pg_stat_activity WHERE datname = current_database()
        AND wait_event_type = 'Lock' AND query LIKE '%event_sequences%'`);
      expect(waiting).toHaveLength(1);
    });
    expect(secondDone).toBe(false);
    gate.resolve();
    await Promise.all([first, second]);
    await eventually(() => expect(sequencesOf(order)).toEqual([1, 2]));
  });

  it('may publish more than Kafka takes in one request', async () => {
    const order = anOrderId();
    const items = Array.from({ length: 100 }, () => ({ ...ORDER.items[0]!, product_name: 'ß'.repeat(100) }));
    await replica.transactions.run(async (unitOfWork) => {
      for (let n = 0; n < 100; n += 1) {
        unitOfWork.publish(OrderCreated, { orderId: order, payload: { ...ORDER, items }, cause: CAUSE });
      }
    });
    await eventually(() => expect(sequencesOf(order)).toEqual(upTo(100)));
    await outboxIsEmpty();
  });
});

/** Pids of the sessions that hold the relay's lock. */
async function holders(): Promise<number[]> {
  const rows = await bed.rows<{ pid: number }>(
    `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted
     AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  );
  return rows.map(({ pid }) => pid);
}

describe('of two relays', () => {
  it('one is active; when its connection is terminated one takes over, and nothing is lost or out of order', async () => {
    const second = await bed.start();
    const orders = Array.from({ length: 4 }, anOrderId);
    const [victim] = await holders();
    for (let round = 0; round < 30; round += 1) {
      const by = round % 2 === 0 ? replica : second;
      await Promise.all(orders.map((order) => by.transactions.run(async (unitOfWork) => publish(unitOfWork, order))));
      expect((await holders()).length).toBeLessThanOrEqual(1);
      if (round !== 20) continue;
      await outboxIsEmpty();
      // Two active ones would publish the same rows.
      await eventually(() => orders.forEach((order) => expect(sequencesOf(order)).toEqual(upTo(21))));
      await bed.rows('SELECT pg_terminate_backend($1)', [victim]);
    }
    await eventually(() => orders.forEach((order) => expect(firstOccurrences(order)).toEqual(upTo(30))));
    await eventually(async () => expect(await holders()).toHaveLength(1));
    expect(await holders()).not.toContain(victim);
    await outboxIsEmpty();
    await second.stop();
  });

  it('the second takes over when the first is shut down, and what the first had not published is published', async () => {
    const first = replica;
    replica = await bed.start();
    const order = anOrderId();
    await first.transactions.run(async (unitOfWork) => publish(unitOfWork, order, 3));
    await first.stop();
    await replica.transactions.run(async (unitOfWork) => publish(unitOfWork, order));
    await eventually(() => expect(firstOccurrences(order)).toEqual(upTo(4)));
  });
});

/** Kafka refuses every other batch: in turns before and after having stored it. */
class FlakyProducer extends RelayProducer {
  refusals = 0;
  private calls = 0;

  override async send(topicMessages: TopicMessages[]): Promise<void> {
    this.calls += 1;
    if (this.refusals >= 4 || this.calls % 2 === 0) return super.send(topicMessages);
    this.refusals += 1;
    if (this.refusals % 2 === 0) await super.send(topicMessages);
    throw sendFailureOf(new Error('Kafka refuses'), topicMessages);
  }
}

describe('a relay whose batches Kafka refuses', () => {
  it('sends them again until they are acknowledged: nothing is lost, and first occurrences keep their order', async () => {
    const other = await MessagingBed.create();
    const core = await openCore(other.options());
    const factory = new KafkaFactory(other.options());
    const producer = new FlakyProducer(factory, MessagingMetrics.OFF);
    const topics = new TopicCreator(factory, other.options());
    const relay = new OutboxRelay(other.options(), core.signal, producer, topics);
    relay.start();
    const order = anOrderId();
    for (let n = 1; n <= 6; n += 1) {
      await core.transactions.run(async (unitOfWork) => publish(unitOfWork, order));
      await eventually(() => expect(firstOccurrences(order)).toEqual(upTo(n)));
    }
    await eventually(async () => expect(await other.rows('SELECT 1 FROM outbox')).toEqual([]));
    expect(producer.refusals).toBe(4);
    await relay.stop(1_000);
    await core.close();
    await other.destroy();
  });
});
