import {
  NOTIFICATION_CHANNELS,
  NOTIFICATION_TYPES,
  type NotificationChannel,
  type NotificationType,
} from '@app/events';
import { IsPrintable, PageQuery } from '@app/platform';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsUUID } from 'class-validator';
import { NOTIFICATION_STATUSES, type NotificationStatus } from '../domain/notification';

export class ListNotificationsQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'Only notifications to this user', example: 'user_123' })
  @IsOptional()
  @IsPrintable(1, 100)
  user_id?: string;

  @ApiPropertyOptional({ description: 'Only notifications about this order', format: 'uuid' })
  @IsOptional()
  @IsUUID()
  order_id?: string;

  @ApiPropertyOptional({ description: 'Only notifications by this channel', enum: NOTIFICATION_CHANNELS })
  @IsOptional()
  @IsIn(NOTIFICATION_CHANNELS)
  channel?: NotificationChannel;

  @ApiPropertyOptional({ description: 'Only notifications of this status', enum: NOTIFICATION_STATUSES })
  @IsOptional()
  @IsIn(NOTIFICATION_STATUSES)
  status?: NotificationStatus;

  @ApiPropertyOptional({ description: 'Only notifications of this type', enum: NOTIFICATION_TYPES })
  @IsOptional()
  @IsIn(NOTIFICATION_TYPES)
  type?: NotificationType;
}
