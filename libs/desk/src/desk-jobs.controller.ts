import { Allow, ApiProblems, type Caller, CurrentCaller } from '@app/platform';
import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiExtraModels,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { DeskJobRepository } from './desk-job.repository';
import { DeskJobPath, DiscardManyDto, ListDeskJobsQuery, orderOf, RetryManyDto } from './desk-job.dto';
import {
  DeskJobListResponse,
  DeskJobResponse,
  DiscardDryRunResponse,
  RetryDryRunResponse,
  toDryRun,
  toJob,
} from './desk-job.response';
import { jobNotFound, type DeskJobKind } from './desk-rules';
import { type DeskJobOrder, StartDeskJob } from './start-desk-job';

const STARTED = {
  type: DeskJobResponse,
  description: 'The job; its progress is at Location.',
  headers: { Location: { description: 'URL of the job.', schema: { type: 'string' as const } } },
};
const DISCARD = {
  summary: 'Discard all dead letters that match.',
  description: 'Messages that are retrying or waiting are discarded only if filter.status names that status.',
};
const TOO_MANY = { status: 409, description: 'Ten jobs are already running.' };
const dryRun = (model: typeof RetryDryRunResponse | typeof DiscardDryRunResponse) => ({
  description: 'With dry_run: what the job would do.',
  schema: { $ref: getSchemaPath(model) },
});

/** Decisions about many failed messages at once; each is a job that survives a restart. */
@ApiTags('failed messages')
@ApiExtraModels(RetryDryRunResponse, DiscardDryRunResponse)
@Allow('operator', 'admin')
@Controller('failed-messages')
export class DeskJobsController {
  constructor(
    private readonly startDeskJob: StartDeskJob,
    private readonly jobs: DeskJobRepository,
  ) {}

  @Post('retry')
  @ApiOperation({
    operationId: 'retryFailedMessages',
    summary: 'Retry all dead letters that match.',
    description: 'Quarantined messages are skipped.',
  })
  @ApiAcceptedResponse(STARTED)
  @ApiOkResponse(dryRun(RetryDryRunResponse))
  @ApiProblems(400, TOO_MANY, 413, 415, 503)
  async retry(
    @Body() dto: RetryManyDto,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.start('retry', orderOf('retry', dto, caller), dto.dry_run, reply);
  }

  @Post('discard')
  @Allow('admin')
  @ApiOperation({ operationId: 'discardFailedMessages', ...DISCARD })
  @ApiAcceptedResponse(STARTED)
  @ApiOkResponse(dryRun(DiscardDryRunResponse))
  @ApiProblems(400, TOO_MANY, 413, 415, 503)
  async discard(
    @Body() dto: DiscardManyDto,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.start('discard', orderOf('discard', dto, caller), dto.dry_run, reply);
  }

  @Get('jobs')
  @ApiOperation({ operationId: 'listFailedMessageJobs', summary: 'List jobs, newest first.' })
  @ApiOkResponse({ type: DeskJobListResponse, description: 'The newest jobs.' })
  @ApiProblems(400, 503)
  async list(@Query() { limit }: ListDeskJobsQuery): Promise<DeskJobListResponse> {
    return { jobs: (await this.jobs.list(limit)).map(toJob) };
  }

  @Get('jobs/:job_id')
  @ApiOperation({ operationId: 'getFailedMessageJob', summary: 'Read the progress of a job.' })
  @ApiOkResponse({ type: DeskJobResponse, description: 'The job as it is now.' })
  @ApiProblems(400, 404, 503)
  async show(@Param() { job_id: id }: DeskJobPath): Promise<DeskJobResponse> {
    const job = await this.jobs.find(id);
    if (job === undefined) throw jobNotFound(id);
    return toJob(job);
  }

  private async start(kind: DeskJobKind, order: DeskJobOrder, isDryRun: boolean | undefined, reply: FastifyReply) {
    if (isDryRun === true) {
      void reply.code(200);
      return toDryRun(kind, await this.startDeskJob.dryRun(order));
    }
    const job = toJob(await this.startDeskJob.execute(order));
    void reply.code(202).header('location', `/failed-messages/jobs/${job.job_id}`);
    return job;
  }
}
