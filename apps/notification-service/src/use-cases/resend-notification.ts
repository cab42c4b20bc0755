import { Transactions, Turns, type UnitOfWork } from '@app/messaging';
import { Clock, currentLogContext, DomainError, Ids, type DomainErrorKind } from '@app/platform';
import { Injectable, Logger } from '@nestjs/common';
import { DeliverySettings } from '../delivery/delivery-settings';
import { writeFacts } from '../domain/announcement';
import { UNKNOWN_ORDER, type KnownNotification, type KnownOrder } from '../domain/notification';
import { addressFor } from '../domain/recipients';
import { decideResend, MAX_RESENDS, type ResendRefusal } from '../domain/resend';
import { ContactRepository } from '../persistence/contact.repository';
import { NotificationReader, type StoredNotification } from '../persistence/notification.reader';
import { NotificationRepository } from '../persistence/notification.repository';
import { EnqueueNotifications } from './enqueue-notifications';
import { withWords, type ShownNotification } from './shown-notification';

const REFUSALS: Readonly<Record<ResendRefusal, { code: string; kind: DomainErrorKind; message: string }>> = {
  still_pending: {
    code: 'NOTIFICATION.STILL_PENDING',
    kind: 'conflict',
    message: 'This message is already being delivered.',
  },
  superseded: {
    code: 'NOTIFICATION.SUPERSEDED',
    kind: 'conflict',
    message: 'This message was withheld because the order was cancelled first.',
  },
  order_cancelled: {
    code: 'NOTIFICATION.ORDER_CANCELLED',
    kind: 'conflict',
    message: 'The order has been cancelled since; this message would mislead the customer.',
  },
  too_many: {
    code: 'NOTIFICATION.TOO_MANY_RESENDS',
    kind: 'conflict',
    message: `A message can be resent at most ${MAX_RESENDS} times.`,
  },
  no_address: {
    code: 'NOTIFICATION.NO_ADDRESS',
    kind: 'unprocessable',
    message: 'The user has no address on that channel; store a contact first.',
  },
};

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

  async execute(notificationId: string): Promise<ShownNotification> {
    const original = await this.reader.find(notificationId);
    if (original === undefined) throw notFound();
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
    if (!decision.accepted) throw new DomainError(REFUSALS[decision.refusal]);
    // A person caused it, not an event.
    const { traceparent } = currentLogContext();
    const { correlationId } = original.cause;
    const cause = { correlationId, ...(traceparent === undefined ? {} : { traceparent }) };
    const facts = writeFacts(original.facts);
    await this.queue.execute([{ ...decision.notification, orderId, userId, facts, cause }], unitOfWork);
    const { notificationId, resend } = decision.notification;
    const pending = { status: 'pending', attempts: 0, sentAt: undefined } as const;
    return { ...original, ...pending, notificationId, resend, createdAt: now, cause };
  }
}

function knownIn(order: KnownOrder, notificationId: string): KnownNotification {
  const known = order.notifications.find((candidate) => candidate.notificationId === notificationId);
  if (known === undefined) throw notFound();
  return known;
}

function notFound(): DomainError {
  return new DomainError({
    code: 'NOTIFICATION.NOT_FOUND',
    kind: 'not_found',
    message: 'No notification has this id.',
  });
}
