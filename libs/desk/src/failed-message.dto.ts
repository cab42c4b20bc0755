import {
  DEAD_LETTER_REASONS,
  type DeadLetterReason,
  FAILED_MESSAGE_STATUSES,
  type FailedMessageStatus,
} from '@app/messaging';
import { DEFAULT_PAGE_LIMIT, IsPage, IsPrintable } from '@app/platform';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsOptional, IsString, IsUUID, MaxLength, ValidateBy } from 'class-validator';
import type { FailedMessageFilter } from './failed-message-filter';

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/i;

export class FailedMessageFilterDto {
  @ApiPropertyOptional({
    enum: FAILED_MESSAGE_STATUSES,
    description: 'Default: all messages that are not resolved or discarded',
  })
  @IsOptional()
  @IsIn(FAILED_MESSAGE_STATUSES)
  status?: FailedMessageStatus;

  @ApiPropertyOptional({ example: 'payment_successful' })
  @IsOptional()
  @IsPrintable(1, 249)
  topic?: string;

  @ApiPropertyOptional({ enum: DEAD_LETTER_REASONS })
  @IsOptional()
  @IsIn(DEAD_LETTER_REASONS)
  reason?: DeadLetterReason;

  @ApiPropertyOptional({ description: 'Class of the error, or part of its message', example: 'ProductNotFound' })
  @IsOptional()
  @IsPrintable(1, 500)
  error?: string;

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'Only messages whose last failure (or arrival) is at or after this time',
  })
  @IsOptional()
  @ValidateBy({
    name: 'isInstant',
    validator: {
      validate: (value) => typeof value === 'string' && RFC3339.test(value) && !Number.isNaN(Date.parse(value)),
      defaultMessage: () => '$property must be a time like 2026-01-31T10:15:30Z',
    },
  })
  since?: string;

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUUID()
  order_id?: string;
}

export class ListFailedMessagesQuery extends FailedMessageFilterDto {
  @IsPage()
  limit: number = DEFAULT_PAGE_LIMIT;

  @ApiPropertyOptional({ description: 'next_cursor of the previous page' })
  @IsOptional()
  @IsString()
  @MaxLength(1024)
  cursor?: string;
}

export class FailedMessagePath {
  @ApiProperty({ format: 'uuid', example: '01936f5e-8f3a-7c61-b1f0-3f6a1f0c9d11' })
  @IsUUID()
  failed_message_id!: string;
}

export class RetryOneDto {
  @ApiPropertyOptional({
    description: 'Name of the operator, which is recorded; only without authentication: credentials tell who decides',
    example: 'ada',
  })
  @IsOptional()
  @IsPrintable(1, 100)
  actor?: string;

  @ApiPropertyOptional({ description: 'Whether to retry a quarantined message', example: false })
  @IsOptional()
  @IsBoolean()
  force?: boolean;
}

export class DiscardOneDto {
  @ApiPropertyOptional({
    description: 'Name of the operator, which is recorded; only without authentication: credentials tell who decides',
    example: 'ada',
  })
  @IsOptional()
  @IsPrintable(1, 100)
  actor?: string;

  @ApiProperty({ description: 'Reason; it is recorded', example: 'a test record of the load balancer' })
  @IsPrintable(1, 500)
  reason!: string;
}

/** The filter a validated query or body means. */
export function filterOf(dto: FailedMessageFilterDto): FailedMessageFilter {
  const { status, topic, reason, error, since, order_id: orderId } = dto;
  return { status, topic, reason, error, orderId, since: since === undefined ? undefined : new Date(since) };
}
