import { EVENTS } from '@app/events';
import type { Client } from 'pg';
import type { Progress, RecordSummary } from './topic-reader.ts';

const TABLES = `
  CREATE TEMP TABLE topics (topic smallint NOT NULL, name text NOT NULL, publisher text NOT NULL);
  CREATE TEMP TABLE records (topic smallint NOT NULL, partition integer NOT NULL, "offset" bigint NOT NULL,
    at timestamptz NOT NULL, event_id uuid, order_id uuid, sequence bigint, from_publisher boolean NOT NULL);
  CREATE TEMP TABLE events (topic smallint NOT NULL, partition integer NOT NULL, first_offset bigint NOT NULL,
    event_id uuid NOT NULL, order_id uuid NOT NULL, sequence bigint NOT NULL, from_publisher boolean NOT NULL);
  CREATE TEMP TABLE consumed (consumer_group text NOT NULL, topic smallint NOT NULL, partition integer NOT NULL,
    next bigint NOT NULL)`;

const NUMBER_OF = new Map<string, number>(EVENTS.map(({ type }, index) => [type, index]));

/** What was read of the topics, in temporary tables: `topics`, `records`, `events` (each event once) and `consumed`. */
export class TopicStore {
  constructor(private readonly client: Client) {}

  async create(): Promise<void> {
    await this.client.query(TABLES);
    await this.client.query(
      'INSERT INTO topics SELECT * FROM unnest($1::smallint[], $2::text[], $3::text[])',
      columns(EVENTS, ({ type, publisher }) => [NUMBER_OF.get(type), type, publisher], 3),
    );
  }

  async add(records: readonly RecordSummary[]): Promise<void> {
    const row = ({ topic, partition, offset, at, event, fromPublisher }: RecordSummary): unknown[] => [
      NUMBER_OF.get(topic),
      partition,
      offset,
      at,
      event?.id ?? null,
      event?.orderId ?? null,
      event?.sequence ?? null,
      fromPublisher,
    ];
    await this.client.query(
      `INSERT INTO records SELECT * FROM unnest($1::smallint[], $2::integer[], $3::bigint[], $4::timestamptz[],
         $5::uuid[], $6::uuid[], $7::bigint[], $8::boolean[])`,
      columns(records, row, 8),
    );
  }

  async addProgress(progress: readonly Progress[]): Promise<void> {
    await this.client.query(
      'INSERT INTO consumed SELECT * FROM unnest($1::text[], $2::smallint[], $3::integer[], $4::bigint[])',
      columns(progress, ({ group, topic, partition, next }) => [group, NUMBER_OF.get(topic), partition, next], 4),
    );
  }

  /** To be called when records were added, before anything is checked. */
  async prepare(): Promise<void> {
    await this.client.query('TRUNCATE events');
    await this.client.query(`
      INSERT INTO events
      SELECT topic, partition, min("offset"), event_id, order_id, sequence, bool_and(from_publisher) FROM records
      WHERE order_id IS NOT NULL GROUP BY topic, partition, event_id, order_id, sequence`);
    await this.client.query('ANALYZE records, events, consumed');
  }
}

/** Rows as one array per column, for `unnest`. */
function columns<Item>(items: readonly Item[], row: (item: Item) => readonly unknown[], width: number): unknown[][] {
  const rows = items.map(row);
  return Array.from({ length: width }, (_, column) => rows.map((values) => values[column]));
}
