import { randomUUID } from 'node:crypto';
import { EVENTS } from '@app/events';
import { infrastructureUrls } from '@app/testing';
import { ConfigResourceTypes, Kafka, logLevel, type Admin, type Producer } from 'kafkajs';
import { TopicReader, type RecordSummary } from './topic-reader';

const TOPIC = EVENTS[0].type;

let kafka: Kafka;
let admin: Admin;
let producer: Producer;

beforeAll(async () => {
  kafka = new Kafka({ brokers: [infrastructureUrls().kafka], logLevel: logLevel.NOTHING });
  admin = kafka.admin();
  producer = kafka.producer({ allowAutoTopicCreation: false });
  await Promise.all([admin.connect(), producer.connect()]);
  await admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: 6 }] });
});

afterAll(() => Promise.all([admin.disconnect(), producer.disconnect()]));

/** What the reader hands over of this key. */
async function read(key: string, since: Date): Promise<RecordSummary[]> {
  const found: RecordSummary[] = [];
  const reader = new TopicReader([infrastructureUrls().kafka], since);
  await reader.readOn((records) => {
    found.push(...records);
    return Promise.resolve();
  });
  // It reads all topics, and other suites have left records in some.
  return found.filter(
    ({ topic, partition, offset }) => topic === TOPIC && places.get(key) === `${partition}/${offset}`,
  );
}

const places = new Map<string, string>();

async function send(key: string, timestamp?: string): Promise<void> {
  const message = { key, value: '{}', ...(timestamp === undefined ? {} : { timestamp }) };
  const [sent] = await producer.send({ topic: TOPIC, messages: [message] });
  places.set(key, `${sent?.partition ?? ''}/${sent?.baseOffset ?? ''}`);
}

describe('reading a topic to its end', () => {
  it.each(['lz4', 'zstd', 'snappy', 'gzip'])('reads records that the broker has packed with %s', async (codec) => {
    const setting = (value: string) => ({ name: 'compression.type', value });
    const configure = (value: string) =>
      admin.alterConfigs({
        validateOnly: false,
        resources: [{ type: ConfigResourceTypes.TOPIC, name: TOPIC, configEntries: [setting(value)] }],
      });
    await configure(codec);
    const key = randomUUID();
    await send(key);
    await configure('producer');
    expect(await read(key, new Date(Date.now() - 60_000))).toHaveLength(1);
  });

  it.each([
    ['beyond what a date can hold', String(2n ** 62n)],
    ['in the year 20000', String(Date.UTC(20_000, 0, 1))],
  ])('takes a record whose time is %s for one of the latest there can be', async (_, timestamp) => {
    const key = randomUUID();
    await send(key, timestamp);
    expect(await read(key, new Date(Date.now() - 60_000))).toMatchObject([{ at: new Date('9999-12-31T00:00:00Z') }]);
  });

  it.each(['committed', 'aborted'] as const)('ends behind the marker of a transaction that was %s', async (how) => {
    const since = new Date();
    const key = randomUUID();
    await send(key);
    const transactional = kafka.producer({ transactionalId: randomUUID(), maxInFlightRequests: 1 });
    await transactional.connect();
    const transaction = await transactional.transaction();
    await transaction.send({ topic: TOPIC, messages: [{ key, value: '{}' }] });
    await (how === 'committed' ? transaction.commit() : transaction.abort());
    await transactional.disconnect();
    expect(await read(key, since)).toHaveLength(1);
  });

  it('fails with the error of whoever takes the records, while others keep coming', async () => {
    const since = new Date();
    await send(randomUUID());
    let coming = true;
    const others = (async () => {
      while (coming) await send(randomUUID());
    })();
    const reader = new TopicReader([infrastructureUrls().kafka], since);
    await expect(reader.readOn(() => Promise.reject(new Error('no room')))).rejects.toThrow('no room');
    coming = false;
    await others;
  });
});
