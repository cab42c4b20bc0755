import Type from 'typebox';
import { defineEvent, type PayloadOf } from '@app/cloudevents';
import { IdentifierSchema } from './contract';

/** The step of an order's life a customer is told about. */
export const NOTIFICATION_TYPES = [
  'order_received',
  'order_paid',
  'payment_failed',
  'order_confirmed',
  'order_cancelled',
  'payment_refunded',
] as const;
export type NotificationType = (typeof NOTIFICATION_TYPES)[number];

export const NOTIFICATION_CHANNELS = ['email', 'sms'] as const;
export type NotificationChannel = (typeof NOTIFICATION_CHANNELS)[number];

export const NotificationSent = defineEvent({
  type: 'notification_sent',
  version: 1,
  publisher: 'notification-service',
  summary: 'A message to the customer was accepted by the mail or SMS provider.',
  schema: Type.Object({
    notification_id: IdentifierSchema,
    user_id: IdentifierSchema,
    notification_type: Type.Enum(NOTIFICATION_TYPES),
    channel: Type.Enum(NOTIFICATION_CHANNELS),
    attempts: Type.Integer({ minimum: 1 }),
  }),
});
export type NotificationSent = PayloadOf<typeof NotificationSent>;

/** `undeliverable`: there is no address to send to. `rejected`: refused for good. `exhausted`: every attempt failed. */
export const NOTIFICATION_FAILURE_REASONS = ['undeliverable', 'rejected', 'exhausted'] as const;
export type NotificationFailureReason = (typeof NOTIFICATION_FAILURE_REASONS)[number];

export const NotificationFailed = defineEvent({
  type: 'notification_failed',
  version: 1,
  publisher: 'notification-service',
  summary: 'A message to the customer could not be delivered, and no further attempt will be made.',
  schema: Type.Object({
    notification_id: IdentifierSchema,
    user_id: IdentifierSchema,
    notification_type: Type.Enum(NOTIFICATION_TYPES),
    channel: Type.Enum(NOTIFICATION_CHANNELS),
    attempts: Type.Integer({ minimum: 0 }),
    reason: Type.Enum(NOTIFICATION_FAILURE_REASONS),
  }),
});
export type NotificationFailed = PayloadOf<typeof NotificationFailed>;
