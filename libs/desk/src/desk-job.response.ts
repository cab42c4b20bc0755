import { ApiProperty } from '@nestjs/swagger';
import type { DeskJobKind } from './desk-rules';
import type { ShownDeskJob } from './desk-job.repository';
import { FailedMessageResponse, toSummary } from './failed-message.response';
import type { DryRun } from './start-desk-job';

/** A bulk retry or discard: what was asked for, by whom, and how far it has come. Times are RFC 3339, UTC. */
export class DeskJobResponse {
  @ApiProperty({ format: 'uuid', example: '01936f60-1a2b-7c3d-8e4f-5a6b7c8d9e0f' })
  readonly job_id!: string;

  @ApiProperty({ enum: ['retry', 'discard'], example: 'retry' })
  readonly kind!: DeskJobKind;

  @ApiProperty({
    enum: ['running', 'done'],
    description: 'done: every message was handled, failed again or was skipped',
    example: 'running',
  })
  readonly status!: 'running' | 'done';

  @ApiProperty({ example: 'ada' })
  readonly actor!: string;

  @ApiProperty({ type: String, nullable: true, example: null })
  readonly reason!: string | null;

  @ApiProperty({ type: 'object', additionalProperties: true, example: { topic: 'payment_successful' } })
  readonly filter!: Readonly<Record<string, unknown>>;

  @ApiProperty({ type: Number, nullable: true, example: 1000 })
  readonly max!: number | null;

  @ApiProperty({ description: 'Number of messages in the job', example: 1000 })
  readonly total!: number;

  @ApiProperty({ description: 'Messages started so far, whatever their outcome', example: 600 })
  readonly released!: number;

  @ApiProperty({ description: 'Messages handled or, for a discard, discarded', example: 590 })
  readonly resolved!: number;

  @ApiProperty({ example: 6 })
  readonly failed_again!: number;

  @ApiProperty({
    description: 'Messages that were quarantined, or changed by someone else in the meantime',
    example: 0,
  })
  readonly skipped!: number;

  @ApiProperty({ format: 'date-time', example: '2025-11-22T10:20:00.000Z' })
  readonly created_at!: string;

  @ApiProperty({ format: 'date-time', example: '2025-11-22T10:20:01.250Z' })
  readonly updated_at!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  readonly finished_at!: string | null;
}

export class DeskJobListResponse {
  @ApiProperty({ type: () => [DeskJobResponse] })
  readonly jobs!: readonly DeskJobResponse[];
}

class DryRunResponse {
  @ApiProperty({ enum: [true], example: true })
  readonly dry_run!: true;

  @ApiProperty({ description: 'Number of messages that match the filter', example: 1010 })
  readonly matching!: number;

  @ApiProperty({ description: 'Quarantined messages that a retry would skip', example: 10 })
  readonly skipped_quarantined!: number;

  @ApiProperty({ type: () => [FailedMessageResponse], description: 'The first ten messages of the job' })
  readonly sample!: readonly FailedMessageResponse[];
}

export class RetryDryRunResponse extends DryRunResponse {
  @ApiProperty({ example: 1000 })
  readonly would_retry!: number;
}

export class DiscardDryRunResponse extends DryRunResponse {
  @ApiProperty({ example: 1000 })
  readonly would_discard!: number;
}

/** What a bulk action would do, by its kind. */
export type DeskDryRunResponse = RetryDryRunResponse | DiscardDryRunResponse;

export function toJob({ id, ...job }: ShownDeskJob): DeskJobResponse {
  return {
    job_id: id,
    ...job,
    created_at: job.created_at.toISOString(),
    updated_at: job.updated_at.toISOString(),
    finished_at: job.finished_at?.toISOString() ?? null,
  };
}

export function toDryRun(kind: DeskJobKind, found: DryRun): DeskDryRunResponse {
  const common = {
    dry_run: true,
    matching: found.matching,
    skipped_quarantined: found.skippedQuarantined,
    sample: found.sample.map(toSummary),
  } as const;
  return kind === 'retry' ? { ...common, would_retry: found.wouldTake } : { ...common, would_discard: found.wouldTake };
}
