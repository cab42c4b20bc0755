import {
  NOTIFICATION_CHANNELS,
  NOTIFICATION_TYPES,
  type NotificationChannel,
  type NotificationType,
} from '@app/events';
import { redactText } from '@app/platform';
import { ApiProperty } from '@nestjs/swagger';
import { NOTIFICATION_STATUSES, type NotificationStatus } from '../domain/notification';
import type { NotificationPage } from '../use-cases/list-notifications';
import type { ShownNotification } from '../use-cases/shown-notification';

export class NotificationResponse {
  @ApiProperty({ format: 'uuid', example: '01936f5e-8f3a-7c61-b1f0-3f6a1f0c9d11' })
  readonly notification_id!: string;

  @ApiProperty({ format: 'uuid', example: '01936f5e-7d10-7e05-9a70-0d4c2a6f3b52' })
  readonly order_id!: string;

  @ApiProperty({ example: 'user_123' })
  readonly user_id!: string;

  @ApiProperty({ enum: NOTIFICATION_TYPES, example: 'order_confirmed' })
  readonly notification_type!: NotificationType;

  @ApiProperty({ enum: NOTIFICATION_CHANNELS, example: 'email' })
  readonly channel!: NotificationChannel;

  @ApiProperty({ example: 'Your order 7F3K-29QX is confirmed' })
  readonly subject!: string;

  @ApiProperty({
    description: 'The plain text sent to the customer',
    example:
      'Your order is confirmed\n\nGood news: your order 7F3K-29QX for 1,299.99 USD is confirmed. Everything you ordered has been set aside for you.\n…',
  })
  readonly message!: string;

  @ApiProperty({
    description:
      'superseded: withheld, because the order was cancelled first; undeliverable: the user had no address; failed: rejected, or given up; logged: only written to the log, there is no provider',
    enum: NOTIFICATION_STATUSES,
    example: 'sent',
  })
  readonly status!: NotificationStatus;

  @ApiProperty({ description: 'Number of attempts the provider answered', example: 1 })
  readonly attempts!: number;

  @ApiProperty({ description: '0 for the original message, 1, 2, … for its resends', example: 0 })
  readonly resend_number!: number;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: '2025-11-22T10:15:30.123Z' })
  readonly sent_at!: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When the next attempt is due; null unless it is pending.',
    example: null,
  })
  readonly next_attempt_at!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Why the last attempt did not succeed; null if none has failed.',
    example: null,
  })
  readonly last_error!: string | null;

  @ApiProperty({ format: 'date-time', example: '2025-11-22T10:15:30.045Z' })
  readonly created_at!: string;
}

export class NotificationListResponse {
  @ApiProperty({ type: () => [NotificationResponse] })
  readonly notifications!: readonly NotificationResponse[];

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Cursor of the next page; null on the last page',
    example: null,
  })
  readonly next_cursor!: string | null;
}

export function toResponse(notification: ShownNotification): NotificationResponse {
  return {
    notification_id: notification.notificationId,
    order_id: notification.orderId,
    user_id: notification.userId,
    notification_type: notification.type,
    channel: notification.channel,
    subject: notification.subject,
    message: notification.message,
    status: notification.status,
    attempts: notification.attempts,
    resend_number: notification.resend,
    sent_at: notification.sentAt?.toISOString() ?? null,
    next_attempt_at: notification.dueAt?.toISOString() ?? null,
    last_error: notification.lastError === undefined ? null : redactText(notification.lastError),
    created_at: notification.createdAt.toISOString(),
  };
}

export function toListResponse({ notifications, nextCursor }: NotificationPage): NotificationListResponse {
  return { notifications: notifications.map(toResponse), next_cursor: nextCursor ?? null };
}
