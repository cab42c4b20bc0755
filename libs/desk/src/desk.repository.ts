import {
  FailedMessageEntity,
  type FailedMessageStatus,
  Inbox,
  MessagingOptions,
  type UnitOfWork,
} from '@app/messaging';
import { Clock } from '@app/platform';
import { columnsOf, rowSet } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import type { DeskJobKind } from './desk-rules';

/** Who does something to messages, and why. */
export interface DeskAction {
  readonly actor: string;
  readonly reason: string | null;
  readonly jobId: string | null;
}

type Taken = Readonly<Pick<FailedMessageEntity, 'id' | 'event_id'>>;

const TAKEN = rowSet(columnsOf(FailedMessageEntity, 'id', 'event_id'));

const RECORD = `
  INSERT INTO failed_message_actions (failed_message_id, event_id, action, actor, reason, at, job_id)
  SELECT id, event_id, $3, $4, $5, $6, $7 FROM ${TAKEN.unnest('t')}`;

/** Changes failed messages on behalf of people; each change is recorded in the same transaction. */
@Injectable()
export class DeskRepository {
  constructor(
    private readonly options: MessagingOptions,
    private readonly inbox: Inbox,
    private readonly clock: Clock,
  ) {}

  /** Makes messages due now, if they are in one of the states. @returns the ids of those that were. */
  async release(
    unitOfWork: UnitOfWork,
    ids: readonly string[],
    from: readonly FailedMessageStatus[],
    action: DeskAction,
  ): Promise<string[]> {
    const taken = await this.take(unitOfWork, ids, from);
    await unitOfWork.query(
      `UPDATE failed_messages SET status = 'retrying', from_desk = true, job_id = $2, next_attempt_at = $3
       WHERE id = ANY ($1::uuid[])`,
      [taken.map(({ id }) => id), action.jobId, this.clock.now()],
    );
    await this.record(unitOfWork, 'retry', taken, action);
    return taken.map(({ id }) => id);
  }

  /**
   * Gives messages up for good, if they are in one of the states; what waits behind them goes on. Their events count as
   * handled from now on, or a record that is delivered again would have its effect after all.
   * @returns the ids of those that were.
   */
  async discard(
    unitOfWork: UnitOfWork,
    ids: readonly string[],
    from: readonly FailedMessageStatus[],
    action: DeskAction,
  ): Promise<string[]> {
    const taken = await this.take(unitOfWork, ids, from);
    const now = this.clock.now();
    const takenIds = taken.map(({ id }) => id);
    await unitOfWork.query(
      `UPDATE failed_messages SET status = 'discarded', blocks_order = false, next_attempt_at = NULL, resolved_at = $2,
         from_desk = false, claimed_by = NULL, claimed_until = NULL
       WHERE id = ANY ($1::uuid[])`,
      [takenIds, now],
    );
    await unitOfWork.query(
      `UPDATE failed_message_job_items SET outcome = 'skipped', updated_at = $2
       WHERE failed_message_id = ANY ($1::uuid[]) AND outcome = 'released'`,
      [takenIds, now],
    );
    const eventIds = taken.flatMap(({ event_id }) => event_id ?? []);
    await this.inbox.admitRetried(unitOfWork, eventIds);
    await this.record(unitOfWork, 'discard', taken, action);
    return takenIds;
  }

  /**
   * Forgets what was finished before a time, in small batches, with its attempts; actions stay.
   * @returns whether there may be more.
   */
  async prune(unitOfWork: UnitOfWork, before: Date, limit: number): Promise<boolean> {
    const rows = await unitOfWork.query(
      `DELETE FROM failed_messages WHERE id = ANY (ARRAY(
         SELECT id FROM failed_messages WHERE status IN ('resolved', 'discarded') AND resolved_at < $1
         ORDER BY resolved_at LIMIT $2 FOR UPDATE SKIP LOCKED))
       RETURNING 1`,
      [before, limit],
    );
    return rows.length === limit;
  }

  /** Locks in the order of the ids, as everybody else does. */
  private async take(
    unitOfWork: UnitOfWork,
    ids: readonly string[],
    from: readonly FailedMessageStatus[],
  ): Promise<Taken[]> {
    return unitOfWork.query<Taken>(
      `SELECT id, event_id FROM failed_messages
       WHERE id = ANY ($1::uuid[]) AND consumer_group = $2 AND status = ANY ($3::text[]) ORDER BY id FOR UPDATE`,
      [ids, this.options.service, from],
    );
  }

  private async record(
    unitOfWork: UnitOfWork,
    kind: DeskJobKind,
    taken: readonly Taken[],
    { actor, reason, jobId }: DeskAction,
  ): Promise<void> {
    const parameters = [...TAKEN.parameters(taken), kind, actor, reason, this.clock.now(), jobId];
    await unitOfWork.query(RECORD, parameters);
  }
}
