import { ApiProperty } from '@nestjs/swagger';
import {
  DEAD_LETTER_REASONS,
  type DeadLetterReason,
  FAILED_MESSAGE_STATUSES,
  type FailedMessageCounts,
  type FailedMessageStatus,
} from '@app/messaging';
import type { FailedMessageGroup, ShownFailedMessage } from './failed-message.reader';

const ID = '01936f5e-8f3a-7c61-b1f0-3f6a1f0c9d11';
const time = (description: string, example: string | null = '2025-11-22T10:15:30.045Z') =>
  ({ type: String, format: 'date-time', nullable: true, description, example }) as const;

/** A failed message, as it stands in lists. */
export class FailedMessageResponse {
  @ApiProperty({ format: 'uuid', example: ID })
  readonly failed_message_id!: string;

  @ApiProperty({
    enum: FAILED_MESSAGE_STATUSES,
    description:
      'retrying: will be retried; waiting: an earlier message of the order must be handled first; dead_lettered: given up; quarantined: retried too often',
    example: 'dead_lettered',
  })
  readonly status!: FailedMessageStatus;

  @ApiProperty({
    type: String,
    enum: DEAD_LETTER_REASONS,
    nullable: true,
    description: 'Null if no attempt was made',
    example: 'handler_failed',
  })
  readonly reason!: DeadLetterReason | null;

  @ApiProperty({ example: 'payment_successful' })
  readonly topic!: string;

  @ApiProperty({ example: 2 })
  readonly partition!: number;

  @ApiProperty({ example: 1041 })
  readonly offset!: number;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'Never changes; null if the record cannot be decoded',
    example: '01936f5e-7d10-7e05-9a70-0d4c2a6f3b52',
  })
  readonly event_id!: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, example: '01936f5e-7c00-7a11-8d22-5b0f6f1f2a31' })
  readonly order_id!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'ProductNotFound' })
  readonly error_class!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'there is no product LAPTOP009' })
  readonly error_message!: string | null;

  @ApiProperty({ description: 'Number of attempts so far, including manual retries', example: 9 })
  readonly attempts!: number;

  @ApiProperty({ description: 'Number of manual retries that failed', example: 0 })
  readonly desk_retries!: number;

  @ApiProperty({ description: 'Whether later messages of the order wait for this one', example: true })
  readonly blocks_order!: boolean;

  @ApiProperty({ description: 'Number of waiting messages; 100 means 100 or more', maximum: 100, example: 2 })
  readonly waiting_behind!: number;

  @ApiProperty(time('Null if no attempt was made'))
  readonly first_failure_at!: string | null;

  @ApiProperty(time('Null if no attempt was made'))
  readonly last_failure_at!: string | null;

  @ApiProperty(time('Null if no automatic retry is scheduled', null))
  readonly next_attempt_at!: string | null;

  @ApiProperty(time('When it was handled or discarded', null))
  readonly resolved_at!: string | null;

  @ApiProperty({ format: 'date-time', example: '2025-11-22T10:15:30.045Z' })
  readonly created_at!: string;
}

export class FailedMessageListResponse {
  @ApiProperty({ type: () => [FailedMessageResponse] })
  readonly failed_messages!: readonly FailedMessageResponse[];

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Cursor of the next page; null on the last page',
    example: null,
  })
  readonly next_cursor!: string | null;
}

/** Failed messages of a topic with the same error and status, counted. */
export class FailedMessageGroupResponse {
  @ApiProperty({ example: 'payment_successful' })
  readonly topic!: string;

  @ApiProperty({ type: String, enum: DEAD_LETTER_REASONS, nullable: true, example: 'handler_failed' })
  readonly reason!: DeadLetterReason | null;

  @ApiProperty({ type: String, nullable: true, example: 'ProductNotFound' })
  readonly error_class!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'With ids and numbers replaced, so that equal errors are grouped',
    example: 'there is no product LAPTOP<n>',
  })
  readonly error_message!: string | null;

  @ApiProperty({ enum: FAILED_MESSAGE_STATUSES, example: 'dead_lettered' })
  readonly status!: FailedMessageStatus;

  @ApiProperty({ example: 412 })
  readonly count!: number;

  @ApiProperty(time('Time of the earliest failure'))
  readonly first_failure_at!: string | null;

  @ApiProperty(time('Time of the latest failure'))
  readonly last_failure_at!: string | null;

  @ApiProperty({ format: 'uuid', description: 'Id of the newest message of the group', example: ID })
  readonly example_id!: string;
}

export class FailedMessageGroupsResponse {
  @ApiProperty({ type: () => [FailedMessageGroupResponse] })
  readonly groups!: readonly FailedMessageGroupResponse[];

  @ApiProperty({
    description: 'false: older messages were not examined, or smaller groups are not shown',
    example: true,
  })
  readonly complete!: boolean;
}

export class FailedMessageCountsResponse {
  @ApiProperty({ example: 12 })
  readonly dead_lettered!: number;

  @ApiProperty({ example: 1 })
  readonly quarantined!: number;

  @ApiProperty({ example: 3 })
  readonly retrying!: number;

  @ApiProperty({ example: 40 })
  readonly waiting!: number;

  @ApiProperty(time('Since when the oldest of them is here'))
  readonly oldest_at!: string | null;
}

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

export function toSummary({ id, position: _, ...message }: ShownFailedMessage): FailedMessageResponse {
  return {
    ...message,
    failed_message_id: id,
    offset: Number(message.offset),
    first_failure_at: iso(message.first_failure_at),
    last_failure_at: iso(message.last_failure_at),
    next_attempt_at: iso(message.next_attempt_at),
    resolved_at: iso(message.resolved_at),
    created_at: message.created_at.toISOString(),
  };
}

export function toGroup(group: FailedMessageGroup): FailedMessageGroupResponse {
  return { ...group, first_failure_at: iso(group.first_failure_at), last_failure_at: iso(group.last_failure_at) };
}

export function toCounts(counts: FailedMessageCounts): FailedMessageCountsResponse {
  return { ...counts, oldest_at: iso(counts.oldest_at) };
}
