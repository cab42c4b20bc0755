import { Clock, Ids } from '@app/platform';
import { columnsOf, rowSet } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import { DeadLetters } from '../failed/dead-letters';
import {
  errorColumns,
  FAILED_MESSAGE_COLUMNS,
  toFailedMessage,
  type FailedMessage,
  type FailedMessageRow,
} from '../failed/failed-message';
import { FailedMessageEntity } from '../failed/failed-message.entity';
import type { DeadLetterReason } from '../failed/failed-message-states';
import { LOCKED_FOR_MS } from '../failed/failed-messages';
import { blocksOrder } from '../failed/failure';
import { MessagingOptions } from '../messaging-options';
import type { AfterFailure } from '../failed/retry-rules';
import type { UnitOfWork } from '../unit-of-work/unit-of-work';

/** How long the messages of a process that died stay its own. */
const CLAIM_MS = 15_000;
/** Attempts of a message whose errors are kept. */
const HISTORY = 50;

/*
 * Only the first unfinished message of an order may be tried. A dead letter whose order it blocks counts as unfinished:
 * what came after it waits until a person has decided. So a batch has one message of an order at most. What this
 * very process has claimed before and not finished (it was interrupted) is its to claim again.
 */
const CLAIM_DUE = `
  UPDATE failed_messages SET claimed_by = $3, claimed_until = $4
  WHERE id = ANY (ARRAY(
    SELECT id FROM failed_messages f
    WHERE consumer_group = $1 AND status IN ('retrying', 'waiting') AND next_attempt_at <= $2
      AND (claimed_until IS NULL OR claimed_until <= $2 OR claimed_by = $3)
      AND NOT EXISTS (
        SELECT 1 FROM failed_messages e
        WHERE e.consumer_group = f.consumer_group AND e.order_id = f.order_id AND e.blocks_order
          AND e.position < f.position)
    ORDER BY next_attempt_at, position LIMIT $5 FOR UPDATE SKIP LOCKED))
  RETURNING ${FAILED_MESSAGE_COLUMNS}, position`;

const POSTPONE = `
  UPDATE failed_messages SET next_attempt_at = $2, claimed_by = NULL, claimed_until = NULL
  WHERE id = ANY ($1::uuid[])`;

const FAILED_AGAIN = `
  UPDATE failed_messages SET status = $4, attempts = $5, desk_retries = $6, next_attempt_at = $7, reason = $8,
    error_class = $9, error_message = $10, error_stack = $11, last_failure_at = $12,
    first_failure_at = coalesce(first_failure_at, $12), blocks_order = order_id IS NOT NULL AND $13,
    from_desk = false, claimed_by = NULL, claimed_until = NULL
  WHERE id = $1 AND attempts = $2 AND claimed_by = $3 AND status IN ('retrying', 'waiting') RETURNING id`;

const REMEMBER_ATTEMPT = `
  WITH forgotten AS (
    DELETE FROM failed_message_attempts WHERE failed_message_id = $1 AND number <= $2 - ${HISTORY}
  )
  INSERT INTO failed_message_attempts (failed_message_id, number, kind, at, error_class, error_message)
  VALUES ($1, $2, $3, $4, $5, $6)`;

const SETTLE_JOB_ITEMS = `
  UPDATE failed_message_job_items i SET outcome = $2, updated_at = $3
  FROM failed_messages f
  WHERE f.id = ANY ($1::uuid[]) AND i.job_id = f.job_id AND i.failed_message_id = f.id AND i.outcome = 'released'`;

const READABLE = rowSet(columnsOf(FailedMessageEntity, 'id', 'event_id', 'order_id'));

const ENQUEUE = `
  UPDATE failed_messages f SET ${READABLE.assignments('r', 'event_id', 'order_id')}, blocks_order = true,
    claimed_by = NULL, claimed_until = NULL
  FROM ${READABLE.unnest('r')} WHERE f.id = r.id`;

/** The messages that are to be tried again, shared by all replicas. */
@Injectable()
export class RetryQueue {
  /** This process, as the owner of claims. */
  private readonly claimant: string;

  constructor(
    private readonly options: MessagingOptions,
    private readonly deadLetters: DeadLetters,
    private readonly clock: Clock,
    ids: Ids,
  ) {
    this.claimant = ids.next();
  }

  /** Claims messages that are due and first in their order's queue, in the order they came. */
  async claimDue(unitOfWork: UnitOfWork, limit: number): Promise<FailedMessage[]> {
    const now = this.clock.now();
    const until = this.claimedUntil(now);
    const rows = await unitOfWork.query<FailedMessageRow & { position: string }>(CLAIM_DUE, [
      this.options.service,
      now,
      this.claimant,
      until,
      limit,
    ]);
    return rows
      .toSorted((a, b) => Number(a.position) - Number(b.position))
      .map((row) => toFailedMessage(row, this.options.catalogue));
  }

  /**
   * Locks messages this process has claimed, for the rest of the transaction, and gives those that are still its own:
   * what was discarded meanwhile, or claimed by another when this process was slow, is not. Nor is what somebody else has locked.
   */
  async hold(unitOfWork: UnitOfWork, messages: readonly FailedMessage[]): Promise<FailedMessage[]> {
    if (messages.length === 0) return [];
    const free = await unitOfWork.query<{ id: string }>(
      'SELECT id FROM failed_messages WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE SKIP LOCKED',
      [messages.map(({ id }) => id)],
    );
    const ids = free.map(({ id }) => id);
    const rows = await unitOfWork.query<{ id: string }>(
      `UPDATE failed_messages SET claimed_until = $3
       WHERE id = ANY ($1::uuid[]) AND claimed_by = $2 AND status IN ('retrying', 'waiting') RETURNING id`,
      [ids, this.claimant, this.claimedUntil(this.clock.now())],
    );
    const held = new Set(rows.map(({ id }) => id));
    return messages.filter(({ id }) => held.has(id));
  }

  /** What held messages need is locked by somebody else: they are due again soon, and no attempt is counted. */
  async postpone(unitOfWork: UnitOfWork, messages: readonly FailedMessage[]): Promise<void> {
    if (messages.length === 0) return;
    const ids = messages.map(({ id }) => id);
    await unitOfWork.query(POSTPONE, [ids, new Date(this.clock.now().getTime() + LOCKED_FOR_MS)]);
  }

  /** Held messages that could not be read before, and now can, take their place in the queue of their order. */
  async enqueue(unitOfWork: UnitOfWork, messages: readonly FailedMessage[]): Promise<void> {
    const readable = messages.flatMap(({ id, record: { decoded } }) =>
      decoded.ok ? [{ id, event_id: decoded.event.id, order_id: decoded.event.orderId }] : [],
    );
    if (readable.length > 0) await unitOfWork.query(ENQUEUE, READABLE.parameters(readable));
  }

  /** The messages have been handled, in this very transaction. */
  async resolve(unitOfWork: UnitOfWork, messages: readonly FailedMessage[]): Promise<void> {
    if (messages.length === 0) return;
    const now = this.clock.now();
    await unitOfWork.query(
      `UPDATE failed_messages SET status = 'resolved', blocks_order = false, next_attempt_at = NULL, resolved_at = $2,
         from_desk = false, claimed_by = NULL, claimed_until = NULL
       WHERE id = ANY ($1::uuid[])`,
      [messages.map(({ id }) => id), now],
    );
    await this.settleJobItems(unitOfWork, messages, 'resolved', now);
  }

  /** Another try failed: the message is tried later or given up, as was decided. Does nothing when it is not held any more. */
  async failedAgain(
    unitOfWork: UnitOfWork,
    message: FailedMessage,
    failure: { reason: DeadLetterReason; error: Error; decision: AfterFailure; next: Date | null },
  ): Promise<void> {
    const now = this.clock.now();
    const { reason, error, next, decision } = failure;
    const { status, attempts, deskRetries } = decision;
    const columns = errorColumns(error);
    const rows = await unitOfWork.query(FAILED_AGAIN, [
      ...[message.id, message.attempts, this.claimant],
      ...[status, attempts, deskRetries, next, reason, ...columns, now],
      reason === 'handler_failed' && blocksOrder(error),
    ]);
    if (rows.length === 0) return;
    const kind = message.fromDesk ? 'desk' : 'retry';
    await unitOfWork.query(REMEMBER_ATTEMPT, [message.id, attempts, kind, now, columns[0], columns[1]]);
    await this.settleJobItems(unitOfWork, [message], 'failed_again', now);
    if (status === 'retrying') return;
    const firstFailureAt = message.firstFailureAt ?? now;
    await this.deadLetters.store(unitOfWork, message.record, { reason, error, attempts, deskRetries, firstFailureAt });
  }

  /** Gives back what this process has claimed and not begun. */
  async release(unitOfWork: UnitOfWork): Promise<void> {
    await unitOfWork.query(
      `UPDATE failed_messages SET claimed_by = NULL, claimed_until = NULL
       WHERE claimed_by = $1 AND status IN ('retrying', 'waiting')`,
      [this.claimant],
    );
  }

  private async settleJobItems(
    unitOfWork: UnitOfWork,
    messages: readonly FailedMessage[],
    outcome: 'resolved' | 'failed_again',
    at: Date,
  ): Promise<void> {
    const ids = messages.filter(({ fromDesk }) => fromDesk).map(({ id }) => id);
    if (ids.length > 0) await unitOfWork.query(SETTLE_JOB_ITEMS, [ids, outcome, at]);
  }

  private claimedUntil(now: Date): Date {
    return new Date(now.getTime() + CLAIM_MS);
  }
}
