import { Kafka, logLevel, type Producer } from 'kafkajs';
import type { UnitOfWork } from '../../../libs/messaging/src/unit-of-work/unit-of-work';

interface StoredRow {
  readonly aggregateid: string;
  readonly type: string;
  readonly payload: string;
  readonly headers: string;
  readonly sequence: string;
}

let producer: Promise<Producer> | undefined;

/** Takes what this transaction has just put into the outbox out again, and sends it after the commit without any memory of it. */
export async function publishDirectly(unitOfWork: UnitOfWork): Promise<void> {
  const rows = await unitOfWork.query<StoredRow>(
    `DELETE FROM outbox WHERE xmin = pg_current_xact_id()::xid
     RETURNING aggregateid, type, payload, headers, sequence`,
  );
  unitOfWork.afterCommit(() => {
    void send(rows).catch(() => undefined);
  });
}

async function send(rows: readonly StoredRow[]): Promise<void> {
  const connected = await (producer ??= connect());
  for (const { aggregateid: key, type: topic, payload: value, headers, sequence } of rows) {
    const stored = JSON.parse(headers) as Record<string, string>;
    const message = { key, value, headers: { ...stored, ce_sequence: sequence.padStart(10, '0') } };
    await connected.send({ topic, messages: [message] });
  }
}

async function connect(): Promise<Producer> {
  const brokers = (process.env.KAFKA_BOOTSTRAP_SERVERS ?? '').split(',');
  const kafka = new Kafka({ clientId: 'direct', brokers, logLevel: logLevel.NOTHING, retry: { retries: 1 } });
  const made = kafka.producer({ allowAutoTopicCreation: false });
  await made.connect();
  return made;
}
