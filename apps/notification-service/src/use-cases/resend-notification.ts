import { Transactions, Turns, type UnitOfWork } from '@app/messaging';
import { Clock, currentLogContext, Ids } from '@app/platform';
import { Injectable, Logger } from '@nestjs/common';
import { DeliverySettings } from '../delivery/delivery-settings';
import { writeFacts } from '../domain/announcement';
import { UNKNOWN_ORDER, type KnownNotification, type KnownOrder } from '../domain/notification';
import { NotificationNotFound, ResendRefused } from '../domain/notification.errors';
import { addressFor } from '../domain/recipients';
import { decideResend } from '../domain/resend';
import { ContactRepository } from '../persistence/contact.repository';
import { NotificationReader, type StoredNotification } from '../persistence/notification.reader';
import { NotificationRepository } from '../persistence/notification.repository';
import { EnqueueNotifications } from './enqueue-notifications';
import { withWords, type ShownNotification } from './shown-notification';

/** Delivers a message once more, to the address the customer has now, as a new notification that counts the resends. */
@Injectable()
export class ResendNotification {
  private readonly logger = new Logger(ResendNotification.name);
  private readonly turns = new Turns();

  constructor(
    private readonly transactions: Transactions,
    private readonly reader: NotificationReader,
    private readonly notifications: NotificationRepository,
    private readonly contacts: ContactRepository,
    private readonly queue: EnqueueNotifications,
    private readonly settings: DeliverySettings,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** @throws NotificationNotFound, ResendRefused */
  async execute(notificationId: string): Promise<ShownNotification> {
    const original = await this.reader.find(notificationId);
    if (original === undefined) throw new NotificationNotFound();
    const resent = await this.turns.take(original.orderId, () =>
      this.transactions.run((unitOfWork) => this.resend(unitOfWork, original)),
    );
    this.logger.log('Notification resend requested', {
      notification_id: resent.notificationId,
      original_notification_id: notificationId,
      order_id: resent.orderId,
      resend: resent.resend,
    });
    return withWords(resent);
  }

  private async resend(unitOfWork: UnitOfWork, original: StoredNotification): Promise<StoredNotification> {
    const { orderId, userId, channel } = original;
    const now = this.clock.now();
    const locked = await this.notifications.lockOrders(unitOfWork, [{ orderId, cancelled: false }], now);
    const order = locked.get(orderId) ?? UNKNOWN_ORDER;
    const contact = (await this.contacts.findAll(unitOfWork, [userId])).get(userId);
    const address = addressFor(channel, userId, contact, this.settings.fallbackDomain);
    const known = knownIn(order, original.notificationId);
    const decision = decideResend(order, known, address, () => this.ids.next());
    if (!decision.accepted) throw new ResendRefused(decision.refusal);
    // A person caused it, not an event.
    const { traceparent } = currentLogContext();
    const { correlationId } = original.cause;
    const cause = { correlationId, ...(traceparent === undefined ? {} : { traceparent }) };
    const facts = writeFacts(original.facts);
    await this.queue.execute(unitOfWork, [{ ...decision.notification, orderId, userId, facts, cause }]);
    const { notificationId, resend } = decision.notification;
    const pending = { status: 'pending', attempts: 0, sentAt: undefined } as const;
    return { ...original, ...pending, notificationId, resend, createdAt: now, cause };
  }
}

function knownIn(order: KnownOrder, notificationId: string): KnownNotification {
  const known = order.notifications.find((candidate) => candidate.notificationId === notificationId);
  if (known === undefined) throw new NotificationNotFound();
  return known;
}
