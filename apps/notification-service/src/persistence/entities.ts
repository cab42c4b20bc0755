import { ContactEntity } from './contact.entity';
import { NotificationEntity } from './notification.entity';
import { OrderNotificationsEntity } from './order-notifications.entity';

/** The tables of the notification service's own, beside those of the messaging core. */
export const NOTIFICATION_ENTITIES = [NotificationEntity, OrderNotificationsEntity, ContactEntity];
