import { ApiProperty } from '@nestjs/swagger';
import { ATTEMPT_KINDS, type AttemptKind, headersFromBase64, type StoredHeaders } from '@app/messaging';
import type { DeskJobKind } from './desk-rules';
import { FailedMessageResponse, toSummary } from './failed-message.response';
import type { FullFailedMessage } from './read-failed-messages';
import { readablePayload, readableText } from './readable-record';

export class FailedAttemptResponse {
  @ApiProperty({ example: 1 })
  readonly number!: number;

  @ApiProperty({ format: 'date-time', example: '2025-11-22T10:15:30.045Z' })
  readonly at!: string;

  @ApiProperty({
    enum: ATTEMPT_KINDS,
    description: 'handling: when consumed; retry: scheduled; desk: requested by an operator',
    example: 'handling',
  })
  readonly kind!: AttemptKind;

  @ApiProperty({ example: 'ProductNotFound' })
  readonly error_class!: string;

  @ApiProperty({ example: 'there is no product LAPTOP009' })
  readonly error_message!: string;
}

export class DeskActionResponse {
  @ApiProperty({ enum: ['retry', 'discard'], example: 'retry' })
  readonly action!: DeskJobKind;

  @ApiProperty({ example: 'ada' })
  readonly actor!: string;

  @ApiProperty({ type: String, nullable: true, example: null })
  readonly reason!: string | null;

  @ApiProperty({ format: 'date-time', example: '2025-11-22T10:20:00.000Z' })
  readonly at!: string;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The job that made this attempt',
    example: null,
  })
  readonly job_id!: string | null;
}

/** A failed message with everything that is known of it. */
export class FullFailedMessageResponse extends FailedMessageResponse {
  @ApiProperty({ type: String, nullable: true, example: '01936f5e-7c00-7a11-8d22-5b0f6f1f2a31' })
  readonly key!: string | null;

  @ApiProperty({
    type: Object,
    nullable: true,
    description: 'Null if the value is not JSON',
    example: { payment_id: '01936f5e-7d10-7e05-9a70-0d4c2a6f3b52', amount: 1299.99 },
  })
  readonly payload!: unknown;

  @ApiProperty({ type: String, nullable: true, format: 'byte', example: 'eyJhbW91bnQiOjEyOTkuOTl9' })
  readonly payload_base64!: string | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: {
      oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'string', nullable: true } }],
      nullable: true,
    },
    description: 'Values as text, or null; a list for a repeated header',
    example: { ce_id: '01936f5e-7d10-7e05-9a70-0d4c2a6f3b52', ce_type: 'payment_successful' },
  })
  readonly headers!: Readonly<Record<string, ReadableHeader | ReadableHeader[]>>;

  @ApiProperty({ type: String, nullable: true, example: 'ProductNotFound: there is no product LAPTOP009' })
  readonly error_stack!: string | null;

  @ApiProperty({ type: () => [FailedAttemptResponse], description: 'The latest 50, oldest first' })
  readonly attempt_history!: readonly FailedAttemptResponse[];

  @ApiProperty({
    type: () => [FailedMessageResponse],
    description: 'The first 100 messages that wait for this one, in order',
  })
  readonly waiting!: readonly FailedMessageResponse[];

  @ApiProperty({ type: () => [DeskActionResponse], description: 'The latest 50, oldest first' })
  readonly actions!: readonly DeskActionResponse[];
}

export function toFullResponse({ message, details, waiting }: FullFailedMessage): FullFailedMessageResponse {
  return {
    ...toSummary(message),
    key: details.key === null ? null : readableText(details.key),
    payload: readablePayload(details.value),
    payload_base64: details.value?.toString('base64') ?? null,
    headers: readableHeaders(details.headers),
    error_stack: details.error_stack,
    attempt_history: details.attempts.map(({ number, at, kind, error_class, error_message }) => ({
      ...{ number, at: at.toISOString(), kind, error_class, error_message },
    })),
    waiting: waiting.map(toSummary),
    actions: details.actions.map(({ action, actor, reason, at, job_id }) => ({
      ...{ action, actor, reason, at: at.toISOString(), job_id },
    })),
  };
}

type ReadableHeader = string | null;

function readableHeaders(headers: StoredHeaders): Readonly<Record<string, ReadableHeader | ReadableHeader[]>> {
  const readable = (value: Buffer | string | null | undefined): ReadableHeader =>
    Buffer.isBuffer(value) ? readableText(value) : null;
  return Object.fromEntries(
    Object.entries(headersFromBase64(headers)).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(readable) : readable(value),
    ]),
  );
}
