import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { AttemptKind, FailedMessageRow } from '@app/messaging';
import type { DeskJobKind } from './desk-rules';

/** The record itself, and the error in full. */
export interface StoredRecord extends Pick<FailedMessageRow, 'id' | 'key' | 'value' | 'headers'> {
  readonly error_stack: string | null;
}

export interface StoredAttempt {
  readonly failed_message_id: string;
  readonly number: number;
  readonly kind: AttemptKind;
  readonly at: Date;
  readonly error_class: string;
  readonly error_message: string;
}

export interface StoredAction {
  readonly failed_message_id: string;
  readonly action: DeskJobKind;
  readonly actor: string;
  readonly reason: string | null;
  readonly at: Date;
  readonly job_id: string | null;
}

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
