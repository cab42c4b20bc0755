import { messagingIdentityOf } from '@app/events';
import { DeskModule } from '@app/desk';
import {
  MESSAGING_ENTITIES,
  MESSAGING_MIGRATIONS,
  MessagingModule,
  messagingOptionsOf,
  BACKGROUND_LINGER,
} from '@app/messaging';
import { OrderLogModule } from '@app/order-log';
import { type DatabaseOptions, PostgresModule } from '@app/postgres';
import { Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { NotificationConfig } from './config';
import { DeliveryModule } from './delivery/delivery.module';
import { ContactsController } from './http/contacts.controller';
import { NotificationsController } from './http/notifications.controller';
import { OrderEventsConsumer } from './messaging/order-events.consumer';
import { PaymentEventsConsumer } from './messaging/payment-events.consumer';
import { ContactEntity } from './persistence/contact.entity';
import { ContactRepository } from './persistence/contact.repository';
import { DeliveryQueueRepository } from './persistence/delivery-queue.repository';
import { NOTIFICATION_ENTITIES } from './persistence/entities';
import { NOTIFICATION_MIGRATIONS } from './persistence/migrations';
import { NotificationEntity } from './persistence/notification.entity';
import { NotificationReader } from './persistence/notification.reader';
import { NotificationRepository } from './persistence/notification.repository';
import { DeliverNotifications } from './use-cases/deliver-notifications';
import { EnqueueNotifications } from './use-cases/enqueue-notifications';
import { GetContact } from './use-cases/get-contact';
import { ListNotifications } from './use-cases/list-notifications';
import { NotificationMetrics } from './metrics/notification-metrics';
import { NotifyCustomers } from './use-cases/notify-customers';
import { ResendNotification } from './use-cases/resend-notification';
import { SaveContact } from './use-cases/save-contact';

/** The database of the service. */
export function databaseOptions(config: NotificationConfig): DatabaseOptions {
  return {
    config,
    schema: 'notification_service',
    entities: [...MESSAGING_ENTITIES, ...NOTIFICATION_ENTITIES],
    migrations: [...MESSAGING_MIGRATIONS, ...NOTIFICATION_MIGRATIONS],
  };
}

@Module({})
export class NotificationServiceModule {
  static forRoot(config: NotificationConfig): DynamicModule {
    return {
      module: NotificationServiceModule,
      imports: [
        PostgresModule.forRoot(databaseOptions(config)),
        TypeOrmModule.forFeature([ContactEntity, NotificationEntity]),
        MessagingModule.forRoot(
          messagingOptionsOf(messagingIdentityOf('notification-service'), config, {
            linger: BACKGROUND_LINGER,
            // Each may become two messages, and half of the room is free when a batch begins.
            maxBatchRecords: Math.max(1, Math.floor(config.deliveryCapacity / 4)),
          }),
        ),
        DeskModule,
        OrderLogModule.forRoot(config),
        DeliveryModule.forRoot(config),
      ],
      controllers: [NotificationsController, ContactsController, OrderEventsConsumer, PaymentEventsConsumer],
      providers: [
        ContactRepository,
        DeliveryQueueRepository,
        NotificationReader,
        NotificationMetrics,
        NotificationRepository,
        DeliverNotifications,
        EnqueueNotifications,
        GetContact,
        ListNotifications,
        NotifyCustomers,
        ResendNotification,
        SaveContact,
      ],
    };
  }
}
