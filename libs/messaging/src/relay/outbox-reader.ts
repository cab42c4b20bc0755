import { SEQUENCE_DIGITS } from '@app/cloudevents';
import { PLANNING, queryRows, settingsOf } from '@app/postgres';
import type { Message } from 'kafkajs';
import { Client } from 'pg';
import type { MessagingOptions } from '../messaging-options';
import type { OutboxEntity } from '../unit-of-work/outbox.entity';
import { OUTBOX_CHANNEL_PREFIX } from '../unit-of-work/outbox-signal';
import {
  COUNT,
  DELETE,
  DELETE_AND_READ,
  DELETE_AND_READ_TOPIC,
  READ_REFUSED,
  REFUSE,
  TOPICS_WITH_REFUSALS,
} from './outbox-statements';
import { headersFromBase64, type StoredHeaders } from '../unit-of-work/stored-headers';

/** A row of the outbox, ready to be sent. */
export interface OutboxRow {
  readonly position: string;
  /** The topic. */
  readonly type: string;
  readonly message: Message;
}

interface PublishedRows {
  readonly acknowledged: readonly string[];
  readonly beingSent?: readonly string[];
  /** Topics whose rows are left out. */
  readonly without?: readonly string[];
}

/** A row of a topic that is published by itself. */
export interface MeasuredRow extends OutboxRow {
  /** What it will take in a request, roughly. */
  readonly bytes: number;
}

type StoredRow = Pick<
  OutboxEntity,
  'position' | 'aggregateid' | 'type' | 'payload' | 'headers' | 'sequence' | 'encoding'
> & { bytes?: number };

/** A PostgreSQL that says nothing for so long has lost this session. */
const QUERY_TIMEOUT_MS = 4_000;
const SETTINGS = settingsOf({
  // Losing the deletion of an acknowledged row in a crash means a duplicate, which every inbox drops. Nothing else is ever
  // written on this connection.
  synchronous_commit: 'off',
  ...PLANNING,
  plan_cache_mode: 'force_generic_plan',
  // The lock must not stay with a machine that is gone, or with a process that is stopped. An active relay asks every other second
  // for new rows; only for a Kafka in trouble does it wait longer, and then losing the lock does no harm.
  idle_session_timeout: '30s',
  tcp_keepalives_idle: '2',
  tcp_keepalives_interval: '1',
  tcp_keepalives_count: '3',
  tcp_user_timeout: '5s',
});
/** How long PostgreSQL may take to end the session. */
const GOODBYE_MS = 1_000;

/**
 * The relay's own database connection: it holds the advisory lock, so it must be one session for the relay's whole active
 * time and cannot come from a pool.
 */
export class OutboxReader {
  private readonly client: Client;
  private failure: Error | undefined;
  private asked: Promise<unknown> = Promise.resolve();

  constructor(options: MessagingOptions) {
    this.client = new Client({
      connectionString: options.databaseUrl,
      application_name: `${options.service}-relay`,
      connectionTimeoutMillis: 3_000,
      query_timeout: QUERY_TIMEOUT_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: 2_000,
    });
    this.client.on('error', (error) => (this.failure = error));
  }

  /** Connects and listens for the wake-up calls of other replicas. */
  async connect(wake: () => void): Promise<void> {
    await this.client.connect();
    await this.client.query(SETTINGS);
    this.client.on('notification', wake);
    const { rows } = await this.client.query<{ schema: string }>('SELECT current_schema() AS schema');
    await this.client.query(`LISTEN ${this.client.escapeIdentifier(OUTBOX_CHANNEL_PREFIX + (rows[0]?.schema ?? ''))}`);
  }

  /** Tries to become the one active relay of this schema; the lock is held until {@link close} or the session's end. */
  async becomeActive(): Promise<boolean> {
    const { rows } = await this.client.query<{ active: boolean }>(
      `SELECT pg_try_advisory_lock(hashtext('outbox relay'), hashtext(current_schema())) AS active`,
    );
    return rows[0]?.active ?? false;
  }

  /** @throws when the session, and with it the lock, is known to be lost: nothing more may be sent then. */
  assertActive(): void {
    if (this.failure !== undefined) throw this.failure;
  }

  /**
   * Deletes rows that Kafka has `acknowledged`, and gives the oldest others that fit into one batch, at least one, without those
   * `beingSent`. Both by their positions.
   * @throws when the session, and with it the lock, is lost.
   */
  async read(limit: number, { acknowledged, beingSent = [], without = [] }: PublishedRows): Promise<OutboxRow[]> {
    const rows = await this.query(DELETE_AND_READ, [limit, acknowledged, beingSent, without]);
    return rows.map((row) => ({ position: row.position, type: row.type, message: messageOf(row) }));
  }

  /** As {@link read}, of one topic and of no more than `maxBytes`, without what was put aside and what has to wait behind that. */
  async readTopic(
    topic: string,
    limit: { readonly rows: number; readonly bytes: number },
    acknowledged: readonly string[],
  ): Promise<MeasuredRow[]> {
    return measured(await this.query(DELETE_AND_READ_TOPIC, [limit.rows, acknowledged, topic, limit.bytes]));
  }

  /** Deletes rows that Kafka has acknowledged, by their positions. @throws when the session is lost. */
  async delete(positions: readonly string[]): Promise<void> {
    if (positions.length > 0) await this.query(DELETE, [positions]);
  }

  /** Puts a row aside, or says that it was refused once more. @throws when the session is lost. */
  async refuse(position: string, refusal: string): Promise<void> {
    await this.query(REFUSE, [position, refusal]);
  }

  /** The topics that have rows put aside. @throws when the session is lost. */
  async topicsWithRefusals(): Promise<string[]> {
    return (await this.query(TOPICS_WITH_REFUSALS, [])).map(({ type }) => type);
  }

  /** How many rows there are; 100,000 when there are more. */
  async count(): Promise<number> {
    return Number((await this.query(COUNT, []))[0]?.position ?? 0);
  }

  /** Rows of a topic that were put aside, those first that have not been tried for longest; of each key only the first. */
  async readRefused(topic: string, limit: number): Promise<MeasuredRow[]> {
    return measured(await this.query(READ_REFUSED, [topic, limit]));
  }

  /** Ends the session, at once when it does not answer; never rejects. */
  async close(): Promise<void> {
    const goodbye = setTimeout(() => this.client.connection.stream.destroy(), GOODBYE_MS);
    await this.client.end().catch(() => undefined);
    clearTimeout(goodbye);
  }

  /** One at a time: topics in trouble are published beside the others, on this one session. */
  private query(statement: { name: string; text: string }, parameters: readonly unknown[]): Promise<StoredRow[]> {
    const run = () => this.ask(statement, parameters);
    const answer = this.asked.then(run, run);
    this.asked = answer;
    return answer;
  }

  private async ask(statement: { name: string; text: string }, parameters: readonly unknown[]): Promise<StoredRow[]> {
    this.assertActive();
    try {
      return await queryRows<StoredRow>(this.client, statement, parameters);
    } catch (error) {
      // Whatever it was, nothing more is asked on a session that has failed once.
      this.failure ??= error as Error;
      throw error;
    }
  }
}

function measured(rows: readonly StoredRow[]): MeasuredRow[] {
  return rows.map((row) => {
    return { position: row.position, type: row.type, message: messageOf(row), bytes: row.bytes ?? 0 };
  });
}

function messageOf(row: StoredRow): Message {
  if (row.encoding === 'base64') {
    return {
      key: bytes(row.aggregateid),
      value: bytes(row.payload),
      headers: headersFromBase64(JSON.parse(row.headers) as StoredHeaders),
    };
  }
  const stored = JSON.parse(row.headers) as Record<string, string>;
  const headers =
    row.sequence === null ? stored : { ...stored, ce_sequence: row.sequence.padStart(SEQUENCE_DIGITS, '0') };
  return { key: row.aggregateid, value: row.payload, headers };
}

function bytes(base64: string | null): Buffer | null {
  return base64 === null ? null : Buffer.from(base64, 'base64');
}
