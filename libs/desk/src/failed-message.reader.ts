import {
  type DeadLetterReason,
  failedMessageCounts,
  type FailedMessageCounts,
  type FailedMessageEntity,
  type FailedMessageStatus,
  MessagingOptions,
} from '@app/messaging';
import { allLookedAt, boundedPage, oneMore, pageFrom, type PageRow } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { lookFor, sqlCondition, type FailedMessageFilter } from './failed-message-filter';

/** A failed message as it is listed. */
export type ShownFailedMessage = Readonly<Omit<FailedMessageEntity, 'consumer_group' | HiddenColumn>> & {
  readonly waiting_behind: number;
};

/** Shown with the message in full, or of no use to people. */
type HiddenColumn =
  'timestamp' | 'key' | 'value' | 'headers' | 'error_stack' | 'from_desk' | 'job_id' | 'claimed_by' | 'claimed_until';

/** A part of a list, newest first. */
export interface FailedMessageList {
  readonly messages: readonly ShownFailedMessage[];
  /** The list goes on with what came before this position; absent at its end. */
  readonly next: number | undefined;
}

/** Messages that failed in the same way. */
export interface FailedMessageGroup {
  readonly topic: string;
  readonly reason: DeadLetterReason | null;
  readonly error_class: string | null;
  readonly error_message: string | null;
  readonly status: FailedMessageStatus;
  readonly count: number;
  readonly first_failure_at: Date | null;
  readonly last_failure_at: Date | null;
  readonly example_id: string;
}

/** All groups there are, or the largest ones of the newest messages. */
export interface FailedMessageGroups {
  readonly groups: readonly FailedMessageGroup[];
  /** Whether every message was looked at, and every group is here. */
  readonly complete: boolean;
}

/** Messages of one status that are counted for a summary; it is a part of every look at the health of a service. */
export const MOST_COUNTED = 10_000;
/** Messages that are counted behind a message, for each line of a list. */
export const MOST_COUNTED_BEHIND = 100;

/** What waits behind a message is counted for the rows that are shown, not for those that are looked through. */
const LISTED = `
  SELECT f.id, f.position, f.status, f.reason, f.topic, f.partition, f."offset", f.event_id, f.order_id, f.error_class,
    f.error_message, f.attempts, f.desk_retries, f.blocks_order, f.first_failure_at, f.last_failure_at,
    f.next_attempt_at, f.resolved_at, f.created_at, (
      SELECT count(*)::int FROM (
        SELECT FROM failed_messages w
        WHERE f.blocks_order AND w.blocks_order AND w.consumer_group = f.consumer_group AND w.order_id = f.order_id
          AND w.position > f.position LIMIT ${MOST_COUNTED_BEHIND}) AS behind) AS waiting_behind
  FROM failed_messages f`;

const UUID = '[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}';
/** An error message without what differs between two messages that fail in the same way. */
const PATTERN = `regexp_replace(regexp_replace(error_message, '${UUID}', '<id>', 'g'), '[0-9]+([.,][0-9]+)*', '<n>', 'g')`;
const MAX_GROUPS = 200;

/** Reads failed messages for people. */
@Injectable()
export class FailedMessageReader {
  constructor(
    private readonly dataSource: DataSource,
    private readonly options: MessagingOptions,
  ) {}

  /** Only what is older than `before`. A page may have fewer messages than `limit` although there is a next one. */
  async list(filter: FailedMessageFilter, limit: number, before?: number): Promise<FailedMessageList> {
    const values: unknown[] = [];
    const look = lookFor(this.options.service, filter, before, values);
    const page = boundedPage(look, `$${values.push(limit + 1)}`);
    const rows = await this.dataSource.query<(ShownFailedMessage & PageRow)[]>(
      `SELECT page.*, found.* FROM (${page}) AS page
         LEFT JOIN LATERAL (${LISTED} WHERE f.position = page.page_key) AS found ON true
       ORDER BY page.page_key DESC NULLS LAST`,
      values,
    );
    const { shown, next } = pageFrom(rows, limit);
    const messages = shown.map(({ page_key: _key, end_key: _end, ...message }) => message);
    return { messages, next: next === undefined ? undefined : Number(next) };
  }

  /** Oldest first, of certain states: in the order in which a job takes them. */
  async oldest(
    filter: FailedMessageFilter,
    statuses: readonly FailedMessageStatus[],
    limit: number,
  ): Promise<ShownFailedMessage[]> {
    const values: unknown[] = [];
    const condition = sqlCondition(this.options.service, filter, values);
    return this.dataSource.query(
      `${LISTED} WHERE f.id IN (SELECT id FROM failed_messages
         WHERE ${condition} AND status = ANY ($${values.push(statuses)}::text[])
         ORDER BY position LIMIT $${values.push(limit)}) ORDER BY f.position`,
      values,
    );
  }

  async find(id: string): Promise<ShownFailedMessage | undefined> {
    const [row] = await this.dataSource.query<ShownFailedMessage[]>(
      `${LISTED} WHERE f.id = $1 AND f.consumer_group = $2`,
      [id, this.options.service],
    );
    return row;
  }

  /** What waits behind a message, in the order in which it will be released. */
  async waitingBehind({ order_id, position }: ShownFailedMessage, limit: number): Promise<ShownFailedMessage[]> {
    return this.dataSource.query(
      `${LISTED} WHERE f.consumer_group = $1 AND f.order_id = $2 AND f.blocks_order AND f.position > $3
       ORDER BY f.position LIMIT $4`,
      [this.options.service, order_id, position, limit],
    );
  }

  /** Most frequent first, of the newest messages that the filter's index has. */
  async groups(filter: FailedMessageFilter): Promise<FailedMessageGroups> {
    const values: unknown[] = [];
    const look = lookFor(this.options.service, filter, undefined, values);
    const groups = await this.dataSource.query<FailedMessageGroup[]>(
      `SELECT topic, reason, error_class, pattern AS error_message, status, count(*)::int AS count,
         min(first_failure_at) AS first_failure_at, max(last_failure_at) AS last_failure_at,
         (array_agg(id ORDER BY position DESC))[1] AS example_id
       FROM (SELECT *, ${PATTERN} AS pattern FROM (${allLookedAt(look)}) AS looked_at
         WHERE ${['true', ...look.wanted].join(' AND ')}) AS f
       GROUP BY topic, reason, error_class, pattern, status ORDER BY count DESC, example_id LIMIT ${MAX_GROUPS + 1}`,
      values,
    );
    // One more than is shown tells whether these are all.
    const complete = groups.length <= MAX_GROUPS && !(await this.isMoreThanLookedAt(filter));
    return { groups: groups.slice(0, MAX_GROUPS), complete };
  }

  /** How many messages match a filter, by status. */
  async count(filter: FailedMessageFilter): Promise<Partial<Record<FailedMessageStatus, number>>> {
    const values: unknown[] = [];
    const condition = sqlCondition(this.options.service, filter, values);
    const rows = await this.dataSource.query<{ status: FailedMessageStatus; count: number }[]>(
      `SELECT status, count(*)::int AS count FROM failed_messages WHERE ${condition} GROUP BY status`,
      values,
    );
    return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
  }

  /** Up to {@link MOST_COUNTED} of each status. */
  summary(): Promise<FailedMessageCounts> {
    const query = <Row>(text: string, parameters?: unknown[]) => this.dataSource.query<Row[]>(text, parameters);
    return failedMessageCounts(query, this.options.service, MOST_COUNTED);
  }

  private async isMoreThanLookedAt(filter: FailedMessageFilter): Promise<boolean> {
    const values: unknown[] = [];
    const look = lookFor(this.options.service, filter, undefined, values, []);
    const rows = await this.dataSource.query<object[]>(oneMore(look), values);
    return rows.length > 0;
  }
}
