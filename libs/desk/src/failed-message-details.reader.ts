import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { FailedMessageActionEntity, FailedMessageAttemptEntity, FailedMessageEntity } from '@app/messaging';

/** The record itself, and the error in full. */
export type StoredRecord = Readonly<Pick<FailedMessageEntity, 'id' | 'key' | 'value' | 'headers' | 'error_stack'>>;

export type StoredAttempt = Readonly<FailedMessageAttemptEntity>;

export type StoredAction = Readonly<Omit<FailedMessageActionEntity, 'event_id'>>;

/** Everything that is known of a message beyond its line in a list. */
export interface FailedMessageDetails extends StoredRecord {
  readonly attempts: readonly StoredAttempt[];
  readonly actions: readonly StoredAction[];
}

const LATEST_ACTIONS = 50;

/** Reads records, attempts and actions of failed messages, of several at once. */
@Injectable()
export class FailedMessageDetailsReader {
  constructor(private readonly dataSource: DataSource) {}

  /** By id. Values may be a megabyte each: ask for few. */
  async of(ids: readonly string[]): Promise<ReadonlyMap<string, FailedMessageDetails>> {
    const [records, attempts, actions] = await Promise.all([
      this.dataSource.query<StoredRecord[]>(
        'SELECT id, key, value, headers, error_stack FROM failed_messages WHERE id = ANY ($1::uuid[])',
        [ids],
      ),
      this.dataSource.query<StoredAttempt[]>(
        'SELECT * FROM failed_message_attempts WHERE failed_message_id = ANY ($1::uuid[]) ORDER BY number',
        [ids],
      ),
      this.dataSource.query<StoredAction[]>(
        `SELECT a.* FROM unnest($1::uuid[]) AS m (id), LATERAL (
           SELECT number, failed_message_id, action, actor, reason, at, job_id FROM failed_message_actions
           WHERE failed_message_id = m.id ORDER BY number DESC LIMIT ${LATEST_ACTIONS}) AS a ORDER BY a.number`,
        [ids],
      ),
    ]);
    return new Map(
      records.map((record) => {
        const mine = (row: { readonly failed_message_id: string }) => row.failed_message_id === record.id;
        return [record.id, { ...record, attempts: attempts.filter(mine), actions: actions.filter(mine) }];
      }),
    );
  }
}
