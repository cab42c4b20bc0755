import { OrderCreated } from '@app/events';
import { anOrderId, eventually } from '@app/testing';
import { v7 } from 'uuid';
import { ORDER } from '../../test/events';
import { RelayBed } from '../../test/relay-bed';

let relays: RelayBed;

beforeEach(async () => {
  relays = await RelayBed.open();
});
afterEach(async () => {
  await relays.limitTopic(OrderCreated.type);
  await relays.close();
});

const LARGE = {
  ...ORDER,
  items: Array.from({ length: 100 }, () => ({ ...ORDER.items[0]!, product_name: 'ß'.repeat(100) })),
};
const SOON = { timeoutMs: 5_000 };

/** How many records a topic has. */
async function recordsIn(topic: string): Promise<number> {
  const partitions = await relays.bed.kafka.admin.fetchTopicOffsets(topic);
  return partitions.reduce((sum, { high }) => sum + Number(high), 0);
}

async function createTopic(topic: string, settings: Record<string, string> = {}, numPartitions = 3): Promise<void> {
  const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
  await relays.bed.kafka.admin.createTopics({
    topics: [{ topic, numPartitions, replicationFactor: 1, configEntries }],
    waitForLeaders: true,
  });
}

describe('a topic that takes less at once than there is to publish', () => {
  it('gets all of it in smaller batches, each event once, and goes on with new ones', async () => {
    await relays.limitTopic(OrderCreated.type, 20_000);
    const orders = Array.from({ length: 500 }, anOrderId);
    await relays.publish(...orders, ...orders);
    relays.start();
    await eventually(() => orders.forEach((order) => expect([...new Set(relays.sequencesOf(order))]).toEqual([1, 2])), {
      timeoutMs: 20_000,
    });
    const late = anOrderId();
    await relays.publish(late);
    await eventually(() => expect(relays.sequencesOf(late)).toEqual([1]), SOON);
    await eventually(async () => expect(await relays.outbox()).toEqual([]), SOON);
    for (const order of orders) expect(relays.sequencesOf(order)).toEqual([1, 2]);
  });
});

describe('an event that is too large for its topic', () => {
  it('is put aside with what comes after it in its order; everybody else goes on; it follows when the topic takes it', async () => {
    await relays.limitTopic(OrderCreated.type, 20_000);
    const [large, ...others] = Array.from({ length: 40 }, anOrderId);
    await relays.publish(...others.slice(0, 20));
    await relays.publishWith(LARGE, large!);
    await relays.publish(large!, ...others.slice(20));
    relays.start();
    await eventually(() => others.forEach((order) => expect(relays.sequencesOf(order)).toContain(1)), SOON);
    await eventually(async () =>
      expect(await relays.outbox()).toEqual([
        { key: large, topic: OrderCreated.type, refusal: expect.stringContaining('MESSAGE_TOO_LARGE') as string },
        { key: large, topic: OrderCreated.type, refusal: null },
      ]),
    );
    const late = anOrderId();
    await relays.publish(late);
    await eventually(() => expect(relays.sequencesOf(late)).toEqual([1]), SOON);
    expect(relays.sequencesOf(large!)).toEqual([]);
    // While it was being found out, the events beside it that were stored were not sent again.
    for (const order of others) expect(relays.sequencesOf(order)).toEqual([1]);
    await relays.limitTopic(OrderCreated.type);
    await eventually(() => expect(relays.sequencesOf(large!)).toEqual([1, 2]), { timeoutMs: 20_000 });
    await eventually(async () => expect(await relays.outbox()).toEqual([]), SOON);
  });

  it('stays aside when another relay takes over, and nothing of its order overtakes it', async () => {
    await relays.limitTopic(OrderCreated.type, 20_000);
    const large = anOrderId();
    await relays.publishWith(LARGE, large);
    const first = relays.start();
    await eventually(async () => expect((await relays.outbox())[0]?.refusal).toContain('MESSAGE_TOO_LARGE'));
    await first.stop(1_000);
    relays.start();
    const other = anOrderId();
    await relays.publish(large, other);
    await eventually(() => expect(relays.sequencesOf(other)).toEqual([1]), SOON);
    expect(relays.sequencesOf(large)).toEqual([]);
    await relays.limitTopic(OrderCreated.type);
    await eventually(() => expect(relays.sequencesOf(large)).toEqual([1, 2]), { timeoutMs: 20_000 });
  });
});

describe('records that cannot be published', () => {
  it.each([
    ['because their topic wants keys', { key: null }, { 'cleanup.policy': 'compact' }],
    ['because they cannot be written into a request', { key: 'a', headers: 'null' }, {}],
  ])('%s are put aside, and those around them go on', async (_why, bad, settings) => {
    const topic = `relay-${v7()}`;
    await createTopic(topic, settings, 1);
    const order = anOrderId();
    for (const key of ['x', 'y']) await relays.storeRow({ topic, key });
    await relays.storeRow({ topic, ...bad });
    for (const key of ['z', 'x']) await relays.storeRow({ topic, key });
    await relays.publish(order);
    relays.start();
    await eventually(() => expect(relays.sequencesOf(order)).toEqual([1]), SOON);
    await eventually(async () => expect(await recordsIn(topic)).toBe(4), SOON);
    await eventually(async () =>
      expect(await relays.outbox()).toEqual([{ key: bad.key, topic, refusal: expect.any(String) as string }]),
    );
    expect(relays.sequencesOf(order)).toEqual([1]);
  });

  it('because of the name of their topic hold nobody else up', async () => {
    await relays.storeRow({ topic: 'no topic has such a name!', key: 'a' });
    relays.start();
    for (let n = 0; n < 3; n += 1) {
      const order = anOrderId();
      await relays.publish(order);
      await eventually(() => expect(relays.sequencesOf(order)).toEqual([1]), SOON);
    }
    await eventually(async () => expect(await relays.outbox()).toHaveLength(1), SOON);
  });
});

describe('a topic that is deleted while a service runs', () => {
  it('is made again, and its events are published; those of other topics are not held up', async () => {
    const topic = `relay-${v7()}`;
    await createTopic(topic);
    relays.start();
    await relays.storeRow({ topic, key: 'a' });
    await eventually(async () => expect(await recordsIn(topic)).toBe(1));
    await relays.bed.kafka.admin.deleteTopics({ topics: [topic] });
    const order = anOrderId();
    for (const key of ['a', 'b']) await relays.storeRow({ topic, key });
    await relays.publish(order);
    await eventually(() => expect(relays.sequencesOf(order)).toEqual([1]), SOON);
    await eventually(async () => expect(await recordsIn(topic)).toBe(2), { timeoutMs: 30_000 });
    await eventually(async () => expect(await relays.outbox()).toEqual([]), SOON);
  });

  it('in the whole service too, when it is one of its own', async () => {
    const replica = await relays.bed.start();
    await relays.bed.kafka.admin.deleteTopics({ topics: [OrderCreated.type] });
    await eventually(async () => {
      expect(await relays.bed.kafka.admin.listTopics()).not.toContain(OrderCreated.type);
    });
    await relays.publish(anOrderId());
    expect(replica.app).toBeDefined();
    await eventually(async () => expect(await relays.outbox()).toEqual([]), { timeoutMs: 60_000 });
    expect(await recordsIn(OrderCreated.type)).toBe(1);
  });
});
