import { ApiGroup, ApiProblems } from '@app/platform';
import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiProperty } from '@nestjs/swagger';
import { IsUUID } from 'class-validator';
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
const NO_ADDRESS = { status: 422, description: 'The user has no address on that channel.' };

@ApiGroup('notifications', 'What customers were told about their orders.')
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
  async list(@Query() query: ListNotificationsQuery): Promise<NotificationListResponse> {
    const { user_id: userId, order_id: orderId, limit, cursor } = query;
    return toListResponse(await this.listNotifications.execute({ userId, orderId, limit, cursor }));
  }

  @Post(':notification_id/resend')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'resendNotification',
    summary: 'Resend a notification.',
    description:
      'Sends it to the current address of the user. The response is a new notification with a status of its own and the next resend_number.',
  })
  @ApiAcceptedResponse({ type: NotificationResponse, description: 'The new notification; it is sent shortly.' })
  @ApiProblems(400, 404, NOT_AGAIN, NO_ADDRESS, 503)
  async resend(@Param() path: NotificationPath): Promise<NotificationResponse> {
    return toResponse(await this.resendNotification.execute(path.notification_id));
  }
}
