import {
  decodeRecord,
  InventoryInsufficient,
  InventoryUpdated,
  OrderCancelled,
  OrderConfirmed,
  OrderCreated,
  PaymentAdjusted,
  PaymentCaptured,
  PaymentFailed,
  PaymentRefunded,
  PaymentSuccessful,
  type EventEnvelope,
} from '@app/events';
import { anEvent, asKafkaMessage, infrastructureUrls } from '@app/testing';
import { Kafka, logLevel, Partitioners, type Consumer, type Producer } from 'kafkajs';
import { v7 } from 'uuid';

const READ = [
  PaymentSuccessful,
  PaymentFailed,
  PaymentCaptured,
  PaymentRefunded,
  PaymentAdjusted,
  InventoryUpdated,
  InventoryInsufficient,
];
const WRITTEN = [OrderCreated, OrderConfirmed, OrderCancelled];
const topicsOf = (events: readonly { type: string }[]): string[] => events.map(({ type }) => type);

const payment = {
  payment_id: '019a3c1e-5d9f-7d0e-8a51-7c0a4f7c2b93',
  user_id: 'user_123',
  payment_method: 'credit_card',
  currency: 'USD',
  amount: 1299.99,
};
/** What the order service says of {@link anEventOf.short}. */
export const SHORTAGES = [
  { product_id: 'LAPTOP001', requested: 3, available: 1, reason: 'insufficient_stock' as const },
  { product_id: 'NOVEL001', requested: 1, available: 0, reason: 'unknown_product' as const },
];

const laptop = { product_id: 'LAPTOP001', quantity: 1 };

/** The payment and the inventory service, as far as the order service hears of them. */
export const anEventOf = {
  paid: (orderId: string) => anEvent(PaymentSuccessful, orderId, { ...payment, items: [laptop] }),
  refused: (orderId: string) => anEvent(PaymentFailed, orderId, { ...payment, reason: 'declined' }),
  captured: (orderId: string) => anEvent(PaymentCaptured, orderId, { ...payment, captured_amount: payment.amount }),
  refunded: (orderId: string) => anEvent(PaymentRefunded, orderId, { ...payment, method: 'void' }),
  /** Somebody gave all of it back at the gateway. */
  reversed: (orderId: string) =>
    anEvent(PaymentRefunded, orderId, { ...payment, method: 'refund', initiator: 'operator' }),
  /** Somebody gave a part of it back. */
  adjusted: (orderId: string) => {
    const { amount, ...facts } = payment;
    return anEvent(PaymentAdjusted, orderId, { ...facts, given_back: 4, captured_amount: amount, refunded_amount: 4 });
  },
  taken: (orderId: string) => stock(orderId, 'taken'),
  returned: (orderId: string) => stock(orderId, 'returned'),
  short: (orderId: string) =>
    anEvent(InventoryInsufficient, orderId, {
      user_id: 'user_123',
      shortages: SHORTAGES.map((short) => ({ ...short, missing: short.requested - short.available })),
    }),
};

function stock(orderId: string, change: 'taken' | 'returned') {
  return anEvent(InventoryUpdated, orderId, { user_id: 'user_123', change, items: [{ ...laptop, remaining: 7 }] });
}

/** Plays the services on the other side of Kafka. */
export class OtherServices {
  private readonly heard: EventEnvelope[] = [];

  private constructor(
    private readonly producer: Producer,
    private readonly consumer: Consumer,
  ) {}

  /** The order service's group, still without members, begins at the end: what other suites left is not its business. */
  static async connect(): Promise<OtherServices> {
    const retry = { retries: 5, initialRetryTime: 100, maxRetryTime: 1_000 };
    const kafka = new Kafka({ brokers: [infrastructureUrls().kafka], logLevel: logLevel.NOTHING, retry });
    await createTopics(kafka);
    await skipToEnd(kafka);
    const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
    const consumer = kafka.consumer({ groupId: `others-${v7()}`, maxWaitTimeInMs: 50 });
    const others = new OtherServices(producer, consumer);
    await producer.connect();
    await consumer.connect();
    await consumer.subscribe({ topics: topicsOf(WRITTEN), fromBeginning: true });
    await consumer.run({
      eachMessage: ({ topic, message: { key, value, headers = {} } }) => {
        const decoded = decodeRecord({ topic, key, value, headers });
        if (decoded.ok) others.heard.push(decoded.event);
        return Promise.resolve();
      },
    });
    return others;
  }

  /** What the order service has said of an order so far, in its order. */
  heardOf(orderId: string): EventEnvelope[] {
    return this.heard.filter((event) => event.orderId === orderId).toSorted((a, b) => a.sequence - b.sequence);
  }

  /** Says things, one after the other. */
  async say(...events: readonly EventEnvelope[]): Promise<void> {
    for (const event of events) await this.producer.send({ topic: event.type, messages: [asKafkaMessage(event)] });
  }

  async disconnect(): Promise<void> {
    await Promise.all([this.producer.disconnect(), this.consumer.disconnect()]);
  }
}

async function createTopics(kafka: Kafka): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  const existing = new Set(await admin.listTopics());
  const topics = topicsOf([...READ, ...WRITTEN])
    .filter((topic) => !existing.has(topic))
    .map((topic) => ({ topic, numPartitions: 3, replicationFactor: 1 }));
  // Another suite may be creating them in this moment.
  await admin.createTopics({ topics, waitForLeaders: true }).catch(() => undefined);
  await admin.disconnect();
}

async function skipToEnd(kafka: Kafka): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  const ends = await Promise.all(
    topicsOf(READ).map(async (topic) =>
      (await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => ({ topic, partition, offset: high })),
    ),
  );
  await admin.disconnect();
  const member = kafka.consumer({ groupId: 'order-service' });
  const joined = new Promise((resolve) => member.on(member.events.GROUP_JOIN, resolve));
  await member.connect();
  await member.subscribe({ topics: topicsOf(READ) });
  await member.run({ autoCommit: false, eachMessage: () => Promise.resolve() });
  await joined;
  await member.commitOffsets(ends.flat());
  await member.disconnect();
}
