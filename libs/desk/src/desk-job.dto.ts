import { type Caller, DEFAULT_PAGE_LIMIT, invalidRequest, IsPage, IsPrintable, Nested } from '@app/platform';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Equals, IsBoolean, IsInt, IsObject, IsOptional, IsUUID, Max, Min } from 'class-validator';
import { deskActor } from './desk-actor';
import type { DeskJobKind } from './desk-rules';
import { FailedMessageFilterDto, filterOf } from './failed-message.dto';
import type { DeskJobOrder } from './start-desk-job';

/** Items one job can have. */
const MAX_ITEMS = 100_000;

export class RetryManyDto {
  @ApiPropertyOptional({
    description:
      'Name of the operator, which is recorded with each message; only without authentication: credentials tell who decides',
    example: 'ada',
  })
  @IsOptional()
  @IsPrintable(1, 100)
  actor?: string;

  @ApiPropertyOptional({
    description: 'Messages to select; at least one field, or all: true',
    example: { topic: 'payment_successful', error: 'ProductNotFound' },
  })
  @IsOptional()
  @IsObject()
  @Nested(() => FailedMessageFilterDto)
  filter?: FailedMessageFilterDto;

  @ApiPropertyOptional({ description: 'Confirms that an empty filter is intended', example: false })
  @IsOptional()
  @Equals(true, { message: 'all can only be true' })
  all?: true;

  @ApiPropertyOptional({ minimum: 1, maximum: MAX_ITEMS, default: MAX_ITEMS, example: 500 })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_ITEMS)
  max?: number;

  @ApiPropertyOptional({ description: 'Whether to only report what the job would do', example: true })
  @IsOptional()
  @IsBoolean()
  dry_run?: boolean;
}

export class DiscardManyDto extends RetryManyDto {
  @ApiProperty({
    description: 'Reason; it is recorded with each message',
    example: 'test records of the load balancer',
  })
  @IsPrintable(1, 500)
  reason!: string;
}

export class DeskJobPath {
  @ApiProperty({ format: 'uuid', example: '01936f60-1a2b-7c3d-8e4f-5a6b7c8d9e0f' })
  @IsUUID()
  job_id!: string;
}

export class ListDeskJobsQuery {
  @IsPage()
  limit: number = DEFAULT_PAGE_LIMIT;
}

/** What a validated body asks for; throws `REQUEST.INVALID` when it could mean everything by mistake. */
export function orderOf(
  kind: DeskJobKind,
  dto: RetryManyDto & { readonly reason?: string },
  caller: Caller,
): DeskJobOrder {
  const filter = dto.filter ?? {};
  const shownFilter = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
  if (Object.keys(shownFilter).length === 0 && dto.all !== true) {
    throw invalidRequest([{ pointer: '/filter', detail: 'filter must name something, or all must be true' }]);
  }
  const { reason = null, max = MAX_ITEMS } = dto;
  const actor = deskActor(caller, dto.actor);
  return { kind, actor, reason, filter: filterOf(filter), shownFilter, max };
}
