import {
  Allow,
  ApiGroup,
  ApiProblems,
  type Caller,
  CurrentCaller,
  parseIdempotencyKey,
  userShownTo,
} from '@app/platform';
import { Controller, Get, Headers, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiHeader, ApiOkResponse, ApiOperation, ApiProperty } from '@nestjs/swagger';
import { IsUUID } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { ListNotifications } from '../use-cases/list-notifications';
import { ResendNotification } from '../use-cases/resend-notification';
import { ListNotificationsQuery } from './list-notifications.query';
import { NotificationListResponse, NotificationResponse, toListResponse, toResponse } from './notification.response';

class NotificationPath {
  @ApiProperty({ format: 'uuid', example: '01936f5e-8f3a-7c61-b1f0-3f6a1f0c9d11' })
  @IsUUID()
  notification_id!: string;
}

const NOT_AGAIN = {
  status: 409,
  description: 'The message is being delivered, was withheld, is outdated, or was resent too often.',
};
const NO_ADDRESS = {
  status: 422,
  description: 'The user has no address on that channel, or the Idempotency-Key was used for another message.',
};

const RESEND = {
  summary: 'Resend a notification.',
  description:
    'Sends it to the current address of the user. The response is a new notification with a status of its own and the next resend_number. With an Idempotency-Key the request can be repeated safely.',
};

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  required: false,
  description: 'Up to 255 characters; remembered forever.',
};

@ApiGroup('notifications', 'What customers were told about their orders.')
@Allow('customer', 'support', 'operator', 'admin', 'service')
@Controller('notifications')
export class NotificationsController {
  constructor(
    private readonly listNotifications: ListNotifications,
    private readonly resendNotification: ResendNotification,
  ) {}

  @Get()
  @ApiOperation({ operationId: 'listNotifications', summary: 'List notifications, newest first.' })
  @ApiOkResponse({ type: NotificationListResponse, description: 'A page of notifications.' })
  @ApiProblems(400, 503)
  async list(
    @Query() query: ListNotificationsQuery,
    @CurrentCaller() caller: Caller,
  ): Promise<NotificationListResponse> {
    const { order_id: orderId, channel, status, type, limit, cursor } = query;
    const filter = { userId: userShownTo(caller, query.user_id), orderId, channel, status, type };
    return toListResponse(await this.listNotifications.execute({ ...filter, limit, cursor }));
  }

  @Post(':notification_id/resend')
  @HttpCode(202)
  @Allow('support', 'operator', 'admin')
  @ApiOperation({ operationId: 'resendNotification', ...RESEND })
  @ApiHeader(IDEMPOTENCY_KEY)
  @ApiAcceptedResponse({ type: NotificationResponse, description: 'The new notification; it is sent shortly.' })
  @ApiProblems(400, 404, NOT_AGAIN, NO_ADDRESS, 503)
  async resend(
    @Param() path: NotificationPath,
    @Headers('idempotency-key') key: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<NotificationResponse> {
    const resent = await this.resendNotification.execute(path.notification_id, parseIdempotencyKey(key));
    if (resent.replayed) void reply.header('Idempotent-Replayed', 'true');
    return toResponse(resent.notification);
  }
}
