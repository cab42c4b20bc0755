import { SEQUENCE_DIGITS } from '@app/events';
import { PLANNING, sessionOptions } from '@app/platform';
import type { Message } from 'kafkajs';
import { Client } from 'pg';
import type { MessagingOptions } from './messaging-options';
import { queryRows } from './named-rows';
import { OUTBOX_CHANNEL_PREFIX } from './outbox-signal';
import { headersFromBase64, type StoredHeaders } from './stored-headers';

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
}

interface StoredRow {
  position: string;
  aggregateid: string | null;
  type: string;
  payload: string | null;
  headers: string;
  sequence: string | null;
  encoding: 'text' | 'base64';
}

/** All rows of a batch may be for one partition, and Kafka refuses more than 1 MiB (its default) for one of them at once. */
const MAX_BATCH_BYTES = 800_000;
/** Key, sequence, lengths and offsets of a record, generously. */
const RECORD_OVERHEAD_BYTES = 150;

/*
 * The plan is kept and must not depend on statistics: an outbox is empty one moment and large the next. Rows that have been or
 * are being sent are left out by name, not by "position greater than", because a transaction that took its position early may
 * commit late. The reading part does not see what the deleting part deletes.
 */
const DELETE_AND_READ = {
  name: 'delete and read',
  text: `
    WITH published AS (DELETE FROM outbox WHERE position = ANY ($2::bigint[]))
    SELECT position, aggregateid, type, payload, headers, sequence, encoding
    FROM (
      SELECT *, sum(bytes) OVER (ORDER BY position) AS bytes_so_far
      FROM (
        SELECT *, coalesce(octet_length(payload), 0) + octet_length(headers) + ${RECORD_OVERHEAD_BYTES} AS bytes
        FROM outbox WHERE position <> ALL ($2::bigint[] || $3::bigint[]) ORDER BY position LIMIT $1
      ) AS head
    ) AS measured
    WHERE bytes_so_far <= ${MAX_BATCH_BYTES} OR bytes_so_far = bytes
    ORDER BY position`,
};

/**
 * The relay's own database connection: it holds the advisory lock, so it must be one session for the relay's whole active
 * time and can not come from a pool.
 */
export class OutboxReader {
  private readonly client: Client;
  private failure: Error | undefined;

  constructor(options: MessagingOptions) {
    this.client = new Client({
      connectionString: options.databaseUrl,
      application_name: `${options.service}-relay`,
      connectionTimeoutMillis: 3_000,
      query_timeout: 15_000,
      keepAlive: true,
      // Losing the deletion of an acknowledged row in a crash means a duplicate, which every inbox drops. Nothing else is
      // ever written on this connection.
      options: sessionOptions({
        synchronous_commit: 'off',
        ...PLANNING,
        plan_cache_mode: 'force_generic_plan',
        // The lock must not stay with a machine that is gone, or with a process that is stopped. An active relay asks
        // every other second for new rows; only for a Kafka in trouble does it wait longer, and then losing the lock does
        // no harm.
        idle_session_timeout: '60s',
        tcp_keepalives_idle: '10',
        tcp_keepalives_interval: '5',
        tcp_keepalives_count: '3',
      }),
    });
    this.client.on('error', (error) => (this.failure = error));
  }

  /** Connects and listens for the wake-up calls of other replicas. */
  async connect(wake: () => void): Promise<void> {
    await this.client.connect();
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

  /**
   * Deletes rows that Kafka has `acknowledged`, and gives the oldest others that fit into one batch, at least one, without those
   * `beingSent`. Both by their positions.
   * @throws when the session, and with it the lock, is lost.
   */
  async read(limit: number, { acknowledged, beingSent = [] }: PublishedRows): Promise<OutboxRow[]> {
    if (this.failure !== undefined) throw this.failure;
    const rows = await queryRows<StoredRow>(this.client, DELETE_AND_READ, [limit, acknowledged, beingSent]);
    return rows.map((row) => ({ position: row.position, type: row.type, message: messageOf(row) }));
  }

  /** Ends the session; never rejects. */
  async close(): Promise<void> {
    await this.client.end().catch(() => undefined);
  }
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
