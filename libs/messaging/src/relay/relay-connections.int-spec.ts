import { anOrderId, eventually, type Direction, type TcpProxy } from '@app/testing';
import { OutboxSignal } from '../unit-of-work/outbox-signal';
import { RelayBed } from '../../test/relay-bed';

/** Within which a fault that takes no longer may delay an event. */
const BOUND = { timeoutMs: 5_000 };

let relays: RelayBed;
let proxy: TcpProxy;

beforeEach(async () => {
  relays = await RelayBed.open();
});
afterEach(() => relays.close());

async function expectToBePublished(...orders: string[]): Promise<void> {
  await eventually(() => orders.forEach((order) => expect(relays.sequencesOf(order)).toContain(1)), BOUND);
}

/** Publishes an order's event, which shows that the relay is active and connected. */
async function publishOne(): Promise<string> {
  const order = anOrderId();
  await relays.publish(order);
  await expectToBePublished(order);
  return order;
}

const firstOccurrences = (order: string) => [...new Set(relays.sequencesOf(order))];

describe('a relay whose connection to Kafka', () => {
  beforeEach(async () => {
    const kafka = await relays.kafkaProxy();
    ({ proxy } = kafka);
    relays.start(kafka.options);
    await publishOne();
  });

  it('is cut at any byte of an answer publishes again within seconds, in order, and hardly anything twice', async () => {
    const orders = Array.from({ length: 3 }, anOrderId);
    const cuts = [0, 1, 4, 7, 8, 9, 20, 50];
    for (const [n, bytes] of cuts.entries()) {
      proxy.cutAfterAnswerBytes(bytes);
      await relays.publish(...orders);
      await eventually(() => orders.forEach((order) => expect(relays.sequencesOf(order)).toContain(n + 1)), BOUND);
    }
    proxy.heal();
    await publishOne();
    for (const order of orders) {
      expect(firstOccurrences(order)).toEqual(cuts.map((_, n) => n + 1));
      expect(relays.sequencesOf(order).length).toBeLessThanOrEqual(cuts.length * 2);
    }
  });

  it('is cut and refused for a while publishes when it can connect again', async () => {
    proxy.refuse();
    proxy.cut();
    const before = proxy.accepted;
    const order = anOrderId();
    await relays.publish(order);
    // The lock has been given up and taken again by then.
    await eventually(() => expect(proxy.accepted).toBeGreaterThan(before + 6), { timeoutMs: 20_000 });
    proxy.heal();
    await expectToBePublished(order);
    expect(relays.sequencesOf(order)).toEqual([1]);
  });

  it.each<Direction>(['answers', 'requests'])(
    'no longer passes %s opens another one within five seconds',
    async (way) => {
      const before = proxy.accepted;
      proxy.freeze(way);
      const order = anOrderId();
      await relays.publish(order);
      await eventually(() => expect(proxy.accepted).toBeGreaterThan(before), BOUND);
      proxy.heal();
      await expectToBePublished(order);
      await relays.publish(order);
      await eventually(() => expect(firstOccurrences(order)).toEqual([1, 2]), BOUND);
      expect(relays.sequencesOf(order).length).toBeLessThanOrEqual(4);
    },
  );

  it('ends in the middle of an answer and says no more opens another one within five seconds', async () => {
    const before = proxy.accepted;
    proxy.delay(1);
    const order = anOrderId();
    await relays.publish(order);
    proxy.freeze('answers');
    await relays.publish(anOrderId());
    await eventually(() => expect(proxy.accepted).toBeGreaterThan(before), BOUND);
    proxy.heal();
    await publishOne();
    expect(firstOccurrences(order)).toEqual([1]);
  });

  it('is slow publishes slowly, on the same connection', async () => {
    proxy.delay(300);
    await publishOne();
    const before = proxy.accepted;
    for (let n = 0; n < 3; n += 1) await publishOne();
    expect(proxy.accepted).toBe(before);
  });
});

describe('a relay whose connection to PostgreSQL', () => {
  beforeEach(async () => {
    const postgres = await relays.postgresProxy();
    ({ proxy } = postgres);
    relays.start(postgres.options);
    await publishOne();
  });

  it.each<Direction>(['answers', 'requests'])(
    'no longer passes %s opens another one within five seconds',
    async (way) => {
      const before = proxy.accepted;
      proxy.freeze(way);
      const order = anOrderId();
      await relays.publish(order);
      await eventually(() => expect(proxy.accepted).toBeGreaterThan(before), BOUND);
      proxy.heal();
      await expectToBePublished(order);
    },
  );

  it('is cut at any byte of an answer publishes again within seconds, in order', async () => {
    const order = anOrderId();
    const cuts = [0, 1, 5, 6, 30, 200];
    for (const [n, bytes] of cuts.entries()) {
      proxy.cutAfterAnswerBytes(bytes);
      await relays.publish(order);
      await eventually(() => expect(relays.sequencesOf(order)).toContain(n + 1), BOUND);
    }
    expect(firstOccurrences(order)).toEqual(cuts.map((_, n) => n + 1));
  });

  it('is gone leaves the outbox to another relay, which is woken by commits elsewhere', async () => {
    const other = new OutboxSignal();
    relays.start({}, other);
    proxy.freeze('answers');
    proxy.refuse();
    // A relay with nothing to do asks every other second, and gives a connection that does not answer four, and one more to close.
    await eventually(() => expect(proxy.open).toBe(0), { timeoutMs: 15_000 });
    for (let n = 0; n < 3; n += 1) await publishOne();
  });
});
