import { Allow, ApiGroup, ApiProblems, type Caller, CurrentCaller } from '@app/platform';
import { Body, Controller, Get, HttpCode, Param, Post, Query, StreamableFile } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiProduces } from '@nestjs/swagger';
import { Readable } from 'node:stream';
import { DecideFailedMessage } from './decide-failed-message';
import {
  DiscardOneDto,
  FailedMessageFilterDto,
  FailedMessagePath,
  filterOf,
  ListFailedMessagesQuery,
  RetryOneDto,
} from './failed-message.dto';
import { deskActor } from './desk-actor';
import { FailedMessageReader } from './failed-message.reader';
import {
  FailedMessageCountsResponse,
  FailedMessageGroupsResponse,
  FailedMessageListResponse,
  FailedMessageResponse,
  toCounts,
  toGroup,
  toSummary,
} from './failed-message.response';
import { FullFailedMessageResponse, toFullResponse } from './full-failed-message.response';
import { ReadFailedMessages } from './read-failed-messages';

const NOT_NOW = {
  status: 409,
  description: 'The message is not a dead letter, or it is quarantined and force is not set.',
};
const RETRY = {
  summary: 'Retry a dead letter.',
  description: 'The event id stays the same, so its effect happens at most once.',
};
const FINISHED = { status: 409, description: 'The message was already handled or discarded.' };

/** The desk for messages that could not be handled. What is in them, and what to do about them, is for those who run the system. */
@ApiGroup('failed messages', 'Messages that could not be handled: look at them, retry them, discard them.')
@Allow('operator', 'admin')
@Controller('failed-messages')
export class FailedMessagesController {
  constructor(
    private readonly reader: FailedMessageReader,
    private readonly readFailedMessages: ReadFailedMessages,
    private readonly decide: DecideFailedMessage,
  ) {}

  @Get()
  @Allow('support', 'operator', 'admin')
  @ApiOperation({
    operationId: 'listFailedMessages',
    summary: 'List messages that could not be handled, newest first.',
    description:
      'A page examines at most 10,000 messages of the status, or of the order. It may be shorter than limit, or empty; the list continues at next_cursor.',
  })
  @ApiOkResponse({ type: FailedMessageListResponse, description: 'A page of messages.' })
  @ApiProblems(400, 503)
  async list(@Query() query: ListFailedMessagesQuery): Promise<FailedMessageListResponse> {
    const { messages, nextCursor } = await this.readFailedMessages.page(filterOf(query), query.limit, query.cursor);
    return { failed_messages: messages.map(toSummary), next_cursor: nextCursor };
  }

  @Get('groups')
  @Allow('support', 'operator', 'admin')
  @ApiOperation({
    operationId: 'listFailedMessageGroups',
    summary: 'List the same messages grouped by error, most frequent first.',
    description:
      'The 200 most frequent errors among the newest 10,000 messages of the status, or of the order; complete says whether these are all.',
  })
  @ApiOkResponse({ type: FailedMessageGroupsResponse, description: 'The most frequent errors.' })
  @ApiProblems(400, 503)
  async groups(@Query() query: FailedMessageFilterDto): Promise<FailedMessageGroupsResponse> {
    const { groups, complete } = await this.reader.groups(filterOf(query));
    return { groups: groups.map(toGroup), complete };
  }

  @Get('summary')
  @Allow('support', 'operator', 'admin')
  @ApiOperation({
    operationId: 'countFailedMessages',
    summary: 'Count unfinished messages.',
    description: 'Counts stop at 10,000 per status: this value means 10,000 or more.',
  })
  @ApiOkResponse({ type: FailedMessageCountsResponse, description: 'How many there are of each status.' })
  @ApiProblems(503)
  async summary(): Promise<FailedMessageCountsResponse> {
    return toCounts(await this.reader.summary());
  }

  @Get('export')
  @ApiOperation({
    operationId: 'exportFailedMessages',
    summary: 'Export all matching messages in full, one JSON object per line.',
    description: 'Streamed.',
  })
  @ApiProduces('application/x-ndjson')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' }, description: 'Lines of JSON.' })
  @ApiProblems(400, 503)
  export(@Query() query: FailedMessageFilterDto): StreamableFile {
    const lines = linesOf(this.readFailedMessages.all(filterOf(query)));
    return new StreamableFile(Readable.from(lines, { objectMode: false }), { type: 'application/x-ndjson' });
  }

  @Get(':failed_message_id')
  @ApiOperation({
    operationId: 'getFailedMessage',
    summary: 'Read a message with its record, attempts, waiting messages and actions.',
  })
  @ApiOkResponse({ type: FullFailedMessageResponse, description: 'Everything that is known of the message.' })
  @ApiProblems(400, 404, 503)
  async show(@Param() path: FailedMessagePath): Promise<FullFailedMessageResponse> {
    return toFullResponse(await this.readFailedMessages.one(path.failed_message_id));
  }

  @Post(':failed_message_id/retry')
  @HttpCode(202)
  @ApiOperation({ operationId: 'retryFailedMessage', ...RETRY })
  @ApiAcceptedResponse({ type: FailedMessageResponse, description: 'The message; it is retried shortly.' })
  @ApiProblems(400, 404, NOT_NOW, 413, 415, 503)
  async retry(
    @Param() path: FailedMessagePath,
    @Body() dto: RetryOneDto,
    @CurrentCaller() caller: Caller,
  ): Promise<FailedMessageResponse> {
    const actor = deskActor(caller, dto.actor);
    return toSummary(await this.decide.retry(path.failed_message_id, actor, dto.force ?? false));
  }

  @Post(':failed_message_id/discard')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'discardFailedMessage',
    summary: 'Discard a message; the messages waiting for it continue.',
  })
  @ApiOkResponse({ type: FailedMessageResponse, description: 'The discarded message.' })
  @ApiProblems(400, 404, FINISHED, 413, 415, 503)
  async discard(
    @Param() path: FailedMessagePath,
    @Body() dto: DiscardOneDto,
    @CurrentCaller() caller: Caller,
  ): Promise<FailedMessageResponse> {
    const actor = deskActor(caller, dto.actor);
    return toSummary(await this.decide.discard(path.failed_message_id, actor, dto.reason));
  }
}

async function* linesOf(messages: ReturnType<ReadFailedMessages['all']>): AsyncGenerator<string> {
  for await (const message of messages) yield `${JSON.stringify(toFullResponse(message))}\n`;
}
