import pg from 'pg';
import { Partitioners, type Kafka } from 'kafkajs';
import { percentiles } from '../statistics.ts';
import { ACKS_ALL, kafkaClient, withTopics } from './kafka.ts';
import { sampleRecord } from './sample-record.ts';

export interface CommitAndSendOptions {
  /** Bootstrap servers. */
  readonly kafka: string;
  /** Of somebody who may create a schema. */
  readonly databaseUrl: string;
  readonly samples: number;
}

/** In milliseconds with two decimals: a commit may be faster than one. */
export type Durations = Record<'p50' | 'p95' | 'p99', number>;

/** What a step costs at least in which one thing is stored and then one is published, with nothing else to do. */
export interface CommitAndSendResult {
  /** One INSERT of one row, which is a transaction of its own, until PostgreSQL has flushed it and said so. */
  readonly commitMs: Durations;
  /** One record, until all in-sync replicas have it and the broker has said so. */
  readonly sendMs: Durations;
}

const NAME = 'commit_and_send_baseline';
/** Until connections are open, statements prepared and functions compiled. */
const UNCOUNTED = 200;

export async function commitAndSend(options: CommitAndSendOptions): Promise<CommitAndSendResult> {
  const commitMs = await commits(options);
  const sendMs = await sends(kafkaClient(options.kafka, 'commit-and-send'), options.samples);
  return { commitMs, sendMs };
}

async function commits({ databaseUrl, samples }: CommitAndSendOptions): Promise<Durations> {
  const client = new pg.Client({ connectionString: databaseUrl });
  // Queries report their own errors; without a listener a server that goes away would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(`DROP SCHEMA IF EXISTS ${NAME} CASCADE; CREATE SCHEMA ${NAME};
      CREATE TABLE ${NAME}.events (id bigint PRIMARY KEY, payload text NOT NULL)`);
    const text = `INSERT INTO ${NAME}.events VALUES ($1, $2)`;
    const payload = String(sampleRecord().value);
    return await timed(samples, (id) => client.query({ name: 'insert', text, values: [id, payload] }));
  } finally {
    await client.query(`DROP SCHEMA IF EXISTS ${NAME} CASCADE`);
    await client.end();
  }
}

function sends(kafka: Kafka, samples: number): Promise<Durations> {
  return withTopics(kafka, [NAME], async () => {
    const producer = kafka.producer({
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    try {
      return await timed(samples, () => producer.send({ topic: NAME, acks: ACKS_ALL, messages: [sampleRecord()] }));
    } finally {
      await producer.disconnect();
    }
  });
}

/** One after the other, so that none waits for another. */
async function timed(samples: number, once: (index: number) => Promise<unknown>): Promise<Durations> {
  const durations: number[] = [];
  for (let index = 0; index < UNCOUNTED + samples; index += 1) {
    const begin = performance.now();
    await once(index);
    if (index >= UNCOUNTED) durations.push(performance.now() - begin);
  }
  const hundredths = percentiles(durations.map((ms) => ms * 100));
  const ms = (value: number): number => Math.round(value) / 100;
  return { p50: ms(hundredths.p50), p95: ms(hundredths.p95), p99: ms(hundredths.p99) };
}
