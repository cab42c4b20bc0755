import { randomUUID } from 'node:crypto';
import { infrastructureUrls } from '@app/testing';
import { CompressionTypes, Kafka, logLevel, type Admin, type Producer } from 'kafkajs';
import { runOps } from './program.ts';
import { RecordedConsole } from './recorded-console.ts';
import { registerCodecs } from '../../../libs/messaging/src/kafka/compression/codecs.ts';

const TOPIC = `looked-at-${randomUUID()}`;
/** A topic with a contract. */
const EVENT = 'payment_adjusted';
const KEY = randomUUID();

let admin: Admin;
let producer: Producer;

beforeAll(async () => {
  registerCodecs();
  const kafka = new Kafka({ brokers: [infrastructureUrls().kafka], logLevel: logLevel.NOTHING });
  admin = kafka.admin();
  producer = kafka.producer({ allowAutoTopicCreation: false });
  await Promise.all([admin.connect(), producer.connect()]);
  await admin.createTopics({
    topics: [
      { topic: TOPIC, numPartitions: 2, configEntries: [{ name: 'retention.ms', value: '86400000' }] },
      { topic: EVENT, numPartitions: 6 },
    ],
  });
  for (const [index, compression] of [CompressionTypes.None, CompressionTypes.ZSTD, CompressionTypes.GZIP].entries()) {
    const message = { key: index === 1 ? KEY : 'another', value: `{"n":${index}}`, partition: index % 2 };
    await producer.send({ topic: TOPIC, compression, messages: [message] });
  }
});

afterAll(async () => {
  await admin.deleteTopics({ topics: [TOPIC] });
  await Promise.all([admin.disconnect(), producer.disconnect()]);
});

async function ops(...words: string[]): Promise<RecordedConsole & { exit: number }> {
  const console = new RecordedConsole();
  return Object.assign(console, { exit: await runOps(words, console) });
}

const fromKafka = (...words: string[]) => ops(...words, '--kafka', infrastructureUrls().kafka);
const fromPostgres = (...words: string[]) => ops('sql', ...words, '--database-url', infrastructureUrls().adminUrl);

async function valuesOf(...selection: string[]): Promise<unknown[]> {
  const { printed } = await fromKafka('read', TOPIC, ...selection, '--json');
  return printed.map((line) => (JSON.parse(line) as { value: unknown }).value);
}

describe('ops read', () => {
  it('shows the newest records in the order of time, however they were packed', async () => {
    expect(await valuesOf('--tail', '2')).toEqual([{ n: 1 }, { n: 2 }]);
    expect(await valuesOf()).toEqual([{ n: 0 }, { n: 1 }, { n: 2 }]);
  });

  it.each([
    [['--key', KEY], [{ n: 1 }]],
    [['--partition', '0', '--offset', '1'], [{ n: 2 }]],
    [['--partition', '0', '--offset', '0', '--max', '1'], [{ n: 0 }]],
    [['--since', '1d', '--partition', '1'], [{ n: 1 }]],
    [['--since', '2999-01-01'], []],
  ])('finds %j', async (selection, values) => {
    expect(await valuesOf(...selection)).toEqual(values);
  });

  it('says of a record whether it satisfies the contract, without control characters', async () => {
    await producer.send({ topic: EVENT, messages: [{ key: KEY, value: '\u001b[31m', headers: { x: '\u0007' } }] });
    const { text, exit } = await fromKafka('read', EVENT, '--key', KEY);
    expect(text).toMatch(/contract +not satisfied, undecodable: missing header ce_id/);
    expect(text).toContain('\ufffd[31m');
    expect(text).not.toMatch(/[\u001b\u0007]/);
    expect(exit).toBe(1);
  });

  it('leaves no consumer group', async () => {
    await valuesOf('--tail', '1');
    const { groups } = await admin.listGroups();
    expect(groups.filter(({ groupId }) => groupId.startsWith('ops-'))).toEqual([]);
  });

  it.each([
    [['read', 'nothing'], /^there is no topic nothing/],
    [['read', TOPIC, '--partition', '7'], /has no partition 7; it has 0 to 1$/],
    [['read', TOPIC, '--offset', '7'], /add --partition$/],
    [['read', TOPIC, '--tail', '1', '--since', '1h'], /^give one of/],
  ])('%j is refused', async (words, why) => {
    const { notes, exit } = await fromKafka(...words);
    expect(notes).toEqual([expect.stringMatching(why)]);
    expect(exit).toBe(2);
  });
});

describe('ops topics and groups', () => {
  it('tell how much of a topic there is and how long it is kept, and who reads it', async () => {
    await admin.setOffsets({ groupId: 'a-reader', topic: TOPIC, partitions: [{ partition: 0, offset: '1' }] });
    expect((await fromKafka('topics')).text).toMatch(new RegExp(`^${TOPIC} +2 +3 +24 h +a-reader$`, 'm'));
    const { text, exit } = await fromKafka('groups');
    expect(text).toMatch(new RegExp(`^a-reader +${TOPIC} +0 +1 +2 +1$`, 'm'));
    // No service runs here.
    expect(text).toMatch(/^order-service does not consume/m);
    expect(exit).toBe(1);
  });
});

describe('ops sql', () => {
  it('shows rows as PostgreSQL writes them, and no more than wanted', async () => {
    const { text, exit } = await fromPostgres(
      `SELECT n, n * interval '1 min' FROM generate_series(1, 3) n`,
      '--max',
      '2',
    );
    expect(text).toMatch(/^1 +00:01:00\n2 +00:02:00\n2 rows; there are more: see --max$/m);
    expect(exit).toBe(0);
  });

  it.each([
    ['SELECT 1; SELECT 2', /multiple commands/],
    ['DELETE FROM pg_class', /syntax error/],
    ['WITH gone AS (DELETE FROM pg_class RETURNING 1) SELECT 1', /data-modifying/],
    ['EXPLAIN ANALYZE DELETE FROM pg_class', /read-only transaction/],
    [`SELECT pg_sleep(60)`, /statement timeout/],
  ])('%s is refused', async (statement, why) => {
    const { notes, exit } = await fromPostgres(statement, '--timeout', '300ms');
    expect(notes).toEqual([expect.stringMatching(why)]);
    expect(exit).toBe(2);
  });
});
